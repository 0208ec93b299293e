package messages

// meanings are the kinds of messages; where a message is of several, the first one counts.
var meanings = []Meaning{
	{
		Says:    "an image of the pod cannot be pulled",
		Codes:   []string{"launch.image"},
		pattern: `ErrImage\w+|ImagePullBackOff|InvalidImageName|Back-off pulling image|failed to pull (and unpack )?image`,
	},
	{
		Says:    "the scheduler finds no node for the pod",
		Codes:   []string{"launch.unscheduled"},
		pattern: `FailedScheduling|\d+/\d+ nodes are available|untolerated taint|Insufficient (cpu|memory|pods|ephemeral-storage)`,
	},
	{
		Says:    "a ResourceQuota of the namespace keeps the pod from being created",
		Codes:   []string{"launch.quota"},
		pattern: `exceeded quota|failed quota`,
	},
	{
		Says:    "the API server refuses to create the pod",
		Codes:   []string{"launch.admission"},
		pattern: `violates PodSecurity|admission webhook .* denied the request|error creating: pods .* is forbidden`,
	},
	{
		Says:    "the kubelet cannot make a network namespace for the pod",
		Codes:   []string{"launch.sandbox", "net.pod-network-down"},
		pattern: `FailedCreatePodSandBox|failed to create pod sandbox|setup network for sandbox|cni plugin not initialized|NetworkPluginNotReady`,
	},
	{
		Says:    "the node of the pod does not report",
		Codes:   []string{"launch.node-lost"},
		pattern: `NodeStatusUnknown|kubelet stopped posting node status|node is not ready: NodeLost`,
	},
	{
		Says:    "what a container refers to is not there",
		Codes:   []string{"launch.config"},
		pattern: `CreateContainerConfigError|couldn't find key .* in (ConfigMap|Secret)`,
	},
	{
		Says:    "the kubelet or the container runtime cannot start a container",
		Codes:   []string{"launch.container"},
		pattern: `CreateContainerError|RunContainerError|container has runAsNonRoot|failed to create containerd task`,
	},
	{
		Says:    "nothing listens at the address of kubectl proxy",
		Codes:   []string{"kubectl-proxy.down"},
		pattern: `(localhost|127\.0\.0\.1|\[::1\]):8001\b.*refused|refused.*(localhost|127\.0\.0\.1):8001`,
	},
	{
		Says:    "another object has changed in the meantime (409): the client tries again",
		Codes:   nil,
		pattern: `operation cannot be fulfilled|the object has been modified`,
	},
	{
		Says:    "the watch is too old (410): the client lists again",
		Codes:   nil,
		pattern: `too old resource version|resourceVersion .*too old`,
	},
	{
		Says:    "the client itself sends requests slower than it wants to (its QPS limit)",
		Codes:   nil,
		pattern: `client rate limiter|client-side throttling`,
	},
	{
		Says:    "the API server cannot reach a kubelet, a webhook or another server; this pod reached the API server",
		Codes:   []string{"api.unhealthy", "api.aggregation-broken"},
		pattern: `error dialing backend|failed calling webhook|error trying to reach service|remote error: tls: internal error`,
	},
	{
		Says:    "the API server answers, but not in time",
		Codes:   []string{"api.slow", "api.unhealthy", "api.overloaded"},
		pattern: `server was unable to return a response in the time allotted|Error from server \(Timeout\)|request did not complete within`,
	},
	{
		Says:    "no answer has come in the time that the client gives",
		Codes:   []string{"net.some-endpoints-dead", "net.lossy", "api.slow", "net.api-blocked", "net.handshake-stalled", "net.conntrack-full", "net.first-syn-dropped", "api.unhealthy"},
		pattern: `client\.timeout (exceeded )?while awaiting headers`,
	},
	{
		Says:    "the name of the proxy does not resolve",
		Codes:   []string{"proxy.in-path", "proxy.client-dependent", "dns.nxdomain"},
		pattern: `could not resolve proxy`,
	},
	{
		Says:    "the client does not use the in-cluster configuration",
		Codes:   []string{"env.client-override", "env.missing", "volume.not-mounted", "volume.token-missing", "env.not-a-pod"},
		pattern: `host='localhost', port=80\b|no configuration has been provided|invalid kube-config file`,
	},
	{
		Says:    "the kubelet cannot mount the service account volume",
		Codes:   []string{"volume.ca-missing", "volume.token-missing", "volume.empty"},
		pattern: `MountVolume\.SetUp failed.*kube-(root-ca|api-access)|not registered`,
	},
	{
		Says:    "a volume of the pod cannot be mounted",
		Codes:   []string{"launch.volume"},
		pattern: `FailedMount|FailedAttachVolume|MountVolume\.\w+ failed|unable to attach or mount volumes`,
	},
	{
		Says:    "the client has no in-cluster configuration: variables or files are missing",
		Codes:   []string{"env.missing", "env.scrubbed", "env.not-a-pod", "volume.not-mounted", "volume.token-missing", "volume.empty", "volume.covered", "volume.ca-missing", "env.client-override"},
		pattern: `in-cluster configuration|KUBERNETES_SERVICE_\w+ .*must be defined|service host/port is not set|^invalid URL|NumberFormatException|incluster environment variable|(localhost|127\.0\.0\.1):8080\b.*refused|(dial tcp|server|connect\w*) (localhost|127\.0\.0\.1):8080 was refused|environment variable not found`,
	},
	{
		Says:    "the address of the API server in the environment is not valid",
		Codes:   []string{"env.links-collision", "env.malformed"},
		pattern: `host must be a URL|invalid port|LocationParseError|failed to parse cluster port|too many colons|missing port in address|first path segment in URL|ERR_INVALID_URL`,
	},
	{
		Says:    "a setting of the client, not the cluster, stops it",
		Codes:   []string{"env.client-override"},
		pattern: `context "?\S+"? does not exist|current-context|error loading config file|fips140|FIPS mode|not allowed in FIPS|cannot find module|agent library failed|error opening zip file`,
	},
	{
		Says:    "the client cannot read the files of the service account: permission denied",
		Codes:   []string{"volume.token-denied", "volume.denied"},
		pattern: `serviceaccount\S*:? .*(permission denied|EACCES)|(permission denied|EACCES|AccessDenied).*serviceaccount|reading service account token|cat: \S+: permission denied`,
	},
	{
		Says:    "the token file is empty",
		Codes:   []string{"volume.token-empty", "volume.token-dirty"},
		pattern: `read empty token|token file exists but empty`,
	},
	{
		Says:    "the token file has characters that a token cannot have",
		Codes:   []string{"volume.token-dirty", "volume.token-malformed"},
		pattern: `invalid header (field )?value|illegal (header|character)|legal HTTP header|failed to parse header|unexpected char 0x|token contains invalid`,
	},
	{
		Says:    "the namespace file is missing",
		Codes:   []string{"volume.namespace-missing", "volume.namespace-mismatch", "volume.not-mounted", "volume.empty", "volume.covered"},
		pattern: `read the default namespace|serviceaccount/namespace`,
	},
	{
		Says:    "ca.crt cannot be read as certificates",
		Codes:   []string{"volume.ca-invalid", "volume.ca-dirty", "tls.strict-clients"},
		pattern: `error creating pool|PEM lib|no start line|could not parse certificate|CertificateParsingException|empty input|unable to load root certificates|data does not contain any valid .*certificates|CertificateException: (could not|\.\.\.|unable)|no certificate or crl found`,
	},
	{
		Says:    "ca.crt is missing",
		Codes:   []string{"volume.ca-missing", "volume.not-mounted", "volume.empty", "volume.covered", "volume.ca-invalid"},
		pattern: `ca\.crt.*(no such file|does not exist)|(no ?such ?file|ENOENT).*ca\.crt|certification file does not exist|read a certificate bundle|curl: \(77\)`,
	},
	{
		Says:    "the token file is missing",
		Codes:   []string{"volume.not-mounted", "volume.token-missing", "volume.empty", "volume.covered", "volume.ca-missing"},
		pattern: `serviceaccount/token.*no such file|(no ?such ?file|ENOENT|cannot read).*serviceaccount/token|service token file does not exist|failed to read token file`,
	},
	{
		Says:    "a proxy that the environment names is used, or cannot be used",
		Codes:   []string{"proxy.in-path", "proxy.client-dependent"},
		pattern: `proxyconnect|proxy CONNECT|tunnel connection failed|ProxyError|(http|code|status|\()\W{0,3}407\b|407 proxy|CONNECT tunnel failed|http-proxy|NO_PROXY|proxy server configuration|protocol specified on proxy|unable to connect to proxy`,
	},
	{
		Says:    "the API server lists an API whose own server does not answer",
		Codes:   []string{"api.aggregation-broken"},
		pattern: `stale GroupVersion|complete list of server APIs|couldn't get resource list for|APIService`,
	},
	{
		Says:    "a part of the API server fails",
		Codes:   []string{"api.unhealthy", "api.initializing", "api.slow"},
		pattern: `etcdserver: `,
	},
	{
		Says:    "the DNS server gives no answer, or an error",
		Codes:   []string{"dns.silent", "dns.no-endpoints", "dns.servfail", "dns.node-cache-down", "dns.udp-blocked", "dns.slow", "dns.slow-race", "dns.refused", "net.egress-blocked", "net.service-ips-dead", "net.policy-rejects", "net.pod-routes", "net.pod-firewall", "net.reply-untranslated", "net.cidr-overlap", "net.no-route", "dns.tcp-blocked", "dns.node-resolver"},
		pattern: `temporary failure in name resolution|EAI_AGAIN|server misbehaving|SERVFAIL|resolution.*try again|resource temporarily unavailable \(|resolving timed out|lookup \S+.*: .*(timeout|refused|timed out|unreachable|not permitted)|(read|write|dial) udp .*(timeout|refused|timed out)|reply from unexpected source|no servers could be reached|DNS server`,
	},
	{
		Says:    "the name of the API server does not resolve",
		Codes:   []string{"dns.node-resolver", "dns.nxdomain", "dns.other-domain", "dns.rewritten", "dns.search-broken", "dns.search-hijack", "dns.limits", "dns.aaaa-broken", "dns.refused", "dns.wrong-answer", "dns.silent", "dns.no-endpoints", "dns.node-cache-down", "dns.servfail", "dns.udp-blocked", "net.cidr-overlap", "net.egress-blocked", "net.pod-routes", "net.pod-firewall", "net.policy-rejects", "net.service-ips-dead", "net.reply-untranslated", "env.malformed", "env.overridden", "net.socket-denied"},
		pattern: `no such host|could not resolve|couldn't resolve|ENOTFOUND|name or service not known|NXDOMAIN|nodename nor servname|name does not resolve|getaddrinfo|UnknownHostException|failed to lookup address|(dial \w+|tcp): lookup `,
	},
	{
		Says:    "the kernel denies this process a socket or a connection",
		Codes:   []string{"net.socket-denied", "net.pod-firewall", "net.mesh-not-ready"},
		pattern: `socket: (permission denied|operation not permitted)|connect: operation not permitted|connect: permission denied|Errno (1|13)\]|write: operation not permitted|connect E(PERM|ACCES)`,
	},
	{
		Says:    "no source port, file descriptor or buffer is free",
		Codes:   []string{"net.ports-exhausted"},
		pattern: `cannot assign requested address|EADDRNOTAVAIL|too many open files|EMFILE|no buffer space|Errno (99|24)\]`,
	},
	{
		Says:    "there is no route to the network of the API server",
		Codes:   []string{"net.no-route", "net.pod-routes"},
		pattern: `network is unreachable|ENETUNREACH|Errno 101\]`,
	},
	{
		Says:    "the machine or the next hop does not answer, or a firewall rejects the connection",
		Codes:   []string{"net.host-unreachable", "net.host-prohibited", "net.cidr-overlap", "net.pod-routes", "net.api-down", "net.no-endpoints"},
		pattern: `no route to host|EHOSTUNREACH|Errno 113\]|NoRouteToHost|host is unreachable`,
	},
	{
		Says:    "nothing accepts the connection: it is refused",
		Codes:   []string{"net.api-down", "net.no-endpoints", "net.policy-rejects", "net.mesh-not-ready", "net.node-proxy-down", "env.overridden", "net.service-ips-dead", "kubectl-proxy.down", "dns.wrong-answer"},
		pattern: `connection refused|ECONNREFUSED|was refused|Errno 111\]|os error 111|actively refused|curl: \(7\)|failed to connect to /`,
	},
	{
		Says:    "TCP connects, but the TLS handshake gets no answer",
		Codes:   []string{"net.handshake-stalled", "tls.large-hello", "net.mtu", "net.mesh-intercepts", "net.sni-required"},
		pattern: `TLS handshake timeout|handshake (operation )?timed out|SSL connection timeout|SSL.*timed out`,
	},
	{
		Says:    "TCP gets no answer from the API server",
		Codes:   []string{"net.api-blocked", "net.egress-blocked", "net.service-ips-dead", "net.policy-needs-endpoint", "net.some-endpoints-dead", "net.pod-routes", "net.pod-firewall", "net.not-ready-yet", "net.lossy", "net.conntrack-full", "net.first-syn-dropped", "net.cidr-overlap", "env.overridden", "net.half-open", "net.mtu", "net.handshake-stalled", "api.slow"},
		pattern: `i/o timeout|ETIMEDOUT|timed out|connect timeout|timeouterror|timeout (of|after|exceeded|reached|expired)|(read|write|request|response|connection|socket|operation)[ _-]?timeout\b|SocketTimeoutException|\btimeout$|deadline exceeded|deadline has elapsed|cannot connect to host|Errno 110\]|curl: \(28\)|awaiting headers`,
	},
	{
		Says:    "a connection that existed is dead",
		Codes:   []string{"net.half-open", "net.some-endpoints-dead", "net.lossy"},
		pattern: `client connection lost|GOAWAY|use of closed network connection|broken pipe|connection aborted|stream error`,
	},
	{
		Says:    "the server does not use TLS",
		Codes:   []string{"tls.not-tls", "net.mesh-intercepts", "proxy.in-path"},
		pattern: `HTTP response to HTTPS client|wrong.version.number|malformed HTTP response|HTTP request to an HTTPS server|unrecognized SSL message|first record does not look like|packet length too long|InvalidContentType`,
	},
	{
		Says:    "client and server have no TLS version or cipher in common",
		Codes:   []string{"tls.no-common-version", "tls.large-hello"},
		pattern: `protocol version|unsupported protocol|no (shared |common )?cipher|handshake.failure|alert (40|70)\b|no protocols? (is|are)? ?available|tls: no supported versions`,
	},
	{
		Says:    "a server or firewall wants a server name (SNI)",
		Codes:   []string{"net.sni-required", "tls.foreign-server"},
		pattern: `unrecognized.name|alert 112\b`,
	},
	{
		Says:    "the certificate is for other names or addresses",
		Codes:   []string{"tls.host-not-covered", "tls.name-not-covered", "tls.foreign-server", "env.overridden", "dns.wrong-answer", "dns.search-hijack"},
		pattern: `certificate (is )?(not )?valid for|no subject alternative|legacy common name|contain any IP SANs|not verified|altnames|(hostname|IP address) mismatch|hostname .* doesn't match|no alternative certificate subject|NotValidForName|NameMismatch|subject ?name .*not match|SSL: CN|^curl: \(60\) SSL \.\.\.`,
	},
	{
		Says:    "a certificate is expired or not valid yet",
		Codes:   []string{"tls.expired", "tls.not-yet-valid", "volume.ca-expired", "token.clock-skew", "tls.expires-soon"},
		pattern: `expired or is not yet valid|CERT_HAS_EXPIRED|certificate has expired|certificate is not yet valid|CERT_NOT_YET_VALID|CertificateExpired|CertificateNotYetValid|: (certificate )?(Not(Valid)?Yet|Expired)`,
	},
	{
		Says:    "the certificate breaks a rule that this client keeps and Go does not",
		Codes:   []string{"tls.strict-clients", "volume.ca-not-root"},
		pattern: `authority key identifier|basic constraints|not marked critical|key ?usage|key too (weak|small)|unsupported certificate purpose|certificate purpose|INVALID_PURPOSE|netscape|X509-issuer|certificate is incomplete|empty issuer|path validation failed|CaUsedAsEndEntity|invalid CA certificate|path length|UnsupportedCertVersion|BadDer|SAN .* critical`,
	},
	{
		Says:    "the client does not trust the certificate of the server",
		Codes:   []string{"tls.ca-rekeyed", "tls.intercepted", "tls.unknown-ca", "tls.foreign-server", "tls.mixed-servers", "tls.self-signed", "volume.ca-bundle", "volume.ca-not-root", "volume.ca-missing", "volume.ca-expired", "tls.strict-clients", "volume.not-mounted", "volume.empty", "volume.covered", "volume.ca-invalid", "tls.host-not-covered", "tls.expired", "tls.not-yet-valid", "net.mesh-intercepts"},
		pattern: `unknown authority|unable to verify|bad certificate|RemoteCertificateValidationCallback|verify failed|VERIFY_FAILED|issuer certificate|PKIX|self.signed|_CERT\b|LEAF_SIGNATURE|UnknownIssuer|invalid peer certificate|curl: \(60\)|failed to verify certificate|CertificateChainErrors|SSL connection could not be established|failed, reason: \.\.\.|bad signature`,
	},
	{
		Says:    "the server sees system:anonymous: no token arrives",
		Codes:   []string{"token.stripped", "volume.token-missing", "volume.token-empty", "volume.token-denied", "volume.denied", "kubectl-proxy.filtered"},
		pattern: `system:anonymous|reviews API is not enabled`,
	},
	{
		Says:    "the API server rejects the token (401)",
		Codes:   []string{"token.expired", "token.not-renewed", "token.rejected", "token.wrong-audience", "token.foreign-pod", "token.unknown-key", "token.unknown-issuer", "token.legacy", "token.pod-terminating", "token.intermittent", "token.clock-skew", "token.not-yet-valid", "volume.token-malformed", "token.other-account"},
		pattern: `unauthorized|(http|code|status|\()\W{0,3}401\b|401 unauthorized|must be logged in|provide credentials|invalid bearer token|token (has|is) expired|invalidated`,
	},
	{
		Says:    "the answer is not from a Kubernetes API server",
		Codes:   []string{"api.not-kubernetes", "net.mesh-intercepts", "proxy.in-path", "tls.foreign-server"},
		pattern: `invalid character '<'|text/html|unexpected token <|<!DOCTYPE|<html`,
	},
	{
		Says:    "the account may not do this (403)",
		Codes:   []string{"api.forbidden", "token.other-account", "volume.namespace-mismatch", "kubectl-proxy.filtered", "proxy.in-path", "token.stripped", "volume.token-empty"},
		pattern: `forbidden|(http|code|status|\()\W{0,3}403\b|cannot (get|list|watch|create|update|patch|delete) resource`,
	},
	{
		Says:    "the API server is starting or has too many requests (429)",
		Codes:   []string{"api.overloaded", "api.initializing"},
		pattern: `(http|code|status|\()\W{0,3}429\b|429 too|too many requests|try again later|re\)initializing`,
	},
	{
		Says:    "the API server, or a server before it, fails (5xx)",
		Codes:   []string{"api.unhealthy", "api.aggregation-broken", "kubectl-proxy.upstream", "api.initializing", "net.mesh-intercepts"},
		pattern: `(http|code|status|server|\()\W{0,3}50[0234]\b|50[0234] (internal|bad|service|gateway)|internal (server )?error|internalerror|unable to handle the request|service unavailable|bad gateway|gateway timeout|leader changed`,
	},
	{
		Says:    "the API server does not have this API",
		Codes:   []string{"api.version-skew", "api.review-unavailable", "api.not-kubernetes"},
		pattern: `could not find the requested resource|404 page not found|(http|code|status|\()\W{0,3}404\b|404 not found|not enabled in the cluster|no matches for kind|doesn't have a resource type`,
	},
	{
		Says:    "the connection closes before an answer comes",
		Codes:   []string{"net.mesh-intercepts", "net.half-open", "tls.large-hello", "net.handshake-stalled", "net.lossy", "tls.foreign-server", "net.some-endpoints-dead"},
		pattern: `\bEOF\b|connection reset|ECONNRESET|SSL_ERROR_SYSCALL|socket hang up|remote end closed|Errno 104\]|curl: \((35|52|56)\)|closed connection|terminated the handshake|socket disconnected before|InvalidChunkLength|fetch failed`,
	},
}
