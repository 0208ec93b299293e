package messages

// printers are the clients, by what only their messages have; the names are those of the
// table of clients.
var printers = []struct{ name, pattern string }{
	{"client-go", `^[^\[]*(dial tcp|dial udp|x509: |tls: |net/http: |http: server gave|http2: |expected to load root CA|unable to load in-cluster|read empty token|open /\S+: |host must be a URL|complete list of server APIs|` +
		`the server (has asked|could not|is currently|doesn't)|net/http: invalid header)|^(unauthorized|eof|client-go.*)$|forbidden: user |proxyconnect|invalid header field value`},
	{"kubectl in a pod", `expected to load root CA|unable to connect to the server|the connection to the server|you must be logged in|error from server|(?-i:^error: )|reviews API is not enabled`},
	{"kubectl proxy", `^[^\[]*(dial tcp|x509: |tls: |net/http: |http: server gave|expected to load root CA|read empty token|invalid port|connect: connection refused)|^(unauthorized|eof)$|forbidden: user |invalid header field value`},
	{"Python", `\[(SSL: |X509\]|Errno )|urllib3|HTTPSConnectionPool|MaxRetryError|service token file does not exist\.|service certification file|service host/port is not set\.|\(40\d\) reason|\(40\d\)\s*$|invalid header value b|token file exists`},
	{"JavaScript", `(^|[^:])\bE(CONN\w+|NOTFOUND|AI_AGAIN|NOENT|ACCES|TIMEDOUT|HOSTUNREACH|NETUNREACH|ADDRNOTAVAIL)\b|request to http|HTTP-Code|^invalid URL|legal HTTP header|altnames|_CERT|CERT_|SELF_SIGNED|node:`},
	{"Java (fabric8)", `PKIX|java\.|javax\.|sun\.security|X\.509 certificate is incomplete|service account token from|invalid entry|invalid proxy server|no protocol specified`},
	{"Java (official)", `PKIX|java\.|javax\.|sun\.security|X\.509 certificate is incomplete|hostname \S+ not verified|cannot read file`},
	{"Ruby", `service host/port is not set$|file does not exists|verify failed \(|SSL_connect|Errno::|OpenSSL::|\.\.\. PEM lib|^\S* ?certificate verify failed`},
	{"C#", `System\.(Net|Security|IO)|RemoteCertificate|SSL connection could not be established|in-cluster configuration`},
	{"Rust (kube-rs)", `failed to read |cluster port|kube/http-proxy|failed to parse header|invalid peer certificate|os error \d|hyper`},
	{"the guide's curl", `^curl: \(|^\s*\{ ?"kind": ?"Status"|^cat: `},
}
