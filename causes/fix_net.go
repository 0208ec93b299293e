package causes

// aroundMesh keeps the API server out of a mesh.
var aroundMesh = []Step{
	look("does the pod have the proxy of a mesh?",
		ofPod+"'{.spec.initContainers[*].name} {.spec.containers[*].name}{\"\\n\"}{.metadata.annotations}{\"\\n\"}'",
		when("istio-proxy or linkerd-proxy, and no range is excluded yet", 2),
		whenThen("ranges are excluded", "add SERVICE_CIDR to them, in the manifest"),
		when("none", 3)),
	changeTemplate("keeps what goes to the API server out of the mesh; ranges that these annotations exclude now are replaced", `metadata:
  annotations:
    traffic.sidecar.istio.io/excludeOutboundIPRanges: 'SERVICE_CIDR'
    config.linkerd.io/skip-subnets: 'SERVICE_CIDR'`),
	ask(network, "which proxy or firewall stands between node NODE and SERVICE_IP? Let it pass what goes there as it is"),
}

// allowOrAsk opens the way to the API server in the policies of the namespace, or
// asks for what none of them explains.
func allowOrAsk(in Input) []Step { return []Step{isolated(2, 3), allowAPI(in), onThePath()} }
