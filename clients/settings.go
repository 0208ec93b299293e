package clients

import (
	"slices"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// The predicates for variables that decide for a client, where they bite.
var (
	moduleMissing = func(in inputs) bool { return observe.EnvNodeModule.Yes(in.seen) }
	javaProxied   = func(in inputs) bool { return observe.EnvJavaProxy.Yes(in.seen) }
	levelTooHigh  = func(in inputs) bool { return observe.EnvOpenSSLLevel.Yes(in.seen) }
)

// The predicates for proxy variables that clients read in different ways.
var (
	asterisk    = func(in inputs) bool { return observe.EnvAsterisk.Yes(in.seen) }
	proxyBare   = func(in inputs) bool { return observe.EnvProxyURL.In(in.seen) == observe.ProxyURLBare }
	pastNoProxy = func(in inputs) bool {
		url := observe.EnvProxyURL.In(in.seen)
		return (url == observe.ProxyURLWhole || url == observe.ProxyURLBare) && proxyIs(observe.ProxyExcluded, observe.ProxyDiffers)(in)
	}
)

func bundleIs(bundles ...observe.Bundle) func(inputs) bool {
	return func(in inputs) bool { return slices.Contains(bundles, observe.EnvRequestsBundle.In(in.seen)) }
}

var noAgent = rule{
	when: func(in inputs) bool { return observe.EnvJavaAgent.Yes(in.seen) }, outcome: Fails,
	text: "Error opening zip file or JAR manifest missing : ...", reason: "JAVA_TOOL_OPTIONS names an agent that is not there: the JVM does not start", since: javaRun,
}

// goChain: FIPS 140-only mode of Go 1.24.9 and 1.26 leaves out X25519 by itself.
var goChain = []rule{{
	when: func(in inputs) bool { return observe.EnvGoFIPS.Yes(in.seen) }, outcome: Remark,
	text: "crypto/ecdh: use of X25519 is not allowed in FIPS 140-only mode", reason: "programs built with Go 1.25 fail with this GODEBUG; those of Go 1.24.9 and 1.26 do not", since: "Go 1.24.9, 1.25 and 1.26, run",
}}

// requestsChain is of a session whose verify is set: the variable beats it.
var requestsChain = append([]rule{
	{when: bundleIs(observe.BundleForeign), outcome: Remark, text: pythonFails + noIssuer + " ...", reason: bundleBeats},
	{
		when: bundleIs(observe.BundleUnusable), outcome: Remark,
		text:   "Could not find a suitable TLS CA certificate bundle, invalid path: ...; or [X509: NO_CERTIFICATE_OR_CRL_FOUND] ...",
		reason: bundleBeats + "; the second is of a file without a certificate",
	},
}, pythonChain...)

const (
	bundleBeats = "fails where Session.verify is ca.crt, which REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE beats; works where verify is passed with each request"
	smallHello  = "its ClientHello is small, and small ones get an answer; what follows was not tried"
	rustHello   = "small ClientHellos get an answer; its own is small or large by its TLS library: large with rustls since 0.23.27 and aws-lc-rs; what follows was not tried"
)

// goHello: the key share X25519Kyber768Draft00 of Go 1.23 is as large as X25519MLKEM768.
func goHello(before string) rule {
	return rule{
		outcome: Fails, text: before + goErrors[tlsTimeout] + "; or " + before + "EOF",
		reason: "since Go 1.23 its ClientHello is large, and only small ones get an answer", since: "Go 1.26, run: 1478 bytes; Go 1.23 and 1.24 release notes",
	}
}

// opensslHello: OpenSSL 3.5 sends X25519MLKEM768 by default. Measured are 340 to 512
// bytes before, and 1563 since.
func opensslHello(since string) rule {
	return rule{
		outcome: Unknown, since: since,
		reason: "with OpenSSL before 3.5 " + smallHello + "; since OpenSSL 3.5 it is as large as Go's",
	}
}

var javaHello = rule{outcome: Unknown, reason: smallHello, since: javaRun + ": 435 bytes; JEP 527 for JDK 27"}
