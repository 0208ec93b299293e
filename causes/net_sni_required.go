package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netSniRequired() *Page {
	return &Page{
		Code:   "net.sni-required",
		Alone:  Possible,
		Title:  "a firewall on the path accepts TLS only with a server name (SNI)",
		Reach:  SelectedPods,
		Remedy: "let the firewall accept connections to API_HOSTPORT without a server name",
		Forms: []Form{{
			Prior: Rare, // a firewall that wants names
			Needs: Predictions{observe.TLSHandshake.Is(observe.HandshakeClosed, observe.Alerted)},
			Must: Predictions{
				observe.TLSAlert.Is(observe.AlertName), observe.WithName.Is(observe.Verifies, observe.Unverified), observe.WithoutName.Not(observe.Verifies, observe.Unverified), observe.FreshVerified.None(),
			},
			Usual: Predictions{observe.Unassigned.Not(observe.Answers)},
		}},
		Confirm: Confirm{Text: "the log of the firewall on the path: does it reject TLS without a server name?"},
		Similar: "On the same address, the handshake with a server name succeeds and the one without fails. Clients send no server " +
			"name to an IP address, so curl by name works and others do not. A proxy that closes both is net.mesh-intercepts.",
		Fix: steps(
			ask(network, "let the firewall accept connections to API_HOST, port API_PORT, without a server name: clients send none to an IP address"),
			changeTemplate("on AKS makes clients use a name", "metadata:\n  annotations:\n    kubernetes.azure.com/set-kube-service-host-fqdn: 'true'"),
		),
	}
}
