package observe

// Alert is what a TLS alert of the server's is about, see RFC 8446, section 6.
type Alert string

// The alerts.
const (
	AlertVersion     Alert = "version"     // handshake_failure, protocol_version, insufficient_security
	AlertName        Alert = "name"        // unrecognized_name
	AlertCertificate Alert = "certificate" // it wants a certificate of the client
	AlertOther       Alert = "other"
)

// VerifyError is why a chain does not verify.
type VerifyError string

// The reasons.
const (
	ChainFine       VerifyError = "none"
	ChainAuthority  VerifyError = "authority"  // no certificate of ca.crt has signed it
	ChainExpired    VerifyError = "expired"    // out of its validity, and signed
	ChainUsage      VerifyError = "usage"      // signed, and not for servers
	ChainConstraint VerifyError = "constraint" // signed, and against a rule of its CA
	ChainOther      VerifyError = "other"
)

// Issuer is who has signed the certificate that was served.
type Issuer string

// The issuers.
const (
	IssuerTrusted     Issuer = "trusted-key" // a key of ca.crt
	IssuerSameName    Issuer = "same-name-other-key"
	IssuerItself      Issuer = "itself"
	IssuerInterceptor Issuer = "interceptor" // a product that re-signs TLS, by name
	IssuerUnknown     Issuer = "unknown"
)

// Certificates is what fresh connections meet.
type Certificates string

// The certificates of fresh connections.
const (
	CertificatesAlike  Certificates = "alike"
	CertificatesDiffer Certificates = "some-verify"
)

// ServerClock is what the server's clock says of a certificate that is out of its
// validity by this pod's clock.
type ServerClock string

// The server's clock.
const (
	ClockConfirms    ServerClock = "confirms"
	ClockContradicts ServerClock = "contradicts"
)

// Hello is which sizes of a ClientHello get an answer.
type Hello string

// The sizes.
const (
	HelloAny   Hello = "any"
	HelloSmall Hello = "small" // all of the small ones, and none of the large ones
	HelloNone  Hello = "none"
	HelloMixed Hello = "some" // without regard to size
)

