package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netMeshNotReady() *Page {
	return &Page{
		Code:   "net.mesh-not-ready",
		Alone:  Possible,
		Title:  "a service mesh redirects connections inside this pod to a proxy that does not listen",
		Reach:  PodsOfMesh,
		Remedy: "start the program after the mesh proxy: holdApplicationUntilProxyStarts, or a native sidecar",
		Forms: []Form{
			{
				Prior: Uncommon,
				Proof: ownReset,
				Needs: append(ownReset, observe.APITCP.Is(observe.Refuses)),
				Must:  Predictions{observe.APIFails.Every(), observe.AgainConnects.None(), observe.NetRoute.Is(observe.ByGateway, observe.OnLink)},
			},
			{ // where the counters of the kernel cannot be read
				Prior: Uncommon,
				Proof: ownReset,
				Needs: Predictions{observe.APITCP.Is(observe.Refuses)},
				Must: Predictions{
					observe.APIFails.Every(), observe.AgainConnects.None(), observe.Unassigned.Is(observe.Refuses), observe.ControlTCP.Is(refusals...),
					observe.ControlOther.Is(refusals...), observe.Endpoint.Is(observe.Refuses), observe.Mesh.Is(observe.NoMesh, observe.MeshNotReady),
					observe.RefusedBy.Is(observe.ByOwnKernel),
				},
				Usual: Predictions{observe.ControlUDP.Is(observe.Answers)},
			},
			{ // where DNS alone was asked
				Prior: Rare, // the API server would have been asked, too
				Best:  Possible,
				Needs: Predictions{observe.DNSTCP.Is(observe.Refuses)},
				Must: Predictions{
					observe.DNSUDP.Is(observe.Answers), observe.APITCP.Is(observe.Refuses), observe.APIDirect.Is(observe.Refuses), observe.Unassigned.Is(observe.Refuses), observe.ControlOther.Is(observe.Refuses),
					observe.RefusedBy.Is(observe.ByOwnKernel),
				},
			},
		},
		Consequences: dnsToo(observe.Refuses),
		Sources: []string{
			"https://istio.io/latest/docs/setup/additional-setup/cni/",
			"https://linkerd.io/2/reference/proxy-configuration/",
			"https://github.com/istio/istio/blob/master/cni/README.md",
		},
		Confirm: Confirm{Command: "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.initContainers[*].name} {.spec.containers[*].name}{\"\\n\"}'", Text: "is there an init container or a sidecar of a mesh?"},
		Similar: "The kernel of this pod has sent the reset itself, so a rule in it leads to a port on which nothing listens; a " +
			"machine that refuses (net.api-down) or a rule outside (net.policy-rejects) does not make it send any. If the proxy " +
			"listens, it is net.mesh-intercepts.",
		Fix: steps(
			look("which data plane is it, and at which moment of the pod's life? istio-validation, linkerd-network-validator and kuma-validation belong to a CNI plugin, which redirects before any container runs",
				listContainers+"\n"+ofPod+`'{.metadata.deletionTimestamp} {.metadata.annotations.proxy\.istio\.io/config}{"\n"}'`,
				when("an init container of your own runs: the proxy starts after all of them", 2),
				whenThen("the proxy is an init container that is always restarted, and yours stands before it", "list it after the proxy"),
				when("the program runs, and the proxy is not ready yet", 3),
				whenThen("the proxy has ended or is restarted", "its own log has the reason: kubectl -n NAMESPACE logs POD -c istio-proxy --previous --tail=20"),
				whenThen("there is a deletionTimestamp", "the proxy has ended before the program: step 2 makes it end last")),
			changeTemplate("has the proxy as a native sidecar, which runs beside init containers, too (Kubernetes 1.29, Istio 1.24 or Linkerd 2.15, and later)",
				"metadata:\n  annotations:\n    sidecar.istio.io/nativeSidecar: 'true'\n    config.beta.linkerd.io/proxy-enable-native-sidecar: 'true'"),
			changeTemplate("starts the program only when the proxy listens (Istio, Linkerd); it holds no init container, and replaces what step 1 shows of proxy.istio.io/config",
				"metadata:\n  annotations:\n    proxy.istio.io/config: 'holdApplicationUntilProxyStarts: true'\n    config.linkerd.io/proxy-await: enabled"),
		),
	}
}

// ownReset is proof wherever it is seen.
var ownReset = Predictions{observe.RefusedBy.Is(observe.ByOwnKernel)}

const listContainers = ofPod + `'{range .spec.initContainers[*]}init {.name} {.restartPolicy}{"\n"}{end}` +
	`{range .status.initContainerStatuses[*]}init {.name} {.state}{"\n"}{end}` +
	`{range .status.containerStatuses[*]}{.name} ready={.ready} {.state}{"\n"}{end}'`
