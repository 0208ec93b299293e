package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netMeshIntercepts = Page{
	Code:  "net.mesh-intercepts",
	Alone: Possible,
	Title: "a transparent proxy answers in the API server's place and breaks its TLS",
	Forms: []Form{{
		Prior: Uncommon,
		Needs: Predictions{observe.TLSHandshake.Is(observe.HandshakeClosed)},
		Must:  Predictions{observe.WithName.Not(observe.Verifies, observe.Unverified), observe.FreshVerified.None()},
		Usual: Predictions{observe.Unassigned.Is(observe.Answers)},
	}},
	Brings: all(Predictions{observe.DNSTCP.Not(observe.Answers)}, apiGone),
	Decide: "the log of the mesh's proxy, or of the load balancer before the API server",
	Apart: "An address that belongs to nobody connects at once, so a proxy answers in everybody's place. A firewall that wants a " +
		"server name (net.sni-required) lets the handshake pass when one is sent. Such a proxy takes every connection, so that an " +
		"API server which is down behind it (net.api-down) looks the same.",
	Fix: steps(aroundMesh...),
}
