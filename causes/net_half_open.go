package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netHalfOpen() *Page {
	return &Page{
		Code:  "net.half-open",
		Alone: Likely, Warning: true,
		Title:  "a connection of this pod is half-open: the peer is gone without FIN or RST",
		Remedy: "replace the pod; let the program detect dead connections with HTTP/2 pings",
		Forms: []Form{{
			Prior: Uncommon,
			Needs: Predictions{observe.NetStalled.AtLeast(1)},
		}},
		Confirm: Confirm{Where: "in the pod", Command: "ss -tno state established dst API_HOST", Text: "does one have many retransmits?"},
		Similar: "The kernel sends the connection's data again and again without an answer, while fresh connections succeed at " +
			"once, which they would not with net.lossy or net.api-blocked. It happens when an API server or a load balancer " +
			"goes away without closing its connections; the kernel gives up after about 15 minutes.",
		Fix: func(Input) []Step {
			return append(restart(1, "new processes open new connections"),
				ask("the developers of the program", "check idle connections with HTTP/2 pings (client-go does since 1.20), so that it reconnects by itself"))
		},
	}
}
