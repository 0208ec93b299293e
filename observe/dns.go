package observe

// Resolver is whose DNS server /etc/resolv.conf names.
type Resolver string

// The resolvers.
const (
	OfCluster    Resolver = "cluster"
	OfNodeCache  Resolver = "node-cache" // NodeLocal DNSCache, at a link-local address
	OfNode       Resolver = "node"       // no domain of a cluster in the search list
	NoNameserver Resolver = "none"
	NotReadable  Resolver = "unreadable"
)

// Rcode is a DNS response code, see RFC 1035, 4.1.1.
type Rcode string

// The response codes.
const (
	NoError      Rcode = "NOERROR"
	NoData       Rcode = "NODATA" // NOERROR without an address: a Service of the other family has that
	NXDomain     Rcode = "NXDOMAIN"
	ServFail     Rcode = "SERVFAIL"
	RcodeRefused Rcode = "REFUSED" // or NOTIMP
	OtherRcode   Rcode = "other"
	NoReply      Rcode = "no-answer"
)

// Lookup is what kubernetes.default.svc resolves to.
type Lookup string

// The results of a lookup.
const (
	OfService    Lookup = "service" // the address in the environment
	NoAddress    Lookup = "none"
	OtherAddress Lookup = "other"
)

// Winner is where a lookup ended.
type Winner string

// The ends of a lookup.
const (
	OwnName     Winner = "own"    // the cluster's own name of the Service
	OtherDomain Winner = "search" // another domain of the search list had an address first
	FromHosts   Winner = "hosts"  // /etc/hosts
	NoWinner    Winner = "none"
)

// Answered is how another question beside the decisive one was answered.
type Answered string

// The answers to other questions.
const (
	AnsweredFine   Answered = "fine"
	AnsweredError  Answered = "error"  // a response code other than NOERROR and NXDOMAIN
	AnsweredSilent Answered = "silent" // no answer
)

// Stalls is which questions are not answered soon.
type Stalls string

// The questions that stall: loss strikes all of them, the race in the node's
// connection tracking pairs from one socket only.
const (
	StallsNone  Stalls = "none"
	StallsPairs Stalls = "pairs"
	StallsAll   Stalls = "all"
)

// The subjects of DNS.
var (
	DNSResolver      = symptom("dns.resolver", "whose DNS server /etc/resolv.conf names", "resolv.conf is of the %s", 2, OfCluster, OfNodeCache, OfNode, NoNameserver, NotReadable)
	DNSLimits        = flagSymptom("dns.limits", "whether resolv.conf holds more than resolvers read: over 3 nameservers, 6 domains or 256 bytes, or lines without an address", "resolv.conf holds more than resolvers read: %s", false)
	DNSDefaultDomain = flagSymptom("dns.default-domain", "whether the cluster domain is cluster.local", "the cluster domain is cluster.local: %s", true)
	DNSDomain        = text("dns.domain.value", "the cluster domain, by the search list", "the cluster domain is %s")
	DNSNameservers   = texts("dns.nameservers", "the nameservers of resolv.conf, in its order", "nameserver %s")

	DNSUDP       = answerSymptom("dns.udp", "what the nameservers say by UDP; a node's cache is dns.cache", "the nameserver %s by UDP").at("nameserver")
	DNSTCP       = answerSymptom("dns.tcp", "what the nameservers say by TCP; a node's cache is dns.cache", "the nameserver %s by TCP").at("nameserver")
	DNSCache     = answerSymptom("dns.cache", "what the node's DNS cache says by UDP, whose link-local address says nothing of service IPs", "the node's DNS cache %s").at("nameserver")
	DNSCacheTCP  = answerSymptom("dns.cache.tcp", "what the node's DNS cache says by TCP, where it answers by UDP", "the node's DNS cache %s by TCP").at("nameserver")
	DNSSome      = answerSymptom("dns.some-servers", "what one of the nameservers says by UDP while another one answers", "one of the nameservers %s")
	DNSSomeTCP   = answerSymptom("dns.some-tcp", "what one of the nameservers says by TCP that answers by UDP, while another one answers by both", "one of the nameservers %s by TCP")
	DNSRcode     = symptom("dns.rcode", "the response code for the API's whole name, of several nameservers the best", "the nameserver says %s for the API's name", 2, NoError, NoData, NXDomain, RcodeRefused, ServFail, OtherRcode).at("nameserver")
	DNSDisagree  = flagSymptom("dns.disagree", "whether one nameserver knows the API's name and another does not", "the nameservers disagree: %s", false).at("nameserver")
	DNSTruncated = flagSymptom("dns.truncated", "whether the answer for the API's name is cut short by TCP, too", "the answer is cut short: %s", false).at("nameserver")
	DNSMalformed = numberSymptom("dns.malformed", "how many replies to a question for the API's name were malformed, and dropped", "%s replies are malformed")
	DNSLate      = countSymptom("dns.late", "asked again, how many of the answers came late", "%s answers are late")

	DNSName    = symptom("dns.name", "what kubernetes.default.svc resolves to by the search list", "kubernetes.default.svc leads to: %s", 1, OfService, NoAddress, OtherAddress)
	DNSWinner  = tells("dns.winner", "which name of the search list had an address", "the address came from: %s", 1, OwnName, OtherDomain, FromHosts, NoWinner)
	DNSSuffix  = symptom("dns.suffix", "how the names of the search list before it were answered", "a search domain: %s", 1, AnsweredFine, AnsweredError, AnsweredSilent)
	DNSAAAA    = symptom("dns.aaaa", "how the question for an IPv6 address was answered, where A was", "AAAA: %s", 1, AnsweredFine, AnsweredError, AnsweredSilent)
	DNSResent  = flagSymptom("dns.resent", "whether a question of the lookup had to be sent again, or was lost after the server had answered before", "a question was sent again: %s", false)
	DNSAddress = texts("dns.addresses", "the addresses of kubernetes.default.svc", "kubernetes.default.svc is %s")

	DNSPairsStall   = countTells("dns.pairs-stall", "how many pairs of A and AAAA questions from one socket are not answered within 100 ms", "%s pairs of questions stall")
	DNSSinglesStall = countTells("dns.singles-stall", "how many single questions are not answered within 100 ms", "%s single questions stall")
	DNSStalls       = tells("dns.stalls", "what of them stalls: only pairs where single questions do so ten times less", "questions that stall: %s", 1, StallsNone, StallsPairs, StallsAll)
	DNSOutside      = tells("dns.outside", "the response code for example.com", "a name outside the cluster: %s", 1, NoError, NXDomain, NoData, RcodeRefused, ServFail, OtherRcode, NoReply)
	DNSWildcard     = flagTells("dns.wildcard", "whether a search domain has an address for a name that cannot exist", "a search domain has a wildcard: %s", false)
)

var dnsSubjects = []*Row{
	DNSResolver.Row, DNSLimits.Row, DNSDefaultDomain.Row, DNSDomain.Row, DNSNameservers.Row,
	DNSUDP.Row, DNSTCP.Row, DNSCache.Row, DNSCacheTCP.Row, DNSSome.Row, DNSSomeTCP.Row, DNSRcode.Row, DNSDisagree.Row, DNSTruncated.Row, DNSMalformed.Row, DNSLate.Row,
	DNSName.Row, DNSWinner.Row, DNSSuffix.Row, DNSAAAA.Row, DNSResent.Row, DNSAddress.Row,
	DNSPairsStall.Row, DNSSinglesStall.Row, DNSStalls.Row, DNSOutside.Row, DNSWildcard.Row,
}
