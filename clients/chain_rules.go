package clients

import "github.com/k8sdoctor/k8sdoctor/observe"

const (
	curlRun   = "curl 7.88.1 with OpenSSL 3.0, run"
	javaRun   = "OpenJDK 17, run"
	nodeRun   = "Node 16 to 24, run"
	pythonRun = "Python 3.7 to 3.13 with OpenSSL 3.0, run"
	rubyRun   = "Ruby 3.1 with OpenSSL 3.0, run; kubernetes-client/ruby 09e61c0 kubernetes.gemspec"
	rustlsRun = "Deno 2 with rustls, run"

	curlFails   = "curl: (60) SSL certificate problem: "
	nodeFails   = "request to https://{hostport}/... failed, reason: "
	pythonFails = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
	rustlsFails = "... invalid peer certificate: "

	nodeNoFirst = nodeFails + "unable to verify the first certificate ... UNABLE_TO_VERIFY_LEAF_SIGNATURE"

	strictPython   = "fails since Python 3.13 with urllib3 2.4, which are strict; works with older ones"
	oldPython      = "fails with Python 3.12 and older, and with urllib3 before 2.4; Python 3.13 accepts a CA that is not a root"
	weakPython     = "fails since Python 3.10, and with older ones where OpenSSL has security level 2, as in Debian and Ubuntu"
	weakOpenSSL    = "fails where OpenSSL has security level 2, as in Debian and Ubuntu"
	ownOpenSSL     = "the text is that of Ruby's own OpenSSL, as of kubeclient"
	withOldOpenSSL = `OpenSSL 1.1 says "` + oldWrongUse + `"`
	withRustls     = "built with rustls; not with OpenSSL"
	oldFabric8     = "fails before release 6.4, which reads on behind the last certificate"
	notRun         = "not known: this client was not run with such a chain"
)

// pythonChain is of SSLContext as urllib3 makes it: since Python 3.13 and urllib3 2.4
// with VERIFY_X509_PARTIAL_CHAIN and VERIFY_X509_STRICT.
var pythonChain = []rule{
	{when: damaged, outcome: Fails, text: "[X509] PEM lib ...", since: pythonRun},
	{when: keyOfOther, outcome: Fails, text: pythonFails + noIssuer + " ...", since: pythonRun},
	{when: notForTLS, outcome: Fails, text: pythonFails + wrongUse + " ...", reason: withOldOpenSSL, since: pythonRun},
	{when: weakKey, outcome: Remark, text: pythonFails + "{weak} ...", reason: weakPython, since: pythonRun},
	{
		when: allOf(unrooted, strict), outcome: Fails, text: pythonFails + "{unrooted} ...; or " + pythonFails + "{strict} ...",
		reason: "the first with Python 3.12 and older, the second since Python 3.13 with urllib3 2.4", since: pythonRun,
	},
	{when: unrooted, outcome: Remark, text: pythonFails + "{unrooted} ...", reason: oldPython, since: pythonRun},
	{when: strict, outcome: Remark, text: pythonFails + "{strict} ...", reason: strictPython, since: pythonRun + "; kubernetes-client/python issue 2394"},
}

var nodeChain = []rule{
	{when: besideIs(observe.BesideBrokenFirst), outcome: Fails, text: nodeNoFirst, reason: "reads ca.crt up to the damaged block", since: nodeRun},
	{when: keyOfOther, outcome: Fails, text: nodeNoFirst, since: nodeRun},
	{when: notForTLS, outcome: Fails, text: nodeFails + wrongUse + " ... INVALID_PURPOSE; or " + nodeFails + oldWrongUse + " ... INVALID_PURPOSE", reason: "the second with Node 16, which has OpenSSL 1.1", since: nodeRun},
	{when: halfTrusted, outcome: Fails, text: nodeFails + "{unrooted} ... UNABLE_TO_GET_ISSUER_CERT", since: nodeRun},
	{when: leafTrusted, outcome: Fails, text: nodeNoFirst, since: nodeRun},
	{when: weakKey, outcome: Remark, text: nodeFails + "{weak}", reason: "fails since Node 24, whose OpenSSL has security level 2", since: nodeRun},
	{when: besideIs(observe.BesideBrokenLater), outcome: Remark, reason: "reads ca.crt up to the damaged block only", since: nodeRun},
}

