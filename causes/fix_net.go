package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

// aroundMesh keeps the API server out of a mesh.
var aroundMesh = []Step{
	look("does the pod have a service mesh proxy?",
		ofPod+"'{.spec.initContainers[*].name} {.spec.containers[*].name}{\"\\n\"}{.metadata.annotations}{\"\\n\"}'",
		when("istio-proxy or linkerd-proxy, and no range is excluded yet", 2),
		whenThen("none, and connections are accepted in this pod by user 0 (ztunnel)", "Istio's ambient mode: the log of ztunnel on node NODE has the reason; the label istio.io/dataplane-mode=none takes the pod out of it"),
		whenThen("ranges are excluded already", "add SERVICE_CIDR to them, in the manifest"),
		when("none", 3)),
	changeTemplate("excludes the API server from the mesh; ranges that these annotations exclude now are replaced", `metadata:
  annotations:
    traffic.sidecar.istio.io/excludeOutboundIPRanges: 'SERVICE_CIDR'
    config.linkerd.io/skip-subnets: 'SERVICE_CIDR'`),
	ask(network, "which proxy, firewall or load balancer is between node NODE and SERVICE_IP, and does it know an API server that is up? Let it pass connections to SERVICE_IP unchanged"),
}

// allowOrAsk allows connections to the API server in the policies of the namespace, or
// asks for what none of them explains: they select pods on every node.
func allowOrAsk(in Input) []Step {
	if policies := observe.PolicyAPI.In(in.Seen); policies == observe.NoneSelects || policies == observe.PoliciesAllow || observe.OnOtherNode.In(in.Seen) == observe.GoneThere {
		return []Step{onThePath(in)}
	}
	return ofPolicies(in, allowAPI(in), onThePath(in))
}

// ofPolicies are the steps behind the look which policies select the pod; where the
// cluster's API has named them, there is nothing to look for.
func ofPolicies(in Input, allow, otherwise Step) []Step {
	if in.known("EGRESS_POLICIES") != "" {
		return []Step{allow, otherwise}
	}
	return []Step{isolated(2, 3), allow, otherwise}
}
