package causes

var dnsSilent = Page{
	Code:  "dns.silent",
	Alone: Possible,
	Title: "an egress policy drops DNS, or the DNS server or the way to it is dead",
	Apart: "The nameserver does not answer and another service IP does. When everything is silent it is net.egress-blocked or " +
		"net.service-ips-dead, and DNS only a consequence. A policy that lacks port 53 and a dead DNS server look the same: the" +
		" state of the DNS pods decides.",
	Fix: steps(
		look("is a DNS server ready?", listDNS,
			when("yes", 2), whenThen("none", "ask "+admin+": kubectl -n kube-system describe pods -l k8s-app=kube-dns")),
		isolated(3, 4), allowDNS,
		ask(network, "let POD on node NODE reach the DNS servers, port 53, UDP and TCP"),
	),
}
