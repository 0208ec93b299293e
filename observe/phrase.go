package observe

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// phrases are what words read like in the sentence of their subject (Row.Says); a word
// that is not here reads well as it is.
var phrases = sync.OnceValue(func() map[any]string {
	return map[any]string{
		Refuses:     "refuses connections",
		Silent:      "does not answer",
		Denied:      "is blocked by this pod's own kernel",
		NoSocket:    "is not tried: the kernel denies this process a socket",
		NoRoute:     "is unreachable: no route to its network",
		NoPort:      "cannot be dialed: no free local port or address",
		Prohibited:  "is rejected at once: no route to host",
		NoNeighbour: "is unreachable: no answer to ARP/NDP",
		Unreachable: "is unreachable: no route to host",
		NoResource:  "cannot be dialed: no free file descriptor or buffer",
		OtherError:  "fails with another error",

		VariableFine:       "well-formed, and nothing contradicts it",
		VariableUnset:      "not set",
		VariableLink:       "the address of a Service, where a port is expected",
		VariableOverridden: "not what the kubelet set",
		VariableElsewhere:  "set in the place of the kubelet's",
		FirstSame:          "has the same variables",
		FirstHasIt:         "has the variable that is not set here",
		FirstOther:         "has another value",
		FirstLacksIt:       "does not have the variable that is set here",
		LinkBeside:         "the Service kubernetes-service sets the port as well",
		LinkOfKubernetes:   "the port is the address of the Service kubernetes-service",
		LinkOfOtherService: "the port is the address of an unknown Service",
		NoProxySet:         "no HTTP proxy is set",
		ProxyExcluded:      "NO_PROXY excludes the API server",
		ProxyDiffers:       "some clients use the HTTP proxy and others do not",
		ProxyApplies:       "requests to the API server go through the HTTP proxy",
		ProxyNotUsable:     "the proxy variable is not a URL",

		BundleVerifies: "verifies the server",
		BundleForeign:  "does not have the CA of this cluster",
		BundleUnusable: "cannot be used",

		MountForeign:    "not mounted, as in every debug container",
		MountCovered:    "hidden by another mount over it",
		MountEmpty:      "mounted and empty",
		MountAbsent:     "not mounted",
		MountDenied:     "not readable",
		FilePadded:      "surrounded by white space",
		FileDangling:    "a symbolic link to nothing",
		FileDeniedMode:  "not readable: its mode or owner forbids it",
		FileDeniedAbove: "not readable: the mode of its directory forbids it",
		FileDeniedLabel: "not readable: SELinux or AppArmor forbids it",
		FileBlank:       "white space only",
		FileControl:     "invalid: it contains a control character",
		FileDirty:       "invalid: it contains a character that no token has",
		FileNoJWT:       "not a JSON Web Token",
		FileNoSubject:   "a JSON Web Token, but not of a service account",
		FileNoPEM:       "without a certificate",
		FileOtherPEM:    "readable for OpenSSL only: it has a byte order mark or another label than CERTIFICATE",
		FileBroken:      "damaged: its certificates cannot be parsed",
		FileNotReadable: "not readable",
		Now:             "valid now",
		Soon:            "valid, but expires within two weeks",
		Past:            "expired",
		Future:          "not valid yet",

		ProxyURLWhole: "set",
		ProxyURLBare:  "set without a scheme",
		ByGateway:     "through a gateway",
		OnLink:        "directly on the link",
		ByReset:       "a TCP reset",
		ByICMP:        "an ICMP message (destination unreachable)",
		ByOwnKernel:   "a TCP reset of this pod's own kernel",
		NoPacket:      "an error of connect() itself, without a packet",
		OwnAddress:    "the address is one of this pod itself",
		OtherDevice:   "through another interface than the pod's, eth0",
		RejectRoute:   "a route that rejects",
		Sent:          "is sent",
		SendDenied:    "is forbidden by this pod's own kernel (EPERM)",
		HopKnown:      "is resolved",
		HopOther:      "is another machine than the gateway, with the Service IP",
		HopSilent:     "does not answer",
		TunnelOpens:   "opens a tunnel",
		TunnelRefused: "refuses to open a tunnel",
		TunnelNoProxy: "cannot be reached",
		TunnelSilent:  "does not answer",
		NoMesh:        "no variable of one here, and no proxy port listens",
		MeshReady:     "its proxy listens",
		MeshNotReady:  "its proxy does not listen",

		OfCluster:           "it names the cluster's DNS",
		OfNodeCache:         "it names the node's DNS cache",
		OfProgram:           "it has the cluster's search domains, and the nameserver of another program",
		OfNode:              "it has no search domain of the cluster",
		NoNameserver:        "no nameserver",
		NotReadable:         "not readable",
		NameserverElsewhere: "at an address of the network",
		NameserverStub:      "a stub of the node (127.0.0.53, 127.0.0.11)",
		NameserverLoopback:  "on loopback",
		NameserverVPN:       "that of Tailscale",
		NoData:              "NODATA (no address)",
		OtherRcode:          "another error",
		NoReply:             "no answer",
		OfService:           "the address in the environment",
		NoAddress:           "no address",
		OtherAddress:        "another address than the one in the environment",
		OwnName:             "the cluster's own name of the Service",
		OtherDomain:         "another search domain",
		FromHosts:           "/etc/hosts",
		NoWinner:            "no name",
		HostsByAlias:        "by the kubelet, for hostAliases of the pod",
		HostsByNode:         "on the node, whose file the kubelet copies to pods on the host network",
		HostsByOther:        "by the image, a mount or a program, not by the kubelet",
		AnsweredFine:        "answered",
		AnsweredError:       "answered with an error",
		AnsweredSilent:      "not answered",
		StallsPairs:         "parallel A and AAAA queries only",
		StallsAll:           "single queries as well",

		HelloAny:   "all",
		HelloSmall: "only those with a small ClientHello",
		HelloMixed: "some, whatever the size of the ClientHello",

		Verifies:        "the certificate verifies against ca.crt",
		Unverified:      "the certificate does not verify against ca.crt",
		HandshakeSilent: "no answer",
		HandshakeClosed: "the connection is closed",
		Alerted:         "the server ends it with a TLS alert",
		PlainHTTP:       "an answer in plain HTTP",
		OtherBytes:      "an answer that is not TLS",
		NoVersion:       "no common TLS version",
		NoConnection:    "TCP does not connect any more",
		OtherHandshake:  "it fails with another error",

		ChainFine:       "verifies",
		ChainAuthority:  "is not signed by a certificate in ca.crt",
		ChainExpired:    "is expired or not valid yet",
		ChainUsage:      "is signed by ca.crt, but not for servers",
		ChainConstraint: "is signed by ca.crt, but against a constraint of the CA",
		ChainOther:      "does not verify",

		RuleNotCA:          "signs and is not marked as a CA (X.509 version 1, or no basic constraints)",
		RulePathOfServer:   "has a path length and is no CA",
		RulePathLength:     "has a path length without the key usage to sign certificates",
		RuleNotCritical:    "has basic constraints that are not critical",
		RuleKeyUsage:       "has no key usage",
		RuleNoIssuer:       "has an empty issuer",
		RuleNoSubject:      "has an empty subject and SANs that are not critical",
		RuleAuthorityKey:   "has no authority key identifier",
		RuleSubjectKey:     "has no subject key identifier",
		UsageFine:          "may be used for servers",
		UsageNoSignature:   "lacks the key usage digitalSignature",
		UsageAnyOnly:       "has anyExtendedKeyUsage in place of serverAuth",
		UsageNetscape:      "has a Netscape certificate type without servers",
		UsageCA:            "is marked as a CA",
		CertServer:         "the server's certificate",
		CertIntermediate:   "an intermediate certificate",
		CertCA:             "a CA in ca.crt",
		AnchorRoot:         "a self-signed root",
		AnchorIntermediate: "an intermediate CA whose root is missing",
		AnchorServer:       "the server's own certificate, whose CA is missing",
		BesideText:         "text before or between them",
		BesideBehind:       "text or white space behind the last one",
		BesidePrivateKey:   "a private key",
		BesideBrokenLater:  "a damaged block",
		BesideBrokenFirst:  "a damaged block before them",

		AlertVersion:       "the TLS version or cipher",
		AlertName:          "the server name (SNI)",
		AlertCertificate:   "a client certificate",
		AlertOther:         "something else",
		IssuerTrusted:      "a CA in ca.crt",
		IssuerSameName:     "a CA with the name of one in ca.crt and another key",
		IssuerItself:       "the certificate itself (self-signed)",
		IssuerInterceptor:  "a product that intercepts TLS",
		IssuerUnknown:      "another CA, not in ca.crt and of no product known to intercept TLS",
		CertificatesAlike:  "all certificates verify, or none does",
		CertificatesDiffer: "some certificates verify and some do not",

		BoundToken:      "a bound service account token",
		LegacyToken:     "a legacy token from a Secret",
		OwnAudience:     "the API server's",
		UsualAudience:   "one that is usual for API servers",
		UnknownAudience: "unknown: only the server can judge it",
		ForeignAudience: "another system's",
		KubeletFile:     "is in a volume that the kubelet wrote when the token was issued",
		SubPathFile:     "is a subPath mount, which the kubelet never updates",
		PlainFile:       "is a plain file, which the kubelet did not write",
		Own:             yes,
		Others:          no,
		KeyVerifies:     "is valid",
		KeyFails:        "is invalid",
		KeyUnknown:      "is of an unknown key",
		KeyUnchecked:    "was not checked",
		Alike:           "is always the same",
		Unclear:         "is sometimes 401, and sometimes says nothing about the token",
		Differs:         "is not always the same",
		ClocksAgree:     "agrees with the server's",
		PodAhead:        "is ahead of the server's",
		PodBehind:       "is behind the server's",

		OK:           "OK",
		Unavailable:  "SelfSubjectReview is unavailable",
		Unauthorized: "401 Unauthorized",
		Anonymous:    "the server saw system:anonymous, without the token",
		Forbidden:    "403 Forbidden",
		NotFound:     "404 Not Found",
		Throttled:    "429 Too Many Requests",
		Initializing: "the server's storage is not initialized yet",
		ServerError:  "a server error (5xx)",
		Foreign:      "not an answer of a Kubernetes API server",
		NoResponse:   "no answer, or a broken one",
		NotAsked:     "refused without a token",

		StartedWell:     "the pod has started",
		StartsYet:       "the pod is starting",
		Crashes:         "a container of the pod ends again and again",
		Ended:           "the pod has ended",
		NotAdmitted:     "admission refuses to create the pod",
		OverQuota:       "a ResourceQuota keeps the pod from being created",
		Unscheduled:     "no node takes the pod",
		NodeLost:        "the pod's node does not report",
		NoVolume:        "a volume of the pod cannot be mounted",
		NoSandbox:       "the pod gets no network namespace",
		NoImage:         "an image of the pod cannot be pulled",
		NoConfiguration: "the configuration of a container is not there",
		CannotRun:       "a container of the pod cannot be started",
		NoneSelects:     "is not restricted: no NetworkPolicy selects this pod for egress",
		PoliciesAllow:   "is allowed by NetworkPolicies",
		AllowSoFar:      "is not denied by a NetworkPolicy; policies of other kinds were not read",
		SidesDiffer:     "is allowed by NetworkPolicies to one side of the Service only",
		WouldDeny:       "is denied by NetworkPolicies, if anything enforces them",
		PoliciesDeny:    "is denied by NetworkPolicies",
		DenySoFar:       "is denied by NetworkPolicies; policies of other kinds, which may allow it, were not read",
		BackendsReady:   "has an endpoint that is ready",
		NoBackends:      "has no endpoint that is ready",
		AgentDown:       "is not ready",
		AgentAbsent:     "is missing",
		NodeReady:       "is ready",
		NodeNoNetwork:   "has no network yet",
		NodeNotReady:    "is not ready",
		NodeSilent:      "does not report",
		AccountThere:    "is there",
		AccountOther:    "was made again after the token was issued",
		AccountMissing:  "is not there",
		GoneThere:       "does not fail",
		FailsToo:        "fails as well",

		SidecarAbsent:   "is absent",
		SidecarClosed:   "does not listen",
		SidecarSilent:   "does not answer",
		SidecarFiltered: "refuses the Host header or the path",
		SidecarUpstream: "cannot reach the API server",
		SidecarForeign:  "is another program",
	}
})

// Shown is the value alone.
func (r *Row) Shown(v Value) string {
	switch r.Kind {
	case KindWord, KindFlag:
		return v.Word
	case KindCount:
		return fmt.Sprintf("%d of %d", v.N, v.Of)
	case KindNumber:
		return fmt.Sprint(v.N)
	case KindDuration:
		return v.Took.Round(time.Millisecond).String()
	case KindTime:
		return v.Time.Format(time.RFC3339)
	}
	return v.Text
}

// Phrase is what was seen in words for people.
func (r *Row) Phrase(v Value) string {
	value := r.Shown(v)
	if r.phrase != nil {
		if phrase, ok := r.phrase(v.Word); ok {
			value = phrase
		}
	}
	if !strings.Contains(r.Says, "%s") {
		return r.Says
	}
	return fmt.Sprintf(r.Says, value)
}

// Described is the phrase, and what the texts of its detail say.
func (r *Row) Described(v Value, seen Set) string {
	text := r.Phrase(v)
	if r.Detail == nil || len(seen[r.Detail.ID]) == 0 {
		return text
	}
	var details []string
	for _, e := range seen[r.Detail.ID] {
		details = append(details, r.Detail.Phrase(e.Value))
	}
	return text + ": " + strings.Join(details, "; ")
}
