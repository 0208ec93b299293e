package clients_test

import (
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func proxyVariables(url observe.ProxyURL, setting observe.ProxySetting) observe.Set {
	return but(func(log *observe.Log) {
		observe.EnvProxy.Saw(log, setting)
		observe.EnvProxyURL.Saw(log, url)
	})
}

// clientCases are of what decides for some clients and not for others.
var clientCases = map[string]podCase{
	"a proxy that NO_PROXY keeps off, by a client that reads none": {proxyVariables(observe.ProxyURLWhole, observe.ProxyExcluded), []row{
		{"Rust (kube-rs)", clients.Unknown, `configured proxy ... requires the disabled feature "kube/http-proxy"`}, {"client-go", clients.Works, ""}, {"Java (fabric8)", clients.Works, ""},
	}},
	"another variable than HTTPS_PROXY": {proxyVariables(observe.ProxyURLUnset, observe.ProxyDiffers), []row{{"Rust (kube-rs)", clients.Works, ""}}},
	"a proxy without a scheme": {proxyVariables(observe.ProxyURLBare, observe.ProxyExcluded), []row{
		{"Java (fabric8)", clients.Remark, "Invalid proxy server configuration"}, {"JavaScript", clients.Remark, ""}, {"client-go", clients.Works, ""},
	}},
	"a proxy that is the way": {proxied(func(log *observe.Log) { observe.EnvProxyURL.Saw(log, observe.ProxyURLWhole) }), []row{
		{"Rust (kube-rs)", clients.Remark, "kube/http-proxy"}, {"client-go", clients.Works, ""},
	}},
	"an asterisk in NO_PROXY": {but(func(log *observe.Log) {
		observe.EnvProxy.Saw(log, observe.ProxyExcluded)
		observe.EnvAsterisk.Saw(log, true)
	}), []row{{"Java (fabric8)", clients.Remark, "NO_PROXY URL contains invalid entry: '...'"}, {"client-go", clients.Works, ""}}},
	"HTTP_PROXY alone": {but(func(log *observe.Log) { observe.EnvHTTPProxy.Saw(log, true) }), []row{{"Python", clients.Remark, ""}, {"client-go", clients.Works, ""}}},
	"small ClientHellos alone get an answer": {smallHello(observe.HandshakeSilent), []row{
		{"client-go", clients.Fails, "net/http: TLS handshake timeout"}, {"kubectl in a pod", clients.Fails, "Unable to connect to the server: EOF"},
		{"Python", clients.Unknown, ""}, {"JavaScript", clients.Unknown, ""}, {"Java (official)", clients.Unknown, ""}, {"Java (fabric8)", clients.Unknown, ""},
		{"C#", clients.Unknown, ""}, {"Rust (kube-rs)", clients.Unknown, ""}, {"Ruby", clients.Unknown, ""}, {"the guide's curl", clients.Unknown, ""},
	}},
	"small ClientHellos alone, and others are closed": {smallHello(observe.HandshakeClosed), []row{{"client-go", clients.Fails, "EOF"}, {"Python", clients.Unknown, ""}}},
	"small ClientHellos alone, and the name leads nowhere": {but(func(log *observe.Log) {
		observe.TLSHandshake.Saw(log, observe.HandshakeSilent)
		observe.HelloSizes.Saw(log, observe.HelloSmall)
		observe.DNSName.Saw(log, observe.NoAddress)
	}, noTLS), []row{{"the guide's curl", clients.Fails, "curl: (6) Could not resolve host"}, {"Python", clients.Unknown, ""}}},
	"a bundle of other CAs": {but(func(log *observe.Log) { observe.EnvRequestsBundle.Saw(log, observe.BundleForeign) }), []row{
		{"Python with requests", clients.Remark, "certificate verify failed: unable to get local issuer certificate"}, {"Python", clients.Works, ""},
	}},
	"a bundle that is not there": {but(func(log *observe.Log) { observe.EnvRequestsBundle.Saw(log, observe.BundleUnusable) }), []row{
		{"Python with requests", clients.Remark, "Could not find a suitable TLS CA certificate bundle, invalid path: "}, {"Python", clients.Works, ""},
	}},
	"keys that are too weak for OPENSSL_CONF": {but(func(log *observe.Log) { observe.EnvOpenSSLLevel.Saw(log, true) }), []row{
		{"the guide's curl", clients.Fails, "curl: (60) SSL certificate problem: ... key too weak"}, {"Python", clients.Works, ""}, {"JavaScript", clients.Works, ""},
		{"Ruby", clients.Unknown, ""}, {"C#", clients.Unknown, ""},
	}},
	"an agent that is not there": {but(func(log *observe.Log) { observe.EnvJavaAgent.Saw(log, true) }), []row{
		{"Java (official)", clients.Fails, "Error opening zip file or JAR manifest missing : ..."}, {"Java (fabric8)", clients.Fails, "JAR manifest missing"}, {"Python", clients.Works, ""},
	}},
	"a proxy of Java's own": {but(func(log *observe.Log) { observe.EnvJavaProxy.Saw(log, true) }), []row{
		{"Java (official)", clients.Unknown, ""}, {"Java (fabric8)", clients.Unknown, ""}, {"client-go", clients.Works, ""},
	}},
	"a module that is not there": {but(func(log *observe.Log) { observe.EnvNodeModule.Saw(log, true) }), []row{
		{"JavaScript", clients.Fails, "Cannot find module '...'"}, {"Python", clients.Works, ""},
	}},
	"algorithms of FIPS 140 alone": {but(func(log *observe.Log) { observe.EnvGoFIPS.Saw(log, true) }), []row{
		{"client-go", clients.Remark, "crypto/ecdh: use of X25519 is not allowed in FIPS 140-only mode"}, {"kubectl in a pod", clients.Remark, "X25519"}, {"Python", clients.Works, ""},
	}},
}
