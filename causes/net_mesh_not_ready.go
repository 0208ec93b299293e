package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var netMeshNotReady = Page{
	Code:  "net.mesh-not-ready",
	Alone: Possible,
	Title: "a service mesh redirects all connections to a proxy that does not listen yet",
	Forms: []Form{{
		Prior: Uncommon,
		Needs: Predictions{observe.APITCP.Is(observe.Refuses)},
		Must: Predictions{
			observe.APIFails.Every(), observe.AgainConnects.None(), observe.Unassigned.Is(observe.Refuses), observe.ControlTCP.Is(observe.Refuses),
			observe.ControlOther.Is(observe.Refuses), observe.Endpoint.Is(observe.Refuses), observe.Mesh.Is(observe.NoMesh, observe.MeshNotReady),
		},
		Usual: Predictions{observe.Mesh.Is(observe.MeshNotReady), observe.ControlUDP.Is(observe.Answers)},
	}},
	Consequences: dnsToo(observe.Refuses),
	Decide:       "kubectl -n NAMESPACE get pod POD -o yaml: is there a mesh's init container or sidecar?",
	Similar: "Connections to any address are refused, and the known proxy ports on loopback do not listen although the pod has " +
		"the variables of a mesh. If the proxy listens, it is net.mesh-intercepts; without signs of a mesh, it is " +
		"net.policy-rejects or net.api-down.",
	Fix: steps(
		look("is the mesh's proxy up?", `kubectl -n NAMESPACE get pod POD -o jsonpath='{range .status.initContainerStatuses[*]}{.name} {.ready}{"\n"}{end}{range .status.containerStatuses[*]}{.name} {.ready}{"\n"}{end}'`,
			when("not yet, and the program is", 2),
			whenThen("not at all", "its own log has the reason: kubectl -n NAMESPACE logs POD -c istio-proxy --tail=20")),
		changeTemplate("starts the program only when the proxy listens (Istio)", "metadata:\n  annotations:\n    proxy.istio.io/config: 'holdApplicationUntilProxyStarts: true'"),
	),
}
