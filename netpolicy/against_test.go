//go:build linux

package netpolicy

import (
	"math/rand/v2"
	"regexp"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/klog/v2"
)

// knownDifferences are parts of policies that an API server rejects. The reference relies on that:
// it allows what they are in, and this package denies it. repairPeer and repairPort find such a
// part; with one in its place that never matches, the reference denies as well. Only leading zeros
// in a CIDR are in clusters, of older API servers: some programs read them as octal numbers.
var knownDifferences = []struct {
	name       string
	repairPeer func(*networkingv1.NetworkPolicyPeer) bool
	repairPort func(*networkingv1.NetworkPolicyPort) bool
}{
	{"the reference lets an invalid cidr stand for every address; the API asks for a CIDR",
		func(p *networkingv1.NetworkPolicyPeer) bool { return p.IPBlock != nil && isBadCIDR(p.IPBlock.CIDR) }, nil},
	{"the reference takes a block without the rest of its excepts where one is invalid; the API asks for CIDRs",
		func(p *networkingv1.NetworkPolicyPeer) bool {
			return p.IPBlock != nil && len(p.IPBlock.Except) > 0 && isBadCIDR(p.IPBlock.Except[len(p.IPBlock.Except)-1])
		}, nil},
	{"the reference lets an invalid selector select all pods; the API rejects the operator",
		func(p *networkingv1.NetworkPolicyPeer) bool {
			return isBadSelector(p.PodSelector) || isBadSelector(p.NamespaceSelector)
		}, nil},
	{"the reference ignores the selector beside an ipBlock; the API says that neither of the other fields can be set",
		func(p *networkingv1.NetworkPolicyPeer) bool { return p.IPBlock != nil && p.PodSelector != nil }, nil},
	{"the reference takes a named port with an endPort for all ports up to it, an endPort alone for all ports, and one below the port for the port; the API says that endPort needs a number and must not be below it",
		nil, func(p *networkingv1.NetworkPolicyPort) bool {
			return p.EndPort != nil && (p.Port == nil || p.Port.Type == intstr.String || p.Port.IntVal > *p.EndPort)
		}},
	{"the reference takes a name of digits for that number; the API asks for a letter in a name",
		nil, func(p *networkingv1.NetworkPolicyPort) bool { return p.Port != nil && p.Port.StrVal == "443" }},
}

func isBadCIDR(text string) bool {
	return text == "" || text == "x" || text == "10.0.0/8" || text == "010.0.0.0/8" || text == "10.0.0.1"
}

func isBadSelector(s *metav1.LabelSelector) bool {
	return s != nil && len(s.MatchExpressions) > 0 && s.MatchExpressions[len(s.MatchExpressions)-1].Operator == "Like"
}

// repair replaces what is known to differ in the policies of the reference.
func repair(policies []*networkingv1.NetworkPolicy, known int) {
	for _, p := range policies {
		for _, r := range p.Spec.Ingress {
			repairRule(r.From, r.Ports, known)
		}
		for _, r := range p.Spec.Egress {
			repairRule(r.To, r.Ports, known)
		}
	}
}

func repairRule(peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort, known int) {
	difference, tcp, unused := knownDifferences[known], corev1.ProtocolTCP, intstr.FromInt32(9)
	for i := range peers {
		if difference.repairPeer != nil && difference.repairPeer(&peers[i]) {
			peers[i] = networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: "255.255.255.255/32"}}
		}
	}
	for i := range ports {
		if difference.repairPort != nil && difference.repairPort(&ports[i]) {
			ports[i] = networkingv1.NetworkPolicyPort{Protocol: &tcp, Port: &unused}
		}
	}
}

// explain returns the number of the known difference without which the reference denies as well,
// that of the last where it takes several, and -1 where that is not enough.
func explain(policies []*networkingv1.NetworkPolicy, allows func([]*networkingv1.NetworkPolicy) bool) int {
	together := clone(policies)
	for i := range knownDifferences {
		alone := clone(policies)
		repair(alone, i)
		if repair(together, i); !allows(alone) || !allows(together) {
			return i
		}
	}
	return -1
}

func clone(policies []*networkingv1.NetworkPolicy) []*networkingv1.NetworkPolicy {
	var copies []*networkingv1.NetworkPolicy
	for _, p := range policies {
		copies = append(copies, p.DeepCopy())
	}
	return copies
}

