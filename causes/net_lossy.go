package causes

var netLossy = Page{
	Code:  "net.lossy",
	Alone: Possible,
	Title: "packets to the API server get lost, so that connections take seconds",
	Apart: "Connections succeed after one, three or seven seconds, the times at which a SYN is sent again. Connections that fail " +
		"for good while others are quick are net.some-endpoints-dead; a quick connection with a slow answer is api.slow.",
	Fix: steps(
		look("is the table of connections full (a count near the maximum)? Do links lose packets?",
			"sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max\ndmesg | grep -c 'nf_conntrack: table full'\nip -s link",
			when("full, or errors are counted", 2)).at(onNode),
		ask(nodeAdmin, "raise net.netfilter.nf_conntrack_max, or look after the link that counts errors"),
	),
}