// The subjects of TLS.
var (
	TLSHandshake     = symptom("tls.handshake", "how the first TLS handshake with the address in the environment ends", "the TLS handshake: %s", 1, Verifies, Unverified, Alerted, HandshakeClosed, HandshakeSilent, PlainHTTP, OtherBytes, NoVersion, NoConnection, OtherHandshake)
	TLSAlert         = tells("tls.alert", "what the server's TLS alert is about", "the TLS alert is about %s", 0, AlertVersion, AlertName, AlertCertificate, AlertOther)
	TLSFirstBytes    = text("tls.first-bytes", "the first bytes of an answer that is not TLS", "the first bytes are %s")
	TLSVersion       = text("tls.version", "the TLS version of the connection", "%s")
	TLSVerifyError   = tells("tls.verify-error", "why the certificate chain does not verify, whatever the host; a chain that is only expired or not valid yet counts as verified in tls.handshake", "the certificate chain %s", 1, ChainFine, ChainExpired, ChainUsage, ChainConstraint, ChainAuthority, ChainOther)
	TLSIssuer        = tells("tls.issuer", "who signed the server's certificate", "the issuer is %s", 1, IssuerTrusted, IssuerSameName, IssuerItself, IssuerInterceptor, IssuerUnknown)
	TLSCoversHost    = flagSymptom("tls.covers.host", "whether a SAN covers the host in the environment, in a certificate that verifies against ca.crt", "a SAN covers the host", "no SAN covers the host", true)
	TLSServedCovers  = flagTells("tls.served.covers-host", "whether a SAN covers the host in the environment, whoever signed the certificate", "the certificate covers the host", "the certificate does not cover the host", true)
	TLSNamesAPI      = flagTells("tls.names-api", "whether the certificate covers the host or kubernetes.default.svc, whoever signed it", "the certificate has the API server's names", "the certificate does not have the API server's names", true)
	TLSCoversName    = flagSymptom("tls.covers.name", "whether SANs cover the DNS names of the API server's Service", "SANs cover the DNS names", "SANs do not cover the DNS names", true)
	TLSCoversService = flagTells("tls.covers.service-name", "whether a SAN covers kubernetes.default.svc, which clients that connect by name need", "a SAN covers kubernetes.default.svc", "no SAN covers kubernetes.default.svc", true)
	TLSKubernetes    = flagTells("tls.covers.kubernetes", "whether any SAN is a name of Kubernetes", "a SAN is a name of Kubernetes", "no SAN is a name of Kubernetes", true)
	TLSSANs          = texts("tls.sans", "the SANs, at most 24", "SAN %s")
	TLSValidity      = symptom("tls.validity", "whether the server's certificate and its CA are valid, by this pod's clock", "the server's certificate is %s", 1, Now, Soon, Past, Future)
	TLSServerClock   = tells("tls.server-clock", "where the certificate is not valid by this pod's clock: what the server's clock says", "the server's clock %s the dates of the certificate", 0, ClockConfirms, ClockContradicts)
	TLSStrict        = flagSymptom("tls.strict", "whether the chain follows the rules that clients other than Go enforce, those of RFC 5280 and their own", "the certificates follow the rules of strict clients", "the certificates break a rule of strict clients", true)
	TLSStrictRule    = tells("tls.strict.rule", "the first rule of RFC 5280 that each certificate of the chain breaks, as OpenSSL checks them in its strict mode", "a certificate %s", 0, RuleNotCA, RulePathOfServer, RulePathLength, RuleNotCritical, RuleKeyUsage, RuleNoIssuer, RuleNoSubject, RuleAuthorityKey, RuleSubjectKey).at("certificate: server, intermediate or ca.crt")
	TLSUsage         = tells("tls.usage", "what clients find in the usages of the server's certificate", "the server's certificate %s", 1, UsageFine, UsageNoSignature, UsageAnyOnly, UsageNetscape, UsageCA)
	TLSIssuerKey     = flagTells("tls.issuer-key", "whether each authority key identifier of the chain is that of the certificate above it", "each authority key identifier fits the issuer", "an authority key identifier does not fit the issuer", true)
	TLSWeakKey       = tells("tls.weak-key", "which certificate of the chain has an RSA key of less than 2048 bits", "an RSA key of less than 2048 bits: %s", 1, NoCertificate, CertServer, CertIntermediate, CertCA)
	TLSAnchor        = symptom("tls.anchor", "what the certificate in ca.crt is that verifies the server's: a self-signed root, or one that another has signed", "the certificate of ca.crt that verifies the server's is %s", 1, AnchorRoot, AnchorIntermediate, AnchorServer)
	TLSAuthorityKey  = flagTells("tls.authority-key", "whether the server's certificate has an authority key identifier", "the certificate has an authority key identifier", "the certificate has no authority key identifier", true)

	FreshCertificates = symptom("tls.fresh.certificates", "whether all fresh connections get the same result: all certificates verify, or none does", "fresh connections: %s", 1, CertificatesAlike, CertificatesDiffer)
	FreshVerified     = countTells("tls.fresh.verified", "of the fresh connections that TCP established, how many get a certificate that verifies against ca.crt", "%s fresh connections verify")
	SegmentUsual      = handshakeTells("tls.segment.usual", "how a second handshake ends, with segments of normal size", "with normal segments: %s")
	HelloSizes        = tells("tls.hello", "which handshakes get an answer of the server: two with the ClientHello that Go sends, of about 1,600 bytes with its post-quantum key share, and two without that share", "handshakes that get an answer: %s", 1, HelloAny, HelloSmall, HelloNone, HelloMixed)
	SegmentSmall      = handshakeTells("tls.segment.small", "how a handshake with segments of 536 bytes ends", "with small segments: %s")
	WithoutName       = handshakeTells("tls.without-name", "how a second handshake without a server name (SNI) ends, as clients make it", "without a server name (SNI): %s")
	WithName          = handshakeTells("tls.with-name", "how a handshake with kubernetes.default.svc as server name (SNI) ends", "with a server name (SNI): %s")
)

var tlsSubjects = []*Row{
	TLSHandshake.Row, TLSAlert.Row, TLSFirstBytes.Row, TLSVersion.Row, TLSVerifyError.Row, TLSIssuer.Row, TLSCoversHost.Row, TLSServedCovers.Row, TLSNamesAPI.Row, TLSCoversName.Row, TLSCoversService.Row, TLSKubernetes.Row, TLSSANs.Row,
	TLSValidity.Row, TLSServerClock.Row, TLSStrict.Row, TLSStrictRule.Row, TLSUsage.Row, TLSIssuerKey.Row, TLSWeakKey.Row, TLSAnchor.Row, TLSAuthorityKey.Row,
	FreshCertificates.Row, FreshVerified.Row, SegmentUsual.Row, SegmentSmall.Row, HelloSizes.Row, WithoutName.Row, WithName.Row,
}
