package cluster

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func lookAtNode(s *State, _ view, log *observe.Log) finding {
	name := s.Pod.Spec.NodeName
	if name == "" {
		return finding{observe.Skip, "no node has taken the pod", nil}
	}
	var e observe.Evidence
	var bad []string
	if s.Node != nil {
		state := nodeState(s.Node)
		observe.PodNode.Saw(log, state)
		for _, c := range s.Node.Status.Conditions {
			e.Add("condition "+string(c.Type), "%s: %s", c.Status, c.Message)
		}
		if state != observe.NodeReady {
			bad = append(bad, "node "+name+" "+observe.PodNode.Text(state))
		}
	}
	note := func(what string, is func(*corev1.Pod) bool, subject observe.Word[observe.Agent], pod observe.Text) {
		state, says, seen := s.agent(is)
		if !seen {
			return
		}
		subject.Saw(log, state)
		pod.Saw(log, says)
		e.Add(what, "%s", says)
		if state != observe.AgentRuns {
			bad = append(bad, fmt.Sprintf("on node %s, %s %s: %s", name, what, subject.Text(state), says))
		}
	}
	note("kube-proxy", isServiceProxy, observe.ServiceProxy, observe.ServiceProxyIs)
	note("the pod network", isPodNetwork, observe.PodNetwork, observe.PodNetworkIs)
	switch {
	case len(bad) > 0:
		return warned(e, "%s", strings.Join(bad, "; "))
	case s.Node == nil && len(e) == 0:
		return notSeen("node " + name)
	case s.Node == nil:
		return passed(e, "the network agents of node %s run", name)
	}
	return passed(e, "node %s is ready", name)
}

// nodeState is what the conditions of a node say, as the node controller keeps them
// (https://kubernetes.io/docs/reference/node/node-status/#condition).
func nodeState(n *corev1.Node) observe.NodeState {
	is, network := nodeCondition(n, corev1.NodeReady), nodeCondition(n, corev1.NodeNetworkUnavailable)
	switch {
	case is.Status == corev1.ConditionUnknown:
		return observe.NodeSilent
	case network.Status == corev1.ConditionTrue, is.Status == corev1.ConditionFalse && strings.Contains(is.Message, "NetworkReady=false"):
		return observe.NodeNoNetwork
	case is.Status == corev1.ConditionFalse:
		return observe.NodeNotReady
	}
	return observe.NodeReady
}

// nodeCondition is the one of that type, and empty where there is none.
func nodeCondition(n *corev1.Node, kind corev1.NodeConditionType) corev1.NodeCondition {
	i := slices.IndexFunc(n.Status.Conditions, func(c corev1.NodeCondition) bool { return c.Type == kind })
	if i < 0 {
		return corev1.NodeCondition{}
	}
	return n.Status.Conditions[i]
}

// agent says how a program fares that each node has to run, by the pods of it on this node
// and on others; seen is false where no node has one, or not all of them may be read.
func (s *State) agent(is func(*corev1.Pod) bool) (state observe.Agent, says string, seen bool) {
	elsewhere := ""
	for p := range s.known() {
		if !is(p) {
			continue
		}
		name := p.Namespace + "/" + p.Name
		if p.Spec.NodeName != s.Pod.Spec.NodeName {
			elsewhere = name
			continue
		}
		if ready(p) {
			return observe.AgentRuns, name + " is ready", true
		}
		return observe.AgentDown, name + " is " + stateOf(p), true
	}
	if elsewhere == "" || s.OnNode == nil {
		return "", "", false
	}
	return observe.AgentAbsent, "this node has no pod like " + elsewhere, true
}

// known are the pods that were read: those on the node, and those of kube-system.
func (s *State) known() iter.Seq[*corev1.Pod] {
	return func(yield func(*corev1.Pod) bool) {
		for _, list := range [][]corev1.Pod{s.OnNode, s.Agents} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
}

// stateOf is why a pod is not ready, in a few words.
func stateOf(p *corev1.Pod) string {
	for _, c := range slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses) {
		if c.State.Waiting != nil && c.State.Waiting.Reason != "" {
			return c.State.Waiting.Reason
		}
	}
	if p.Status.Phase == corev1.PodRunning {
		return "running, and not ready"
	}
	return string(p.Status.Phase)
}

// isServiceProxy knows kube-proxy by the label that kubeadm and its like give it.
func isServiceProxy(p *corev1.Pod) bool {
	return p.Labels["k8s-app"] == "kube-proxy" || p.Labels["component"] == "kube-proxy"
}

// isPodNetwork knows the agent of a CNI plugin by the directory where it has to put its
// configuration, or its program.
func isPodNetwork(p *corev1.Pod) bool {
	return ofDaemonSet(p) && slices.ContainsFunc(p.Spec.Volumes, func(v corev1.Volume) bool {
		return v.HostPath != nil && (strings.HasPrefix(v.HostPath.Path, "/etc/cni/net.d") || strings.HasPrefix(v.HostPath.Path, "/opt/cni/bin"))
	})
}

func ofDaemonSet(p *corev1.Pod) bool {
	owner := metav1.GetControllerOf(p)
	return owner != nil && owner.Kind == "DaemonSet"
}
