package cluster

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func lookAtPolicies(s *State, in view, log *observe.Log) finding {
	if s.Policies == nil {
		return notSeen("NetworkPolicies of namespace " + s.Pod.Namespace)
	}
	var e observe.Evidence
	enforcer := s.Enforcer()
	if enforcer != "" {
		observe.PolicyEnforcer.Saw(log, enforcer)
		e.Add("enforced by", "%s", enforcer)
	}
	if len(s.OtherPolicies) > 0 {
		e.Add("not read", "%s", strings.Join(s.OtherPolicies, ", "))
	}
	var bad []string
	note := func(what string, subject observe.Word[observe.Policies], says observe.Texts, w *Judgement, saw observe.Answer) {
		if w == nil {
			return
		}
		verdict := w.verdict(enforcer != "", s.OtherPolicies)
		subject.Saw(log, verdict)
		for _, text := range w.Reasons() {
			says.Add(log, text)
			e.Add("for "+what, "%s", text)
		}
		if amiss(verdict, saw) {
			bad = append(bad, "egress to "+what+" "+subject.Text(verdict))
		}
	}
	api, dns := s.ToAPI(in.inside), s.ToDNS(in.inside)
	note("the API server", observe.PolicyAPI, observe.PolicyAPISays, api, observe.APITCP.In(in.inside))
	note("DNS", observe.PolicyDNS, observe.PolicyDNSSays, dns, observe.DNSUDP.In(in.inside))
	names := api.selecting()
	for i, name := range names {
		name = strings.TrimPrefix(name, s.Pod.Namespace+"/")
		observe.PolicyNames.Add(log, name)
		if first := slices.IndexFunc(s.Policies, func(p networkingv1.NetworkPolicy) bool { return p.Name == name }); i == 0 && first >= 0 {
			observe.PolicySelects.Saw(log, expressions(s.Policies[first].Spec.PodSelector))
		}
	}
	observe.PodLabels.Saw(log, labelMap(OwnLabels(s.Pod)))
	switch {
	case len(bad) > 0:
		return warned(e, "%s", strings.Join(bad, "; "))
	case api == nil:
		return finding{observe.Skip, "whether NetworkPolicies allow the API server is not known: the pod does not use its Service, or that was not read", e}
	case len(names) == 0:
		return passed(e, "no NetworkPolicy selects the pod for egress")
	}
	return passed(e, "no NetworkPolicy keeps the pod from the API server%s", map[bool]string{true: " or DNS"}[dns != nil])
}

// amiss says that policies are worth a warning, by what the pod saw: what answers is not kept
// from it, and most plugins ask for one side of the translation only.
func amiss(verdict observe.Policies, saw observe.Answer) bool {
	switch verdict {
	case observe.SidesDiffer:
		return saw != "" && saw != observe.Answers
	case observe.PoliciesDeny, observe.DenySoFar, observe.WouldDeny:
		return saw != observe.Answers
	}
	return false
}

// knownEnforcers begin the names of agents that enforce NetworkPolicies; where roles may be
// read they need not be known.
var knownEnforcers = []string{"calico-node", "cilium", "kindnet", "antrea-agent", "kube-router", "weave-net", "ovnkube-node", "canal", "azure-npm", "anetd"}

// Enforcer names what enforces NetworkPolicies on the pod's node: an agent on the host
// network whose account may watch them; "" where none is known.
func (s *State) Enforcer() string {
	for p := range s.known() {
		if p.Spec.NodeName != s.Pod.Spec.NodeName || !p.Spec.HostNetwork || !ofDaemonSet(p) {
			continue
		}
		known := slices.ContainsFunc(knownEnforcers, func(name string) bool { return strings.HasPrefix(p.Name, name) })
		if rolesRead := s.Roles != nil && s.Bindings != nil; !rolesRead && known || s.mayWatchPolicies(p) {
			return p.Namespace + "/" + p.Name
		}
	}
	return ""
}

func (s *State) mayWatchPolicies(p *corev1.Pod) bool {
	for _, b := range s.Bindings {
		if !slices.ContainsFunc(b.Subjects, func(subject rbacv1.Subject) bool {
			return subject.Kind == rbacv1.ServiceAccountKind && subject.Namespace == p.Namespace && subject.Name == AccountOf(p)
		}) {
			continue
		}
		i := slices.IndexFunc(s.Roles, func(r rbacv1.ClusterRole) bool {
			return r.Name == b.RoleRef.Name && r.Labels["kubernetes.io/bootstrapping"] == "" // view, edit and admin are for people
		})
		if i >= 0 && slices.ContainsFunc(s.Roles[i].Rules, watchesPolicies) {
			return true
		}
	}
	return false
}

// watchesPolicies says that a rule names NetworkPolicies: one for everything says nothing of
// what its owner is for.
func watchesPolicies(r rbacv1.PolicyRule) bool {
	return slices.Contains(r.APIGroups, networkingv1.GroupName) && slices.Contains(r.Resources, "networkpolicies") &&
		(slices.Contains(r.Verbs, "watch") || slices.Contains(r.Verbs, rbacv1.VerbAll))
}
