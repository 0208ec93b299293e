package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netMeshIntercepts() *Page {
	return &Page{
		Code:   "net.mesh-intercepts",
		Alone:  Possible,
		Title:  "a transparent proxy, firewall or load balancer answers in place of the API server",
		Remedy: "exclude the API server from the mesh, or correct the proxy, firewall or load balancer",
		Forms: []Form{{
			Prior: Uncommon,
			Needs: Predictions{observe.TLSHandshake.Is(observe.HandshakeClosed)},
			Must:  Predictions{observe.WithName.Not(observe.Verifies, observe.Unverified), observe.FreshVerified.None(), observe.HelloSizes.Is(observe.HelloNone)},
			Usual: Predictions{observe.AcceptedHere.Is(true)},
		}},
		Consequences: all(Predictions{observe.DNSTCP.Not(observe.Answers)}, apiGone),
		Confirm:      Confirm{Text: "the log of the mesh's proxy, or of the load balancer: does it have this connection?"},
		Similar: "If a connection to an unassigned address succeeds as well, a proxy answers for every address; if not, it is " +
			"rather a load balancer. A firewall that requires a server name (net.sni-required) accepts the handshake when one " +
			"is sent. A proxy that passes connections on closes them, too, when the API server is down behind it.",
		Fix: steps(aroundMesh...),
	}
}
