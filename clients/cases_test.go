package clients_test

import (
	"maps"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// address is what is observed where the environment names another one.
func address(host, port string) func(*observe.Log) {
	return func(log *observe.Log) { observe.EnvHostValue.Saw(log, host); observe.EnvPortValue.Saw(log, port) }
}

// named is what is observed where the environment has a name.
func named(log *observe.Log) {
	observe.APIName.Saw(log, observe.NoError)
	observe.EnvHostValue.Saw(log, "api.example.org")
}

func tokenIs(state observe.File) observe.Set {
	return but(func(log *observe.Log) { observe.VolumeToken.Saw(log, state) }, noToken)
}

func caIs(state observe.File) observe.Set {
	return but(func(log *observe.Log) { observe.VolumeCA.Saw(log, state) }, noTLS)
}

func host(v observe.Variable) observe.Set {
	return but(func(log *observe.Log) { observe.EnvHost.Saw(log, v) }, noEnv)
}

func unresolved(record func(*observe.Log)) observe.Set {
	return but(record, noLookup, []*observe.Row{observe.DNSRcode.Row, observe.DNSTruncated.Row})
}

func tcp(answer observe.Answer) observe.Set {
	return but(func(log *observe.Log) { observe.APITCP.Saw(log, answer); observe.APIFails.Saw(log, 1, 1) }, noTLS)
}

func chain(fault observe.VerifyError) observe.Set {
	return but(func(log *observe.Log) {
		observe.TLSHandshake.Saw(log, observe.Unverified)
		observe.TLSVerifyError.Saw(log, fault)
	}, noChain)
}

func handshake(end observe.Handshake) observe.Set {
	return but(func(log *observe.Log) { observe.TLSHandshake.Saw(log, end) }, noChain,
		[]*observe.Row{observe.TLSVerifyError.Row, observe.TLSServedCovers.Row, observe.TLSAuthorityKey.Row})
}

func smallHello(end observe.Handshake) observe.Set {
	return but(func(log *observe.Log) {
		observe.TLSHandshake.Saw(log, end)
		observe.HelloSizes.Saw(log, observe.HelloSmall)
	}, noTLS)
}

func proxied(record func(*observe.Log), without ...[]*observe.Row) observe.Set {
	return but(func(log *observe.Log) {
		observe.EnvProxy.Saw(log, observe.ProxyApplies)
		observe.NetProxy.Saw(log, observe.TunnelOpens)
		record(log)
	}, append(without, []*observe.Row{observe.APITCP.Row, observe.APIFails.Row})...)
}

func sans(sans ...string) func(*observe.Log) {
	return func(log *observe.Log) {
		observe.TLSServedCovers.Saw(log, false)
		observe.TLSCoversHost.Saw(log, false)
		observe.TLSSANs.Saw(log, sans...)
	}
}

func both(records ...func(*observe.Log)) func(*observe.Log) {
	return func(log *observe.Log) {
		for _, record := range records {
			record(log)
		}
	}
}

// noAuthorityKey is what a report has that was made before the rules were recorded.
var noAuthorityKey = but(func(log *observe.Log) { observe.TLSAuthorityKey.Saw(log, false) }, noPath)

// podCase is a pod, and what is wanted of clients there.
type podCase struct {
	seen observe.Set
	want []row
}

// cases are of single inputs.
var cases = map[string]podCase{
	"nothing":              {nil, []row{{"client-go", clients.Unknown, ""}}},
	"no environment check": {observe.Collect(func(log *observe.Log) { observe.TokenReview.Saw(log, observe.OK) }), []row{{"client-go", clients.Unknown, ""}}},
	"an odd host":          {host(observe.VariableMalformed), []row{{"Python", clients.Unknown, ""}}},
	"an odd port": {but(func(log *observe.Log) { observe.EnvPort.Saw(log, observe.VariableMalformed) }, noEnv),
		[]row{{"Python", clients.Unknown, ""}}},
	"an empty host": {host(observe.VariableEmpty), []row{
		{"Python", clients.Fails, "Service host/port is set but empty."}, {"JavaScript", clients.Fails, "Invalid URL"},
	}},
	"an empty port": {but(func(log *observe.Log) { observe.EnvPort.Saw(log, observe.VariableEmpty) }, noEnv), []row{
		{"Rust (kube-rs)", clients.Fails, "failed to parse cluster port: cannot parse integer from empty string"},
		{"Java (official)", clients.Fails, "java.lang.NumberFormatException"},
	}},
	"a port and no host": {host(observe.VariableUnset), []row{
		{"JavaScript", clients.Fails, "request to https://undefined:443/... failed, reason: getaddrinfo ENOTFOUND undefined"},
		{"client-go", clients.Fails, noVariables}, {"Java (official)", clients.Unknown, ""},
	}},
	"an overridden host": {but(func(log *observe.Log) { observe.EnvHost.Saw(log, observe.VariableOverridden) }), []row{{"client-go", clients.Works, ""}}},
	"a port that is taken for HTTP": {but(address("10.96.0.1", "8080")), []row{
		{"JavaScript", clients.Fails, "HTTP protocol is not allowed when skipTLSVerify is not set or false"}, {"Python", clients.Works, ""},
	}},
	"IPv6": {but(address("fd00::1", "443")), []row{
		{"Ruby", clients.Remark, ""}, {"Java (official)", clients.Remark, ""}, {"client-go", clients.Works, ""},
	}},
	"IPv6, refused": {but(func(log *observe.Log) {
		address("fd00::1", "443")(log)
		observe.APITCP.Saw(log, observe.Refuses)
	}, noTCP), []row{{"client-go", clients.Fails, "dial tcp [fd00::1]:443: connect: connection refused"}}},
	"a Service of this namespace has the address": {but(func(log *observe.Log) {
		observe.EnvOwnService.Saw(log, true)
		observe.EnvOwnHandshake.Saw(log, observe.Verifies)
		observe.DNSName.Saw(log, observe.OtherAddress)
	}, noTLS), []row{{"the guide's curl", clients.Unknown, ""}, {"client-go", clients.Unknown, ""}}},

	"no authority key id": {noAuthorityKey, []row{{"Python", clients.Remark, "Missing Authority Key Identifier"}, {"client-go", clients.Works, ""}}},
	"the key usage of a guide": {but(func(log *observe.Log) { observe.TLSUsage.Saw(log, observe.UsageNoSignature) }), []row{
		{"Java (official)", clients.Fails, "KeyUsage does not allow digital signatures"}, {"client-go", clients.Works, ""},
	}},
	"a certificate that is strange to most, and no answer to the token": {but(func(log *observe.Log) {
		observe.TLSIssuerKey.Saw(log, false)
	}, noToken), []row{{"JavaScript", clients.Fails, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"}, {"client-go", clients.Unknown, ""}}},
	"a certificate that is strange to most, and the name leads nowhere": {but(func(log *observe.Log) {
		observe.TLSIssuerKey.Saw(log, false)
		observe.DNSName.Saw(log, observe.NoAddress)
	}), []row{{"the guide's curl", clients.Fails, "curl: (6) Could not resolve host"}}},
	"a weak key":                     {but(func(log *observe.Log) { observe.TLSWeakKey.Saw(log, observe.CertServer) }), []row{{"Python", clients.Remark, "EE certificate key too weak"}}},
	"a control character":            {tokenIs(observe.FileControl), []row{{"client-go", clients.Fails, `net/http: invalid header field value for "Authorization"`}}},
	"a blank inside":                 {tokenIs(observe.FileDirty), []row{{"client-go", clients.Fails, "Unauthorized"}}},
	"no JWT":                         {tokenIs(observe.FileNoJWT), []row{{"client-go", clients.Fails, "Unauthorized"}}},
	"no service account's":           {tokenIs(observe.FileNoSubject), []row{{"client-go", clients.Unknown, ""}}},
	"white space only":               {tokenIs(observe.FileBlank), []row{{"client-go", clients.Fails, "read empty token from file"}, {"Python", clients.Unknown, ""}}},
	"a link that leads nowhere":      {tokenIs(observe.FileDangling), []row{{"Python", clients.Fails, "Service token file does not exist."}}},
	"a token that is denied":         {tokenIs(observe.FileDeniedMode), []row{{"client-go", clients.Fails, "open " + tokenFile + ": permission denied"}}},
	"a directory that is denied":     {tokenIs(observe.FileDeniedAbove), []row{{"client-go", clients.Unknown, ""}}},
	"a label that denies":            {tokenIs(observe.FileDeniedLabel), []row{{"client-go", clients.Unknown, ""}}},
	"a volume that is denied":        {but(func(log *observe.Log) { observe.VolumeMount.Saw(log, observe.MountDenied) }, noVolume), []row{{"Python", clients.Unknown, ""}}},
	"a debugging container":          {but(func(log *observe.Log) { observe.VolumeMount.Saw(log, observe.MountForeign) }, noVolume), []row{{"Python", clients.Unknown, ""}}},
	"a ca.crt that is denied":        {caIs(observe.FileDeniedMode), []row{{"Python", clients.Fails, "[Errno 13] Permission denied: '" + caFile + "'"}}},
	"a directory that denies ca.crt": {caIs(observe.FileDeniedAbove), []row{{"Python", clients.Fails, "[Errno 13] Permission denied: '" + caFile + "'"}}},
	"a label that denies ca.crt":     {caIs(observe.FileDeniedLabel), []row{{"Python", clients.Fails, "[Errno 13] Permission denied: '" + caFile + "'"}}},
	"an empty ca.crt":                {caIs(observe.FileEmpty), []row{{"Python", clients.Fails, "Cert file exists but empty."}, {"the guide's curl", clients.Fails, "curl: (77) error setting certificate file: " + caFile}, {"client-go", clients.Fails, "error creating pool"}}},
	"a ca.crt without PEM":           {caIs(observe.FileNoPEM), []row{{"Python", clients.Fails, "[X509: NO_CERTIFICATE_OR_CRL_FOUND]"}, {"client-go", clients.Fails, "error creating pool"}}},
	"a ca.crt that is broken":        {caIs(observe.FileBroken), []row{{"Python", clients.Fails, "[X509] PEM lib"}, {"client-go", clients.Fails, "error creating pool"}}},
	"a ca.crt that OpenSSL reads": {caIs(observe.FileOtherPEM), []row{
		{"client-go", clients.Fails, "error creating pool"}, {"kubectl in a pod", clients.Fails, "error creating pool"}, {"Python", clients.Unknown, ""}, {"the guide's curl", clients.Unknown, ""},
	}},
	"a ca.crt that is no file": {caIs(observe.FileNotReadable), []row{{"client-go", clients.Unknown, ""}}},

	"no IP SANs": {but(sans("kubernetes", "kubernetes.default"), noToken), []row{
		{"client-go", clients.Fails, "x509: cannot validate certificate for 10.96.0.1 because it doesn't contain any IP SANs"},
	}},
	"SANs of names": {but(both(named, sans("kubernetes", "10.0.0.1")), noToken), []row{
		{"client-go", clients.Fails, "x509: certificate is valid for kubernetes, not api.example.org"},
	}},
	"SANs of addresses only": {but(both(named, sans("10.0.0.1")), noToken), []row{
		{"client-go", clients.Fails, "x509: certificate is not valid for any names, but wanted to match api.example.org"},
	}},
	"more SANs than are recorded": {but(sans(make([]string, 24)...), noToken), []row{{"client-go", clients.Fails, "x509: ..."}}},
	"a certificate for clients":   {chain(observe.ChainUsage), []row{{"client-go", clients.Fails, "tls: failed to verify certificate: x509: ..."}}},
	"a chain that is merely out of its validity": {but(func(log *observe.Log) {
		observe.TLSHandshake.Saw(log, observe.Unverified)
		observe.TLSVerifyError.Saw(log, observe.ChainExpired)
		observe.TLSValidity.Saw(log, observe.Past)
	}, noToken), []row{{"client-go", clients.Fails, "x509: certificate has expired or is not yet valid: ..."}}},
	"what some of a language refuse, and the token is rejected": {but(func(log *observe.Log) {
		observe.TLSWeakKey.Saw(log, observe.CertServer)
		observe.TokenReview.Saw(log, observe.Unauthorized)
	}, noAPI), []row{{"Python", clients.Fails, "(401) Reason: Unauthorized"}}},
	"a handshake that stalls":    {handshake(observe.HandshakeSilent), []row{{"client-go", clients.Fails, "net/http: TLS handshake timeout"}}},
	"a handshake that is closed": {handshake(observe.HandshakeClosed), []row{{"client-go", clients.Fails, ""}}},

	"some connections fail": {but(func(log *observe.Log) { observe.APITCP.Saw(log, observe.Refuses); observe.APIFails.Saw(log, 3, 8) }),
		[]row{{"client-go", clients.Works, ""}, {"the guide's curl", clients.Works, ""}}},
	"silence":              {tcp(observe.Silent), []row{{"client-go", clients.Fails, "dial tcp 10.96.0.1:443: i/o timeout"}}},
	"no route":             {tcp(observe.NoRoute), []row{{"client-go", clients.Fails, "connect: network is unreachable"}}},
	"prohibited":           {tcp(observe.Prohibited), []row{{"client-go", clients.Fails, "connect: no route to host"}}},
	"no neighbour":         {tcp(observe.NoNeighbour), []row{{"client-go", clients.Fails, "connect: no route to host"}}},
	"no port is left":      {tcp(observe.NoPort), []row{{"client-go", clients.Fails, "dial tcp 10.96.0.1:443: connect: cannot assign requested address"}, {"kubectl in a pod", clients.Fails, "Unable to connect to the server: dial tcp"}}},
	"no socket is given":   {tcp(observe.NoSocket), []row{{"client-go", clients.Fails, "dial tcp 10.96.0.1:443: socket: permission denied"}, {"Python", clients.Fails, ""}}},
	"no buffer is left":    {tcp(observe.NoResource), []row{{"client-go", clients.Fails, ""}}},
	"denied by the kernel": {tcp(observe.Denied), []row{{"client-go", clients.Fails, ""}}},
	"the name leads elsewhere": {but(func(log *observe.Log) { observe.NetName.SawAt(log, "10.0.0.9:443", observe.Refuses) }), []row{
		{"the guide's curl", clients.Fails, "curl: (7) Failed to connect"}, {"client-go", clients.Works, ""},
	}},
	"the name leads elsewhere as well": {but(func(log *observe.Log) {
		observe.NetName.SawAt(log, "10.0.0.9:443", observe.Refuses)
		observe.NetName.SawAt(log, "10.0.0.8:443", observe.Answers)
	}), []row{{"the guide's curl", clients.Works, ""}}},
	"the name has another address": {but(func(log *observe.Log) { observe.DNSName.Saw(log, observe.OtherAddress) }), []row{{"the guide's curl", clients.Fails, ""}}},

	"a name that does not exist": {but(func(log *observe.Log) { observe.DNSName.Saw(log, observe.NoAddress) }), []row{
		{"the guide's curl", clients.Fails, "curl: (6) Could not resolve host: kubernetes.default.svc"}, {"client-go", clients.Works, ""},
	}},
	"a lookup that is lost": {but(func(log *observe.Log) { observe.DNSName.Saw(log, observe.NoAddress); observe.DNSResent.Saw(log, true) }), []row{
		{"the guide's curl", clients.Fails, "curl: (28) Resolving timed out after ... milliseconds"},
	}},
	"a resolver that never answers": {unresolved(func(log *observe.Log) { observe.DNSUDP.SawAt(log, "10.96.0.10:53", observe.Silent) }), []row{
		{"the guide's curl", clients.Fails, "curl: (6) Could not resolve host: kubernetes.default.svc"},
		{"the guide's curl", clients.Fails, "curl: (28) Resolving timed out after ... milliseconds"},
		{"Rust (kube-rs)", clients.Remark, ""}, {"client-go", clients.Works, ""},
	}},
	"a resolver that refuses": {unresolved(func(log *observe.Log) { observe.DNSUDP.SawAt(log, "10.96.0.10:53", observe.Refuses) }), []row{
		{"the guide's curl", clients.Fails, "curl: (6) Could not resolve host: kubernetes.default.svc"},
	}},
	"a node's cache that is silent": {but(func(log *observe.Log) { observe.DNSCache.SawAt(log, "169.254.20.10:53", observe.Silent) },
		noLookup, []*observe.Row{observe.DNSUDP.Row, observe.DNSRcode.Row, observe.DNSTruncated.Row}), []row{
		{"the guide's curl", clients.Fails, "curl: (28) Resolving timed out after ... milliseconds"},
	}},
	"no nameserver": {but(func(log *observe.Log) { observe.DNSResolver.Saw(log, observe.NoNameserver) },
		noLookup, []*observe.Row{observe.DNSUDP.Row, observe.DNSRcode.Row, observe.DNSTruncated.Row}), []row{
		{"the guide's curl", clients.Fails, "curl: (6) Could not resolve host: kubernetes.default.svc"},
	}},
	"an answer that is cut short": {but(func(log *observe.Log) { observe.DNSTruncated.Saw(log, true) }, noLookup), []row{
		{"the guide's curl", clients.Fails, "curl: (6) Could not resolve host: kubernetes.default.svc"},
	}},
	"a host that cannot be looked up": {but(both(named, func(log *observe.Log) { observe.APIName.Saw(log, observe.NoReply) }), noTCP), []row{
		{"client-go", clients.Fails, "dial tcp: lookup api.example.org ..."},
		{"Python", clients.Fails, "[Errno -3] Temporary failure in name resolution"},
		{"JavaScript", clients.Fails, "request to https://api.example.org:443/... failed, reason: getaddrinfo EAI_AGAIN api.example.org"},
	}},
	"a host that does not exist": {but(both(named, func(log *observe.Log) { observe.APIName.Saw(log, observe.NXDomain) }), noTCP), []row{
		{"client-go", clients.Fails, "dial tcp: lookup api.example.org ..."},
		{"Python", clients.Fails, "[Errno -2] Name or service not known"},
	}},
	"a host that the proxy looks up": {proxied(both(named, func(log *observe.Log) { observe.APIName.Saw(log, observe.NoReply) })),
		[]row{{"client-go", clients.Works, ""}}},

	"a proxy that NO_PROXY keeps off": {but(func(log *observe.Log) { observe.EnvProxy.Saw(log, observe.ProxyExcluded) }),
		[]row{{"Python", clients.Remark, ""}, {"JavaScript", clients.Works, ""}}},
	"a proxy that is no URL": {but(func(log *observe.Log) { observe.EnvProxy.Saw(log, observe.ProxyNotUsable) }),
		[]row{{"client-go", clients.Works, ""}, {"C#", clients.Unknown, ""}}},
	"a proxy and no direct connection": {proxied(func(log *observe.Log) { observe.APIDirect.Saw(log, observe.Refuses) }), []row{
		{"JavaScript", clients.Fails, "connect ECONNREFUSED 10.96.0.1:443"}, {"client-go", clients.Works, ""},
	}},

	"the token of the future, and no answer": {but(func(log *observe.Log) { observe.TokenTimeServer.Saw(log, observe.Future) },
		noAPI, []*observe.Row{observe.TokenReview.Row}), []row{{"client-go", clients.Fails, "Unauthorized"}}},
	"GET /api is refused": {but(func(log *observe.Log) { observe.APIVersionsAnswer.Saw(log, observe.Unauthorized) }), []row{{"client-go", clients.Fails, "Unauthorized"}}},
	"the review is not there": {but(func(log *observe.Log) { observe.TokenReview.Saw(log, observe.Unavailable) }), []row{
		{"client-go", clients.Works, ""},
	}},
	"too many requests": {but(func(log *observe.Log) { observe.TokenReview.Saw(log, observe.Throttled) }, noAPI), []row{{"client-go", clients.Fails, ""}}},
	"a kubectl proxy that is silent": {but(func(log *observe.Log) { observe.SidecarAnswer.Saw(log, observe.SidecarSilent) }), []row{
		{"kubectl proxy", clients.Fails, ""},
	}},
	"a kubectl proxy that filters": {but(func(log *observe.Log) { observe.SidecarAnswer.Saw(log, observe.SidecarFiltered) }), []row{
		{"kubectl proxy", clients.Fails, ""}, {"client-go", clients.Works, ""},
	}},
}

func TestClientsByInput(t *testing.T) {
	for _, list := range []map[string]podCase{cases, clientCases} {
		for name, tc := range list {
			t.Run(name, func(t *testing.T) {
				for _, want := range tc.want {
					want.check(t, tc.seen)
				}
			})
		}
	}
}

// worlds are all that is observed in the tests, by name.
func worlds() map[string]observe.Set {
	all := maps.Clone(faults)
	for _, list := range []map[string]podCase{cases, clientCases} {
		for name, tc := range list {
			all[name] = tc.seen
		}
	}
	return all
}
