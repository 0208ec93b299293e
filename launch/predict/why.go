package predict

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/netpolicy"
)

// loss is what one pod loses of a Service, and why.
func (j *judge) loss(c *comparison, what, service string) Loss {
	pod := c.after.pod
	l := Loss{Namespace: pod.Namespace, Workload: workload(pod), Pods: []string{pod.Name}, Of: what, Some: c.some()}
	if !mountsToken(pod) {
		l.WithoutToken = 1
	}
	then := c.after.judgement
	for _, to := range then.Service {
		l.At = to.To.String()
	}
	for _, d := range c.dependsOn() {
		switch {
		case d != Enforcement:
			l.DependsOn = append(l.DependsOn, d)
		case j.enforcers[pod.Spec.NodeName] == "":
			l.DependsOn = append(l.DependsOn, Enforcement)
		default:
			l.DependsOn = append(l.DependsOn, OtherPolicies)
		}
	}
	j.explain(&l, c, service)
	return l
}

// explain fills in why, and which objects of the change cause it.
func (j *judge) explain(l *Loss, c *comparison, service string) {
	today, then := c.before.judgement, c.after.judgement
	objects := func(names ...string) {
		for _, name := range names {
			if !slices.Contains(l.Objects, name) {
				l.Objects = append(l.Objects, name)
			}
		}
	}
	var first, others []string
	if !slices.EqualFunc(today.Backends, then.Backends, func(a, b cluster.Judged) bool { return a.To == b.To }) {
		objects(j.slicesOf(service)...)
		first = append(first, endpointReasons(c, service)...)
	}
	first = append(first, sides(c)...)
	for _, d := range decisions(then) {
		if d.Allowed {
			continue
		}
		for _, p := range d.Policies {
			text := p.Name + " " + withoutAddress(p.Why, c.after.pod)
			if j.change.changed("NetworkPolicy", p.Name) {
				objects("NetworkPolicy " + p.Name)
				first = append(first, text)
			} else {
				others = append(others, text)
			}
		}
	}
	for _, p := range allowedToday(today) {
		switch removed := slices.ContainsFunc(j.change.Deleted, func(o Object) bool { return o.Kind == "NetworkPolicy" && o.fullName() == p.Name }); {
		case !j.change.changed("NetworkPolicy", p.Name) || allows(then, p.Name):
		case removed:
			objects("NetworkPolicy " + p.Name)
			first = append(first, p.Name+" would be deleted, whose "+p.Why)
		default:
			objects("NetworkPolicy " + p.Name)
			first = append(first, p.Name+" allows it today: "+p.Why)
		}
	}
	for _, o := range j.change.Applied {
		if o.Kind == "Namespace" && len(l.Objects) == 0 {
			objects(o.String())
		}
	}
	l.Why = unique(slices.Concat(first, others))
}

// endpointReasons say what would be behind the Service.
func endpointReasons(c *comparison, service string) (texts []string) {
	then := c.after.judgement.Backends
	if len(then) == 0 {
		return []string{"the Service " + service + " would have no ready endpoint"}
	}
	server := map[string]string{cluster.APIService: "API server", cluster.DNSService: "DNS server"}[service]
	for _, to := range then {
		if !c.after.known(to.To) {
			texts = append(texts, fmt.Sprintf("the Service %s would send 1 of %d connections to %s, at which no %s is known", service, len(then), to.To, server))
			if len(then) == 1 {
				texts = []string{fmt.Sprintf("the Service %s would send all connections to %s, at which no %s is known", service, to.To, server)}
			}
		}
	}
	return texts
}

// sides say on which side of the translation what is denied, where it depends on that, and
// what is traffic between a pod and a node.
func sides(c *comparison) (texts []string) {
	names, j := c.dependsOn(), c.after.judgement
	var service, allowed, denied []string
	for _, s := range j.Service {
		service = append(service, s.To.String())
	}
	for _, b := range j.Backends {
		if b.Allowed {
			allowed = append(allowed, b.To.String())
		} else {
			denied = append(denied, b.To.String())
		}
		if slices.Contains(names, NodeTraffic) && !b.Allowed && isOwnNode(c.after.pod, b.To.Addr()) {
			texts = append(texts, b.To.Addr().String()+" is the pod's own node, to which some network plugins always allow traffic")
		}
	}
	if slices.Contains(names, NodeTraffic) && c.after.pod.Spec.HostNetwork {
		texts = append(texts, "the pod is on the host network, from which some network plugins always allow traffic")
	}
	if !slices.Contains(names, Translation) {
		return texts
	}
	passes := slices.ContainsFunc(j.Service, func(s cluster.Judged) bool { return s.Allowed })
	switch ip := strings.Join(service, ", "); {
	case passes && len(denied) > 0:
		texts = append(texts, fmt.Sprintf("the Service IP %s is allowed, and the endpoint %s behind it is denied", ip, strings.Join(denied, ", ")))
	case !passes && len(allowed) > 0:
		texts = append(texts, fmt.Sprintf("the Service IP %s is denied, and the endpoint %s behind it is allowed", ip, strings.Join(allowed, ", ")))
	}
	return texts
}

// withoutAddress takes the pod's own address out of a reason, so that pods of one workload lose
// for the same reason.
func withoutAddress(why string, pod *corev1.Pod) string {
	for _, end := range []string{" ", ":"} {
		why = strings.Replace(why, " "+pod.Status.PodIP+end, " this pod"+end, 1)
	}
	return why
}

func decisions(j *cluster.Judgement) []cluster.Judged {
	return slices.Concat(j.Service, j.Backends, j.Ingress)
}

// allowedToday are the policies that allow a connection, once each.
func allowedToday(j *cluster.Judgement) (list []netpolicy.Judged) {
	for _, d := range decisions(j) {
		for _, p := range d.Policies {
			if p.Allows && !slices.ContainsFunc(list, func(known netpolicy.Judged) bool { return known.Name == p.Name }) {
				list = append(list, p)
			}
		}
	}
	return list
}

// allows says that a policy allows each connection that it is asked about.
func allows(j *cluster.Judgement, name string) bool {
	asked := false
	for _, d := range decisions(j) {
		for _, p := range d.Policies {
			if p.Name == name {
				if asked = true; !p.Allows {
					return false
				}
			}
		}
	}
	return asked
}

func unique(texts []string) (list []string) {
	for _, text := range texts {
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// notes are what is to be known of the change whatever is lost.
func (j *judge) notes() (texts []string) {
	if j.change.keptByAPIServer() {
		texts = append(texts, "the API server itself keeps EndpointSlice default/kubernetes, and writes it again within about 10 s")
	}
	if j.DNS == nil {
		texts = append(texts, "there is no Service kube-system/kube-dns: DNS is not judged")
	}
	if len(j.OtherPolicies) > 0 {
		texts = append(texts, "policies of other kinds are not judged: "+strings.Join(j.OtherPolicies, ", "))
	}
	return texts
}
