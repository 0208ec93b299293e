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
	ClockUnknown     ServerClock = "unknown"
	ClockConfirms    ServerClock = "confirms"
	ClockContradicts ServerClock = "contradicts"
)

// The subjects of TLS.
var (
	TLSHandshake     = symptom("tls.handshake", "how the first handshake with the address in the environment ends", "the TLS handshake: %s", 1, Verifies, Unverified, Alerted, HandshakeClosed, HandshakeSilent, PlainHTTP, OtherBytes, NoVersion, NoConnection, OtherHandshake)
	TLSAlert         = tells("tls.alert", "what the server's alert is about", "the alert is about: %s", 0, AlertVersion, AlertName, AlertCertificate, AlertOther)
	TLSFirstBytes    = text("tls.first-bytes", "the first bytes of what is no TLS", "the first bytes are %s")
	TLSVersion       = text("tls.version", "the version of TLS that was agreed on", "%s")
	TLSVerifyError   = tells("tls.verify-error", "why the chain does not verify, whatever the host; one that is merely out of its validity counts as verified in tls.handshake", "the chain: %s", 1, ChainFine, ChainExpired, ChainUsage, ChainConstraint, ChainAuthority, ChainOther)
	TLSIssuer        = tells("tls.issuer", "who has signed the certificate that was served", "the issuer is %s", 1, IssuerTrusted, IssuerSameName, IssuerItself, IssuerInterceptor, IssuerUnknown)
	TLSCoversHost    = flagSymptom("tls.covers.host", "whether a SAN covers the host in the environment, in a certificate that ca.crt vouches for", "a SAN covers the host: %s", true)
	TLSServedCovers  = flagTells("tls.served.covers-host", "whether a SAN covers the host in the environment, whoever signed the certificate", "the certificate covers the host: %s", true)
	TLSNamesAPI      = flagTells("tls.names-api", "whether the certificate covers the host or kubernetes.default.svc, whoever signed it", "the certificate names the API: %s", true)
	TLSCoversName    = flagSymptom("tls.covers.name", "whether SANs cover the DNS names of the API's Service", "SANs cover the DNS names: %s", true)
	TLSCoversService = flagTells("tls.covers.service-name", "whether a SAN covers kubernetes.default.svc, as the clients need it that dial the name", "a SAN covers kubernetes.default.svc: %s", true)
	TLSKubernetes    = flagTells("tls.covers.kubernetes", "whether any SAN names something of Kubernetes", "a SAN names something of Kubernetes: %s", true)
	TLSSANs          = texts("tls.sans", "the SANs, at most 24", "SAN %s")
	TLSValidity      = symptom("tls.validity", "whether the server's certificate and its CA are within their validity, by this pod's clock", "the certificate's validity: %s", 1, Now, Soon, Past, Future)
	TLSServerClock   = tells("tls.server-clock", "what the server's clock says where this pod's finds the certificate out of its validity", "the server's clock %s that", 0, ClockConfirms, ClockContradicts, ClockUnknown)
	TLSStrict        = flagSymptom("tls.strict", "whether the chain keeps the rules of RFC 5280 that strict clients enforce", "the chain keeps the rules of RFC 5280: %s", true)
	TLSAuthorityKey  = flagTells("tls.authority-key", "whether the server's certificate has an authority key identifier", "the certificate has an authority key identifier: %s", true)

	FreshCertificates = symptom("tls.fresh.certificates", "whether fresh connections meet certificates alike: all verify, or none does", "of fresh connections %s", 1, CertificatesAlike, CertificatesDiffer)
	FreshVerified     = countTells("tls.fresh.verified", "how many of the fresh connections that TCP brought about meet a certificate that ca.crt vouches for", "%s fresh connections verify")
	SegmentUsual      = handshakeTells("tls.segment.usual", "how a second handshake ends, with segments of the usual size", "with usual segments: %s")
	SegmentSmall      = handshakeTells("tls.segment.small", "how a handshake ends with segments of 536 bytes", "with small segments: %s")
	WithoutName       = handshakeTells("tls.without-name", "how a second handshake ends, as clients make it", "without a server name: %s")
	WithName          = handshakeTells("tls.with-name", "how a handshake ends with kubernetes.default.svc as server name", "with a server name: %s")
)

var tlsSubjects = []*Row{
	TLSHandshake.Row, TLSAlert.Row, TLSFirstBytes.Row, TLSVersion.Row, TLSVerifyError.Row, TLSIssuer.Row, TLSCoversHost.Row, TLSServedCovers.Row, TLSNamesAPI.Row, TLSCoversName.Row, TLSCoversService.Row, TLSKubernetes.Row, TLSSANs.Row,
	TLSValidity.Row, TLSServerClock.Row, TLSStrict.Row, TLSAuthorityKey.Row,
	FreshCertificates.Row, FreshVerified.Row, SegmentUsual.Row, SegmentSmall.Row, WithoutName.Row, WithName.Row,
}
