package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netSniRequired = Page{
	Code:  "net.sni-required",
	Alone: Possible,
	Title: "a firewall on the path lets TLS through only when the client sends a server name",
	Forms: []Form{{
		Prior: Rare, // a firewall that wants names
		Needs: Predictions{observe.TLSHandshake.Is(observe.HandshakeClosed, observe.Alerted)},
		Must: Predictions{
			observe.TLSAlert.Is(observe.AlertName), observe.WithName.Is(observe.Verifies, observe.Unverified), observe.WithoutName.Not(observe.Verifies, observe.Unverified), observe.FreshVerified.None(),
		},
		Usual: Predictions{observe.Unassigned.Not(observe.Answers)},
	}},
	Decide: "the log of the firewall on the path: does it miss the server name?",
	Apart: "The handshake with a server name succeeds and the one without fails on the same address. Clients send none to an " +
		"address, so that curl by name works and others do not; a proxy that closes both is net.mesh-intercepts.",
	Fix: steps(
		ask(network, "let the firewall pass API_HOST, port API_PORT, without a server name: clients send none to an address"),
		changeTemplate("on AKS has clients dial a name", "metadata:\n  annotations:\n    kubernetes.azure.com/set-kube-service-host-fqdn: 'true'"),
	),
}
