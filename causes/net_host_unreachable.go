package causes

var netHostUnreachable = Page{
	Code:  "net.host-unreachable",
	Alone: Possible,
	Title: "the next hop, or the machine behind the API server's address, does not exist or is down",
	Apart: "The error comes after about three seconds, the time that an unanswered neighbour lookup takes. A live machine that " +
		"rejects answers within milliseconds (net.host-prohibited).",
	Fix: steps(
		look("is every address here that of a control-plane node which is up?", listEndpoints+"\nkubectl get nodes -o wide",
			when("one is not", 2),
			whenThen("all are", "ask "+network+" what is between node NODE and them")),
		ask(admin, "correct --advertise-address of that API server; the address of one that is gone for good leaves the slice when its lease ends"),
	),
}
