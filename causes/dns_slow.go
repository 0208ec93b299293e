package causes

var dnsSlow = Page{
	Code:  "dns.slow",
	Alone: Possible, Warning: true,
	Title: "the DNS servers answer late, or lose queries",
	Apart: "Answers come late or after a second datagram, without the steps of five seconds that dns.slow-race has. No answer at " +
		"all is dns.silent.",
	Fix: steps(
		look("are the DNS servers busy, or far away?", listDNS+"\nkubectl -n kube-system top pods -l k8s-app=kube-dns",
			when("busy, or on few nodes", 2)),
		ask(admin, "more of them, or a DNS cache on every node (NodeLocal DNSCache)"),
	),
}