// javaChain is of the PKIX trust manager and the certificate factory of the JDK, which
// both clients use.
var javaChain = []rule{
	{when: damaged, outcome: Fails, text: "java.security.cert.CertificateException: ...", since: javaRun},
	{when: besideIs(observe.BesidePrivateKey), outcome: Fails, text: "java.security.cert.CertificateParsingException: signed fields invalid", since: javaRun},
	{when: breaks(observe.RuleNoIssuer), outcome: Fails, text: "java.security.cert.CertificateParsingException: Empty issuer DN not allowed in X509Certificates", since: javaRun},
	{when: breaks(observe.RuleNoSubject), outcome: Fails, text: "X.509 Certificate is incomplete: SubjectAlternativeName extension MUST be marked critical when subject field is empty", since: javaRun},
	{when: keyOfOther, outcome: Fails, text: "PKIX path validation failed: java.security.cert.CertPathValidatorException: Path does not chain with any of the trust anchors", since: javaRun},
	{when: usageIs(observe.UsageNetscape), outcome: Fails, text: "sun.security.validator.ValidatorException: Netscape cert type does not permit use for SSL server", since: javaRun},
	{when: usageIs(observe.UsageNoSignature), outcome: Fails, text: "sun.security.validator.ValidatorException: KeyUsage does not allow digital signatures", since: javaRun},
}

var fabric8Chain = append(javaChain[:len(javaChain):len(javaChain)], rule{
	when: besideIs(observe.BesideBehind), outcome: Remark, text: "java.security.cert.CertificateException: Could not parse certificate: java.io.IOException: Empty input",
	reason: oldFabric8, since: javaRun + "; fabric8io/kubernetes-client issues 987, 4650",
})

// rubyChain: the official client uses libcurl, kubeclient Ruby's OpenSSL.
var rubyChain = []rule{
	{when: damaged, outcome: Fails, text: "... PEM lib", reason: ownOpenSSL, since: rubyRun},
	{when: keyOfOther, outcome: Fails, text: "... certificate verify failed (" + noIssuer + ")", reason: ownOpenSSL, since: rubyRun},
	{when: notForTLS, outcome: Fails, text: "... certificate verify failed (" + wrongUse + ")", reason: ownOpenSSL, since: rubyRun},
	{when: unrooted, outcome: Remark, text: "... certificate verify failed ({unrooted})", reason: "fails with Ruby's own OpenSSL, as of kubeclient; the official client uses libcurl, which accepts a CA that is not a root", since: rubyRun},
	{when: weakKey, outcome: Remark, text: "... certificate verify failed ({weak})", reason: weakOpenSSL, since: rubyRun},
	{when: levelTooHigh, outcome: Unknown, reason: notRun},
	{when: breaks(observe.RuleNoIssuer), outcome: Unknown, reason: notRun},
}

// curlChain: curl sets X509_V_FLAG_PARTIAL_CHAIN.
var curlChain = []rule{
	{when: damaged, outcome: Fails, text: "curl: (77) error setting certificate file: {ca}", since: curlRun},
	{when: breaks(observe.RuleNoIssuer), outcome: Fails, text: "curl: (60) SSL: couldn't get X509-issuer name ...", since: curlRun},
	{when: keyOfOther, outcome: Fails, text: curlFails + noIssuer + " ...", since: curlRun},
	{when: notForTLS, outcome: Fails, text: curlFails + wrongUse + " ...", reason: withOldOpenSSL, since: curlRun},
	{when: levelTooHigh, outcome: Fails, text: curlFails + "... key too weak ...", reason: "uses the security level of OPENSSL_CONF, for which a key of the chain is too weak", since: curlRun},
	{when: weakKey, outcome: Remark, text: curlFails + "{weak} ...", reason: weakOpenSSL, since: curlRun},
}

var rustlsChain = []rule{
	{when: damaged, outcome: Unknown, reason: notRun},
	{when: usageIs(observe.UsageAnyOnly), outcome: Fails, text: rustlsFails + "certificate does not allow extended key usage for server authentication ...", reason: withRustls, since: rustlsRun},
	{when: usageIs(observe.UsageCA), outcome: Fails, text: rustlsFails + "... CaUsedAsEndEntity ...", reason: withRustls, since: rustlsRun},
	{when: leafTrusted, outcome: Fails, text: rustlsFails + "UnknownIssuer", reason: withRustls, since: rustlsRun},
	{when: weakKey, outcome: Fails, text: rustlsFails + "BadSignature", reason: withRustls, since: rustlsRun},
}

// dotnetChain is from documentation and source alone.
var dotnetChain = []rule{
	{
		when:    either(damaged, besideIs(observe.BesidePrivateKey), keyOfOther, notForTLS, weakKey, levelTooHigh, breaks(observe.RuleNoIssuer), breaks(observe.RuleNoSubject)),
		outcome: Unknown, reason: notRun,
	},
	{
		when: unrooted, outcome: Remark, reason: "documented to accept a CA that is not a root; not run",
		since: ".NET X509VerificationFlags.AllowUnknownCertificateAuthority; kubernetes-client/csharp 005cb11 Kubernetes.ConfigInit.cs",
	},
}
