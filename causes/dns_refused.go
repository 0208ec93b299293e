package causes

var dnsRefused = Page{
	Code:  "dns.refused",
	Alone: Possible,
	Title: "a DNS server refuses the name, or one that the search list makes of it",
	Apart: "The server answers REFUSED, for the name or for one that the search list made of it. SERVFAIL is dns.servfail, " +
		"NXDOMAIN is dns.nxdomain.",
	Fix: steps(withoutSearch("the one that is refused", "take that search domain out of the node's resolv.conf")...),
}
