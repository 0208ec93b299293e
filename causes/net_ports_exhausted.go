package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netPortsExhausted() *Page {
	return &Page{
		Code:   "net.ports-exhausted",
		Alone:  Possible,
		Title:  "no source port, file descriptor or buffer is free for a new connection",
		Reach:  OnlyThisPod,
		Remedy: "replace the pod, and correct the program that leaks connections",
		Forms: []Form{
			{
				Prior: Uncommon,
				Proof: Predictions{observe.PortsFull.Is(true)},
				Needs: Predictions{observe.PortsFull.Is(true), observe.APITCP.Is(observe.NoPort)},
				Must:  Predictions{observe.APIFails.AtLeast(1)},
				Usual: Predictions{observe.PortsHeld.AtLeast(1)},
			},
			{ // sockets of other networks, or ports that are bound without being connected, are not counted
				Prior: Rare,
				Best:  Possible,
				Needs: Predictions{observe.APITCP.Is(observe.NoPort)},
				Must:  Predictions{observe.NetRoute.Is(observe.ByGateway, observe.OnLink), observe.PortsFull.Is(false), observe.APIFails.AtLeast(1)},
			},
			{
				Prior: Uncommon,
				Alone: Likely,
				Needs: Predictions{observe.APITCP.Is(observe.NoResource)},
				Must:  Predictions{observe.APIFails.AtLeast(1)},
			},
			{Prior: Uncommon, Needs: Predictions{observe.DNSUDP.Is(observe.NoResource)}},
		},
		Consequences: all(dnsToo(observe.NoPort, observe.NoResource), Predictions{observe.TLSHandshake.Is(observe.NoConnection)}, givenWorks, noResponse),
		Sources:      []string{"connect(2): EADDRNOTAVAIL, EMFILE, ENFILE, ENOBUFS", "ip(7): ip_local_port_range"},
		Confirm:      Confirm{Where: "in the pod", Command: "ss -s", Text: "are there thousands of connections, or few?"},
		Similar: "The kernel says EADDRNOTAVAIL before it sends anything; without an address of the API server's IP family it says " +
			"the same (net.no-route). Connections that are open are leaked by a program; those in TIME_WAIT were closed by it, one " +
			"connection for each request.",
		Fix: func(in Input) []Step {
			correct := ask("the developers of the program", "use one client for all requests, close response bodies, and keep connections alive")
			whose := func(answers ...Answer) Step {
				return look("what are the connections to the API server, and whose?", "ss -s\nss -tan dst API_HOST | awk '{print $1}' | sort | uniq -c\nss -tanp dst API_HOST | grep -o 'users:.*' | sort | uniq -c | sort -rn | head",
					append(answers, whenThen("few", "count other resources: ls /proc/*/fd | wc -l; grep 'open files' /proc/*/limits; cat /proc/net/sockstat"))...).at(inContainer)
			}
			if waiting, held := observe.PortsWaiting.In(in.Seen); 2*waiting > held { // which the kernel frees after a minute
				return []Step{whose(when("thousands in TIME-WAIT: a program opens a connection for each request", 2)), correct}
			}
			return append([]Step{whose(
				when("thousands in ESTAB or CLOSE-WAIT: a program leaks connections", 2),
				when("thousands in TIME-WAIT: a program opens one for each request", 4))},
				append(restart(2, "new processes start without those connections; they leak again until the program is corrected"), correct)...)
		},
	}
}
