package cluster

import corev1 "k8s.io/api/core/v1"

// OfPod is the same state as one more pod sees it, which is on a node and has events of its own:
// what holds for all pods of a namespace need not be read again for each. Of the pods on its
// node those of kube-system are known.
func (s *State) OfPod(pod *corev1.Pod, node *corev1.Node, events []corev1.Event) *State {
	one := *s
	one.Pod, one.Node, one.Events, one.OnNode = pod, node, events, nil
	if s.Agents != nil {
		one.OnNode = []corev1.Pod{}
	}
	return &one
}

// AgentsByNode are, by the name of each node, the pods of the programs that each node has to run, as
// far as they are in kube-system: what they are called, and their image and state.
func (s *State) AgentsByNode() map[string]map[string]string {
	nodes := map[string]map[string]string{}
	for i := range s.Agents {
		p := &s.Agents[i]
		what := ""
		switch {
		case isServiceProxy(p):
			what = "kube-proxy's pod"
		case isPodNetwork(p):
			what = "the pod network's pod"
		default:
			continue
		}
		if nodes[p.Spec.NodeName] == nil {
			nodes[p.Spec.NodeName] = map[string]string{}
		}
		state := "is ready"
		if !ready(p) {
			state = "is " + stateOf(p)
		}
		if len(p.Spec.Containers) > 0 {
			state += ", " + p.Spec.Containers[0].Image
		}
		nodes[p.Spec.NodeName][what] = state
	}
	return nodes
}
