package predict

import (
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// view is how a cluster may treat a connection, where no object says so. A change is judged under
// every view that is possible: what is lost under each of them is certain. Whether policies are
// judged before or behind the translation, and what they mean to pods on the host network, is not
// defined; that traffic with the pod's own node passes is, and not kept to by every plugin
// (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
type view struct {
	enforces   bool // NetworkPolicies are enforced, and nothing else allows what they deny
	translated bool // they are judged behind the translation of the Service IP
	allowsNode bool // traffic between a pod and its node, or a pod on the host network, always passes
	newAnswers bool // there is a server at an address that is new
}

// dimensions are what a loss may depend on, and how a view differs in it.
var dimensions = []struct {
	name   string
	differ func(*view)
}{
	{Enforcement, func(v *view) { v.enforces = !v.enforces }},
	{Translation, func(v *view) { v.translated = !v.translated }},
	{NodeTraffic, func(v *view) { v.allowsNode = !v.allowsNode }},
	{Endpoint, func(v *view) { v.newAnswers = !v.newAnswers }},
}

// onlyBehindTranslation begin the names of agents that judge a connection to a Service by the
// address behind it alone (https://github.com/projectcalico/calico/issues/5129).
var onlyBehindTranslation = []string{"calico-node", "canal"}

// views are those that are possible where this agent enforces NetworkPolicies; none is known
// where it is "".
func views(enforcer string, otherPolicies bool) (list []view) {
	_, name, _ := strings.Cut(enforcer, "/")
	behind := slices.ContainsFunc(onlyBehindTranslation, func(known string) bool { return strings.HasPrefix(name, known) })
	for n := range 1 << len(dimensions) {
		v := view{enforces: n&1 == 0, translated: n&2 == 0, allowsNode: n&4 == 0, newAnswers: n&8 == 0}
		if (v.enforces || enforcer == "" || otherPolicies) && (v.translated || !behind) {
			list = append(list, v)
		}
	}
	return list
}

// share is how many of the addresses behind a Service are reached.
type share struct{ reached, of int }

func (s share) less(o share) bool { return s.reached*max(o.of, 1) < o.reached*max(s.of, 1) }

// path is a pod's connections to one Service, before or after the change.
type path struct {
	pod       *corev1.Pod
	judgement *cluster.Judgement
	// known are the addresses at which there is a server of the Service.
	known func(netip.AddrPort) bool
}

// reaches says how much of the Service the pod reaches. A pod that has no address yet is not
// judged by the policies of the pods behind the Service, which may name addresses.
func (p *path) reaches(v view) (s share) {
	j := p.judgement
	for _, to := range j.Backends {
		s.of++
		allowed := to.Allowed || v.allowsNode && isOwnNode(p.pod, to.To.Addr())
		if !v.translated {
			allowed = !slices.ContainsFunc(j.Service, func(s cluster.Judged) bool { return !s.Allowed })
		}
		i := slices.IndexFunc(j.Ingress, func(in cluster.Judged) bool { return in.To == to.To })
		if i >= 0 && !j.Ingress[i].Allowed && len(p.pod.Status.PodIPs) > 0 && !(v.allowsNode && p.pod.Spec.HostNetwork) {
			allowed = false
		}
		if (allowed || !v.enforces) && (v.newAnswers || p.known(to.To)) {
			s.reached++
		}
	}
	return s
}

func isOwnNode(p *corev1.Pod, addr netip.Addr) bool {
	return slices.ContainsFunc(p.Status.HostIPs, func(ip corev1.HostIP) bool { return ip.IP == addr.String() }) || p.Status.HostIP == addr.String()
}

// comparison is a pod's connections to one Service before and after.
type comparison struct {
	before, after path
	views         []view
}

func (c *comparison) lost(v view) bool { return c.after.reaches(v).less(c.before.reaches(v)) }

func (c *comparison) loses() bool { return slices.ContainsFunc(c.views, c.lost) }

// gains says that more is reached, and nothing less.
func (c *comparison) gains() bool {
	return !c.loses() && slices.ContainsFunc(c.views, func(v view) bool { return c.before.reaches(v).less(c.after.reaches(v)) })
}

// without says that nothing is reached today.
func (c *comparison) without() bool {
	return !slices.ContainsFunc(c.views, func(v view) bool { return c.before.reaches(v).reached > 0 })
}

// some says that connections remain, wherever any are lost.
func (c *comparison) some() bool {
	return slices.ContainsFunc(c.views, func(v view) bool { return c.lost(v) && c.after.reaches(v).reached > 0 })
}

// dependsOn are the dimensions that decide whether something is lost.
func (c *comparison) dependsOn() (names []string) {
	for _, d := range dimensions {
		decides := func(v view) bool {
			other := v
			d.differ(&other)
			return slices.Contains(c.views, other) && c.lost(v) != c.lost(other)
		}
		if slices.ContainsFunc(c.views, decides) {
			names = append(names, d.name)
		}
	}
	return names
}
