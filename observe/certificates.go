package observe

// StrictRule is a rule of RFC 5280 for certificates that a client may insist on, in
// the order in which OpenSSL's X509_V_FLAG_X509_STRICT looks for them.
type StrictRule string

// The rules.
const (
	RuleNotCA        StrictRule = "not-a-ca"                 // it signs, and is none of a CA: version 1, or key usages without basic constraints
	RulePathOfServer StrictRule = "path-length-of-server"    // a path length in the certificate of a server
	RulePathLength   StrictRule = "path-length-alone"        // a path length without the key usage to sign certificates
	RuleNotCritical  StrictRule = "constraints-not-critical" // basic constraints of a CA
	RuleKeyUsage     StrictRule = "no-key-usage"             // of a CA
	RuleNoIssuer     StrictRule = "no-issuer"                // an empty name
	RuleNoSubject    StrictRule = "no-subject"               // an empty name, and the SANs are not critical
	RuleAuthorityKey StrictRule = "no-authority-key"
	RuleSubjectKey   StrictRule = "no-subject-key" // of a CA
)

// Certificate is one of a chain.
type Certificate string

// The certificates of a chain.
const (
	NoCertificate    Certificate = "none"
	CertServer       Certificate = "server"
	CertIntermediate Certificate = "intermediate"
	CertCA           Certificate = "ca.crt"
)

// Usage is what clients other than Go find in the usages of a server's certificate.
type Usage string

// The usages.
const (
	UsageFine        Usage = "fine"
	UsageNoSignature Usage = "no-digital-signature" // its key usages lack it
	UsageAnyOnly     Usage = "any-usage-only"       // of the extended usages, and not that of servers
	UsageNetscape    Usage = "netscape-no-server"   // an old extension that forbids servers
	UsageCA          Usage = "ca"                   // it is the certificate of a CA
)

// Anchor is what verifies a chain.
type Anchor string

// The anchors.
const (
	AnchorRoot         Anchor = "root"
	AnchorIntermediate Anchor = "intermediate"
	AnchorServer       Anchor = "server" // the server's own, which another certificate has signed
)

// Beside is what a file of certificates has beside them.
type Beside string

// What may stand there.
const (
	BesideNothing     Beside = "nothing"
	BesideText        Beside = "text" // before or between, where all clients skip it
	BesideBehind      Beside = "behind"
	BesidePrivateKey  Beside = "private-key"
	BesideBrokenLater Beside = "damaged-block"
	BesideBrokenFirst Beside = "damaged-block-first"
)
