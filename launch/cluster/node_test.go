package cluster

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// agentOn is a pod of a DaemonSet, as a CNI plugin or kube-proxy has one on each node.
func agentOn(node, name string, isReady bool, change ...func(*corev1.Pod)) corev1.Pod {
	yes := true
	p := corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "kube-system", OwnerReferences: []metav1.OwnerReference{{Kind: "DaemonSet", Controller: &yes}}},
		Spec:       corev1.PodSpec{NodeName: node, HostNetwork: true, ServiceAccountName: name},
		Status:     corev1.PodStatus{Phase: corev1.PodRunning},
	}
	status := corev1.ConditionFalse
	if isReady {
		status = corev1.ConditionTrue
	}
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: status}}
	for _, f := range change {
		f(&p)
	}
	return p
}

func serviceProxy(p *corev1.Pod) { p.Labels = map[string]string{"k8s-app": "kube-proxy"} }

func networkPlugin(p *corev1.Pod) {
	p.Spec.Volumes = []corev1.Volume{{VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/etc/cni/net.d"}}}}
}

func TestAgentsOfTheNode(t *testing.T) {
	for _, tc := range []struct {
		name           string
		onNode, agents []corev1.Pod
		proxy, network observe.Agent
	}{
		{"both run", []corev1.Pod{agentOn("worker", "kube-proxy-a", true, serviceProxy), agentOn("worker", "cni-a", true, networkPlugin)}, nil, observe.AgentRuns, observe.AgentRuns},
		{"not ready", []corev1.Pod{agentOn("worker", "kube-proxy-a", false, serviceProxy), agentOn("worker", "cni-a", false, networkPlugin)}, nil, observe.AgentDown, observe.AgentDown},
		{"only on other nodes", []corev1.Pod{}, []corev1.Pod{agentOn("other", "kube-proxy-b", true, serviceProxy), agentOn("other", "cni-b", true, networkPlugin)}, observe.AgentAbsent, observe.AgentAbsent},
		{"only on other nodes, and the pods of this one may not be read", nil, []corev1.Pod{agentOn("other", "kube-proxy-b", true, serviceProxy)}, "", ""},
		{"nowhere", []corev1.Pod{}, []corev1.Pod{}, "", ""},
		{"a pod that mounts the directory, and is of no DaemonSet", []corev1.Pod{agentOn("worker", "debug", true, networkPlugin, func(p *corev1.Pod) { p.OwnerReferences = nil })}, nil, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var log observe.Log
			lookAtNode(&State{Pod: podOf(), OnNode: tc.onNode, Agents: tc.agents}, view{now: at(0).Time}, &log)
			if got, network := observe.ServiceProxy.In(log.Seen()), observe.PodNetwork.In(log.Seen()); got != tc.proxy || network != tc.network {
				t.Errorf("got %q and %q, want %q and %q", got, network, tc.proxy, tc.network)
			}
		})
	}
}

func TestNodeState(t *testing.T) {
	for _, tc := range []struct {
		name       string
		conditions []corev1.NodeCondition
		want       observe.NodeState
	}{
		{"ready", []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}, observe.NodeReady},
		{"not ready", []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionFalse, Message: "PLEG is not healthy"}}, observe.NodeNotReady},
		{"without a network", []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionFalse, Message: "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady"}}, observe.NodeNoNetwork},
		{"without routes of the cloud", []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}, {Type: corev1.NodeNetworkUnavailable, Status: corev1.ConditionTrue}}, observe.NodeNoNetwork},
		{"silent", []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionUnknown}}, observe.NodeSilent},
	} {
		if got := nodeState(&corev1.Node{Status: corev1.NodeStatus{Conditions: tc.conditions}}); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

// TestRolesForPeople say nothing of what an agent does.
func TestRolesForPeople(t *testing.T) {
	s := &State{
		Pod: podOf(), OnNode: []corev1.Pod{agentOn("worker", "log-agent", true)},
		Roles: []rbacv1.ClusterRole{{
			ObjectMeta: metav1.ObjectMeta{Name: "view", Labels: map[string]string{"kubernetes.io/bootstrapping": "rbac-defaults"}},
			Rules:      []rbacv1.PolicyRule{{APIGroups: []string{"networking.k8s.io"}, Resources: []string{"networkpolicies"}, Verbs: []string{"get", "list", "watch"}}},
		}},
		Bindings: []rbacv1.ClusterRoleBinding{{RoleRef: rbacv1.RoleRef{Name: "view"}, Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: "kube-system", Name: "log-agent"}}}},
	}
	if got := s.Enforcer(); got != "" {
		t.Errorf("got %q, want none", got)
	}
}

// TestEnforcer is known by its name, or by its right to watch NetworkPolicies.
func TestEnforcer(t *testing.T) {
	watches := rbacv1.PolicyRule{APIGroups: []string{"networking.k8s.io"}, Resources: []string{"networkpolicies"}, Verbs: []string{"list", "watch"}}
	noRoles := rbacv1.PolicyRule{Verbs: []string{"none"}}
	all := rbacv1.PolicyRule{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"*"}}
	for _, tc := range []struct {
		name string
		pod  corev1.Pod
		rule rbacv1.PolicyRule
		want string
	}{
		{"by its name, without the right", agentOn("worker", "cilium-x2x", true), rbacv1.PolicyRule{}, ""},
		{"by its name, where roles may not be read", agentOn("worker", "cilium-x2x", true), noRoles, "kube-system/cilium-x2x"},
		{"by its right", agentOn("worker", "own-net", true), watches, "kube-system/own-net"},
		{"the right to everything says nothing", agentOn("worker", "own-net", true), all, ""},
		{"no right", agentOn("worker", "flannel", true), rbacv1.PolicyRule{}, ""},
		{"on another node", agentOn("other", "cilium-x2x", true), rbacv1.PolicyRule{}, ""},
		{"not on the host network", agentOn("worker", "viewer", true, func(p *corev1.Pod) { p.Spec.HostNetwork = false }), watches, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &State{
				Pod: podOf(), OnNode: []corev1.Pod{tc.pod},
				Roles:    []rbacv1.ClusterRole{{ObjectMeta: metav1.ObjectMeta{Name: "agent"}, Rules: []rbacv1.PolicyRule{tc.rule}}},
				Bindings: []rbacv1.ClusterRoleBinding{{RoleRef: rbacv1.RoleRef{Name: "agent"}, Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: "kube-system", Name: tc.pod.Spec.ServiceAccountName}}}},
			}
			if slices.Equal(tc.rule.Verbs, noRoles.Verbs) {
				s.Roles, s.Bindings = nil, nil
			}
			if got := s.Enforcer(); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
