package observe

// Resolver is whose DNS server /etc/resolv.conf names.
type Resolver string

// The resolvers.
const (
	OfCluster    Resolver = "cluster"
	OfNodeCache  Resolver = "node-cache" // NodeLocal DNSCache, at a link-local address
	OfProgram    Resolver = "program"    // the cluster's search list, and nameservers of a program in the pod
	OfNode       Resolver = "node"       // no domain of a cluster in the search list
	NoNameserver Resolver = "none"
	NotReadable  Resolver = "unreadable"
)

// NameserverAt is where the first nameserver of resolv.conf is.
type NameserverAt string

// The places.
const (
	NameserverElsewhere NameserverAt = "elsewhere"
	NameserverStub      NameserverAt = "stub"     // 127.0.0.53, 127.0.0.11: systemd-resolved or Docker, of a node
	NameserverLoopback  NameserverAt = "loopback" // in this pod, or in its node on the host network
	NameserverVPN       NameserverAt = "vpn"      // 100.100.100.100: Tailscale
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

// HostsBy is who wrote a line of /etc/hosts.
type HostsBy string

// The writers, as far as the kubelet's comments tell.
const (
	HostsByAlias HostsBy = "host-aliases" // the kubelet, for hostAliases of the pod
	HostsByNode  HostsBy = "node"         // the node's file, in a pod on the host network
	HostsByOther HostsBy = "other"        // the image, a mount or a program
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
	DNSResolver      = symptom("dns.resolver", "whose DNS server /etc/resolv.conf names", "resolv.conf: %s", 3, OfCluster, OfNodeCache, OfProgram, OfNode, NoNameserver, NotReadable)
	DNSFirst         = tells("dns.nameserver.at", "where the first nameserver in resolv.conf is", "the first nameserver is %s", 1, NameserverElsewhere, NameserverStub, NameserverLoopback, NameserverVPN)
	DNSComment       = flagTells("dns.config.comment", "whether a comment in resolv.conf names its writer, a program that is no runtime; the kubelet has it written without comments; not observed of a file that is not the runtime's", "a comment in resolv.conf names another program as its writer", "no comment in resolv.conf names another program as its writer", false)
	DNSLater         = flagTells("dns.config.later", "whether resolv.conf was written more than 10 seconds after the pod's hostname, which the runtime writes at the same time; not observed of a file that is not the runtime's", "resolv.conf was written again after the pod was set up", "resolv.conf is as old as the pod", false)
	DNSWriter        = text("dns.config.writer", "the program that the comment names", "resolv.conf was written by %s")
	DNSLimits        = flagSymptom("dns.limits", "whether resolv.conf exceeds what resolvers read: over 3 nameservers or 256 bytes of search domains (Kubernetes allows 32 domains, and glibc reads them all since 2.26), or a nameserver line without an address", "resolv.conf exceeds what resolvers read", "resolv.conf is within what resolvers read", false)
	DNSDefaultDomain = flagSymptom("dns.default-domain", "whether the cluster domain is cluster.local", "the cluster domain is cluster.local", "the cluster domain is not cluster.local", true)
	DNSDomain        = text("dns.domain.value", "the cluster domain, as in the search list", "the cluster domain is %s")
	DNSNameservers   = texts("dns.nameservers", "the nameservers in resolv.conf, in its order", "nameserver %s")

	DNSUDP       = answerSymptom("dns.udp", "what the nameservers answer over UDP; for a node's DNS cache see dns.cache", "over UDP, the nameserver %s").at("nameserver")
	DNSTCP       = answerSymptom("dns.tcp", "what the nameservers answer over TCP; for a node's DNS cache see dns.cache", "over TCP, the nameserver %s").at("nameserver")
	DNSCache     = answerSymptom("dns.cache", "what the node's DNS cache answers over UDP; its link-local address says nothing about Service IPs", "the node's DNS cache %s").at("nameserver")
	DNSCacheTCP  = answerSymptom("dns.cache.tcp", "what the node's DNS cache answers over TCP, where it answers over UDP", "over TCP, the node's DNS cache %s").at("nameserver")
	DNSStray     = flagTells("dns.stray", "whether at least twelve datagrams that no socket took came in while the first nameserver was asked in vain, by the kernel's counters: a connected socket takes those of its peer only; not observed where they did not, and on the host network", "datagrams come in that no socket takes", "every datagram that comes in is taken by a socket", false)
	DNSUDPAlone  = flagTells("dns.udp.alone", "whether one of several nameservers answers over TCP and not over UDP; not observed where none does", "a nameserver answers over TCP and not over UDP", "no nameserver answers over TCP alone", false)
	DNSSome      = answerSymptom("dns.some-servers", "what one of the nameservers answers over UDP while another one answers", "one of the nameservers %s")
	DNSSomeTCP   = answerSymptom("dns.some-tcp", "what a nameserver that answers over UDP answers over TCP, while another nameserver answers over both", "over TCP, one of the nameservers %s")
	DNSRcode     = symptom("dns.rcode", "the response code for the API server's full name; of several nameservers, the best", "response code for the API server's name: %s", 2, NoError, NoData, NXDomain, RcodeRefused, ServFail, OtherRcode).at("nameserver")
	DNSDisagree  = flagSymptom("dns.disagree", "whether one nameserver knows the API server's name and another does not", "the nameservers disagree", "the nameservers agree", false).at("nameserver")
	DNSTruncated = flagSymptom("dns.truncated", "whether the answer for the API server's name is truncated over TCP as well", "the answer is truncated over TCP too", "the answer over TCP is whole", false).at("nameserver")
	DNSMalformed = numberSymptom("dns.malformed", "how many malformed replies to a query for the API server's name were dropped", "%s replies are malformed")
	DNSLate      = countSymptom("dns.late", "of repeated queries, how many are answered late", "%s answers are late")

	DNSName    = symptom("dns.name", "what kubernetes.default.svc resolves to with the search list", "kubernetes.default.svc resolves to %s", 1, OfService, NoAddress, OtherAddress)
	DNSWinner  = tells("dns.winner", "which name of the search list had an address", "the address came from %s", 1, OwnName, OtherDomain, FromHosts, NoWinner)
	DNSHosts   = texts("dns.hosts", "the lines of /etc/hosts that give kubernetes.default.svc an address", "%s")
	DNSHostsBy = tells("dns.hosts.by", "who wrote the first of these lines, by the kubelet's comments in the file", "the line in /etc/hosts was written %s", 0, HostsByAlias, HostsByNode, HostsByOther)
	DNSSuffix  = symptom("dns.suffix", "how the names of the search list that come before it were answered", "names in other search domains: %s", 1, AnsweredFine, AnsweredError, AnsweredSilent)
	DNSAAAA    = symptom("dns.aaaa", "how the AAAA query was answered, where A was", "the AAAA query is %s", 1, AnsweredFine, AnsweredError, AnsweredSilent)
	DNSResent  = flagSymptom("dns.resent", "whether a query of the lookup had to be sent again, or was lost although the server had answered before", "a query was sent again", "no query was sent again", false)
	DNSAddress = texts("dns.addresses", "the addresses of kubernetes.default.svc", "kubernetes.default.svc is %s")

	DNSPairsStall   = countTells("dns.pairs-stall", "how many pairs of A and AAAA queries from one socket are not answered within 100 ms", "%s parallel A and AAAA queries stall")
	DNSSinglesStall = countTells("dns.singles-stall", "how many single queries are not answered within 100 ms", "%s single queries stall")
	DNSStalls       = tells("dns.stalls", "which of these queries stall: only pairs, where single queries stall ten times less often", "queries that stall: %s", 1, StallsNone, StallsPairs, StallsAll)
	DNSOutside      = tells("dns.outside", "the response code for example.com", "response code for a name outside the cluster: %s", 1, NoError, NXDomain, NoData, RcodeRefused, ServFail, OtherRcode, NoReply)
	DNSWildcard     = flagTells("dns.wildcard", "whether a search domain has an address for a name that cannot exist", "a search domain has a wildcard record", "no search domain has a wildcard record", false)
)

var dnsSubjects = []*Row{
	DNSResolver.Row, DNSFirst.Row, DNSComment.Row, DNSLater.Row, DNSWriter.Row, DNSLimits.Row, DNSDefaultDomain.Row, DNSDomain.Row, DNSNameservers.Row,
	DNSUDP.Row, DNSTCP.Row, DNSCache.Row, DNSCacheTCP.Row, DNSStray.Row, DNSUDPAlone.Row, DNSSome.Row, DNSSomeTCP.Row, DNSRcode.Row, DNSDisagree.Row, DNSTruncated.Row, DNSMalformed.Row, DNSLate.Row,
	DNSName.Row, DNSWinner.Row, DNSHosts.Row, DNSHostsBy.Row, DNSSuffix.Row, DNSAAAA.Row, DNSResent.Row, DNSAddress.Row,
	DNSPairsStall.Row, DNSSinglesStall.Row, DNSStalls.Row, DNSOutside.Row, DNSWildcard.Row,
}