// features are reasons that must have been given often for the comparison to be worth it.
var features = map[string]*regexp.Regexp{
	"default deny":                    regexp.MustCompile(`^has no `),
	"a named port allows":             regexp.MustCompile(`allows .* on a pod's port named`),
	"a named port denies":             regexp.MustCompile(`but only on a pod's port named`),
	"a range allows":                  regexp.MustCompile(`allows .* on \d+-\d+/`),
	"a range denies":                  regexp.MustCompile(`but only on \d+-\d+/`),
	"a UDP or SCTP port allows":       regexp.MustCompile(`allows .* on \d+/(UDP|SCTP)`),
	"a block allows":                  regexp.MustCompile(`allows [0-9a-f.:]+/\d+ on`),
	"an except denies":                regexp.MustCompile(`is for [0-9a-f.:]+/\d+ except [0-9a-f]`),
	"a block of IPv6 allows":          regexp.MustCompile(`allows [0-9a-f]*::[0-9a-f]*/\d+ on`),
	"a block of IPv6 denies":          regexp.MustCompile(`no .gress rule for [0-9a-f:]+( \([a-z ]+\))?: rule 1 is for [0-9a-f.:]+/`),
	"a podSelector allows":            regexp.MustCompile(`allows pods with .* in namespace `),
	"a podSelector denies":            regexp.MustCompile(`rule 1 is for pods with .* in namespace `),
	"a namespaceSelector allows":      regexp.MustCompile(`allows all pods in namespaces with `),
	"a namespaceSelector denies":      regexp.MustCompile(`rule 1 is for all pods in namespaces with `),
	"both selectors allow":            regexp.MustCompile(`allows pods with .* in namespaces with `),
	"both selectors deny":             regexp.MustCompile(`rule 1 is for pods with .* in namespaces with `),
	"an expression allows":            regexp.MustCompile(`allows (all )?pods .*( in \(| notin \(|with !)`),
	"an expression denies":            regexp.MustCompile(`is for (all )?pods .*( in \(| notin \(|with !)`),
	"a selector and no pod":           regexp.MustCompile(` \(no pod\): rule 1 is for (all )?pods`),
	"a selector and the host network": regexp.MustCompile(` \(on the host network\): rule 1 is for (all )?pods`),
}

// compare asks both about a connection, and counts the differences that are known.
func (r reference) compare(t *testing.T, a asked, ours []networkingv1.NetworkPolicy, theirs []*networkingv1.NetworkPolicy, known []int) Decision {
	t.Helper()
	allows := func(policies []*networkingv1.NetworkPolicy) bool { return r.allows(t, policies, a) }
	d, want := a.judge(ours), allows(theirs)
	if d.Allowed == want {
		return d
	}
	if reason := explain(theirs, allows); want && reason >= 0 {
		known[reason]++
	} else {
		t.Errorf("%+v: got %+v, the reference allows it: %t, with %+v", a, d, want, theirs)
	}
	return d
}

// TestAgainstReference: of 10,000 sets of policies, pods and connections, in both directions, this
// package and the reference say the same, of all policies together and of each alone. What is
// known to differ is in knownDifferences. The reference leaves the pod's own address and its node
// to its data plane, so no connection here is to or from them.
func TestAgainstReference(t *testing.T) {
	klog.SetLogger(klog.Logger{}) // the reference logs what it cannot read
	t.Cleanup(klog.ClearLogger)
	const connections = 20000
	ref, g := newReference(), generator{rand.New(rand.NewPCG(1, 2))}
	allowed, isolated, allowedIsolated, seen, known := 0, 0, 0, map[string]int{}, make([]int, len(knownDifferences))
	for range connections / 2 {
		a := asked{networkingv1.PolicyTypeEgress, g.pod(), g.peer(), g.port(), g.protocol()}
		ours := g.policies()
		theirs := stored(t, ours)
		for range 2 {
			d := ref.compare(t, a, ours, theirs, known)
			if d.Allowed {
				allowed++
			}
			if len(d.Policies) > 0 {
				isolated++
				if d.Allowed {
					allowedIsolated++
				}
			}
			for i := range ours {
				for _, j := range ref.compare(t, a, ours[i:i+1], theirs[i:i+1], known).Policies {
					for name, feature := range features {
						if feature.MatchString(j.Why) {
							seen[name]++
						}
					}
				}
			}
			a.direction = networkingv1.PolicyTypeIngress
		}
	}
	for name, share := range map[string]float64{"all connections": float64(allowed) / connections, "those of isolated pods": float64(allowedIsolated) / float64(isolated)} {
		t.Logf("%.0f %% of %s are allowed", 100*share, name)
		if share < 0.2 || share > 0.8 {
			t.Errorf("%.0f %% of %s are allowed, which compares little", 100*share, name)
		}
	}
	for name := range features {
		if seen[name] < 50 {
			t.Errorf("%s: only %d times", name, seen[name])
		}
	}
	for i, n := range known {
		t.Logf("%d times: %s", n, knownDifferences[i].name)
		if n == 0 {
			t.Errorf("not met: %s", knownDifferences[i].name)
		}
	}
	t.Log(seen)
}
