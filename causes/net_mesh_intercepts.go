package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netMeshIntercepts = Page{
	Code:  "net.mesh-intercepts",
	Alone: Possible,
	Title: "a transparent proxy answers instead of the API server and breaks its TLS",
	Forms: []Form{{
		Prior: Uncommon,
		Needs: Predictions{observe.TLSHandshake.Is(observe.HandshakeClosed)},
		Must:  Predictions{observe.WithName.Not(observe.Verifies, observe.Unverified), observe.FreshVerified.None()},
		Usual: Predictions{observe.Unassigned.Is(observe.Answers)},
	}},
	Consequences: all(Predictions{observe.DNSTCP.Not(observe.Answers)}, apiGone),
	Decide:       "the log of the mesh's proxy, or of the load balancer in front of the API server",
	Similar: "A connection to an unassigned address succeeds at once, so a proxy answers for every address. A firewall that " +
		"requires a server name (net.sni-required) accepts the handshake when one is sent. Such a proxy accepts every " +
		"connection, so an API server that is down behind it (net.api-down) looks the same.",
	Fix: steps(aroundMesh...),
}
