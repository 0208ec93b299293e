package cluster

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func service(ip string, port int32, protocol corev1.Protocol) *corev1.Service {
	return &corev1.Service{Spec: corev1.ServiceSpec{ClusterIP: ip, ClusterIPs: []string{ip}, Ports: []corev1.ServicePort{{Port: port, Protocol: protocol}}}}
}

func sliceOf(port int32, protocol corev1.Protocol, addrs ...string) []discoveryv1.EndpointSlice {
	s := discoveryv1.EndpointSlice{AddressType: discoveryv1.AddressTypeIPv4, Ports: []discoveryv1.EndpointPort{{Port: &port, Protocol: &protocol}}}
	for _, a := range addrs {
		s.Endpoints = append(s.Endpoints, discoveryv1.Endpoint{Addresses: []string{a}})
	}
	return []discoveryv1.EndpointSlice{s}
}

// policy reads the spec of a NetworkPolicy of the pod's namespace.
func policy(t *testing.T, name, spec string) networkingv1.NetworkPolicy {
	t.Helper()
	p := networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "shop"}}
	if err := yaml.UnmarshalStrict([]byte(spec), &p.Spec); err != nil {
		t.Fatal(err)
	}
	return p
}

// inACluster is a pod in a cluster whose network enforces policies, and no policy.
func inACluster() *State {
	coreDNS := corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "coredns-1", Namespace: "kube-system", Labels: map[string]string{"k8s-app": "kube-dns"}},
		Status:     corev1.PodStatus{PodIPs: []corev1.PodIP{{IP: "10.244.0.2"}}},
	}
	return &State{
		Pod: podOf(func(p *corev1.Pod) {
			p.Labels = map[string]string{"app": "web", "tier": "front", "pod-template-hash": "5d4f"}
			p.Status.PodIP, p.Status.PodIPs = "10.244.1.7", []corev1.PodIP{{IP: "10.244.1.7"}}
		}),
		Namespace: &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"kubernetes.io/metadata.name": "shop"}}},
		Policies:  []networkingv1.NetworkPolicy{}, DNSPolicies: []networkingv1.NetworkPolicy{}, OtherPolicies: []string{},
		OnNode:       []corev1.Pod{agentOn("worker", "cilium-x2x", true)}, // known by its name, as roles are not read
		Agents:       []corev1.Pod{coreDNS},
		DNSNamespace: &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"kubernetes.io/metadata.name": "kube-system"}}},
		API:          service("10.96.0.1", 443, corev1.ProtocolTCP), APISlices: sliceOf(6443, corev1.ProtocolTCP, "172.18.0.4", "172.18.0.5"),
		DNS: service("10.96.0.10", 53, corev1.ProtocolUDP), DNSSlices: sliceOf(53, corev1.ProtocolUDP, "10.244.0.2"),
	}
}

const (
	denyAll = "podSelector: {}\npolicyTypes: [Egress]"
	toDNS   = `
  - ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
    to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}, {ipBlock: {cidr: 10.96.0.10/32}}]`
)

func TestPoliciesOnBothSides(t *testing.T) {
	for _, tc := range []struct {
		name     string
		policies []string
		change   func(*testing.T, *State)
		api, dns observe.Policies
		says     string
	}{
		{"none", nil, nil, observe.NoneSelects, observe.NoneSelects, ""},
		{"default deny", []string{denyAll}, nil, observe.PoliciesDeny, observe.PoliciesDeny, "shop/p0 has no egress rule"},
		{"one that selects another pod", []string{"podSelector: {matchLabels: {app: db}}\npolicyTypes: [Egress]"}, nil, observe.NoneSelects, observe.NoneSelects, ""},
		{"one of ingress", []string{"podSelector: {}\npolicyTypes: [Ingress]"}, nil, observe.NoneSelects, observe.NoneSelects, ""},
		{"DNS alone is allowed", []string{"podSelector: {}\npolicyTypes: [Egress]\negress:" + toDNS}, nil, observe.PoliciesDeny, observe.PoliciesAllow, "10.96.0.1"},
		{"the Service IP alone", []string{"podSelector: {}\npolicyTypes: [Egress]\negress:\n- to: [{ipBlock: {cidr: 10.96.0.0/12}}]"}, nil, observe.SidesDiffer, observe.SidesDiffer, "172.18.0.4"},
		{"the servers' own addresses alone", []string{"podSelector: {}\npolicyTypes: [Egress]\negress:\n- to: [{ipBlock: {cidr: 172.18.0.0/16}}]\n  ports: [{port: 6443}]"}, nil, observe.SidesDiffer, observe.PoliciesDeny, "10.96.0.1"},
		{"one server of two", []string{"podSelector: {}\npolicyTypes: [Egress]\negress:\n- to: [{ipBlock: {cidr: 172.18.0.4/32}}, {ipBlock: {cidr: 10.96.0.0/12}}]"}, nil, observe.SidesDiffer, observe.SidesDiffer, "172.18.0.5"},
		{"two that allow it together", []string{denyAll, "podSelector: {matchLabels: {app: web}}\negress:\n- {}"}, nil, observe.PoliciesAllow, observe.PoliciesAllow, "egress rule 1 allows"},
		{"nothing enforces them", []string{denyAll}, func(_ *testing.T, s *State) { s.OnNode = nil }, observe.WouldDeny, observe.WouldDeny, "has no egress rule"},
		{"default deny, and policies of other kinds", []string{denyAll}, func(_ *testing.T, s *State) { s.OtherPolicies = []string{"ciliumnetworkpolicies.cilium.io"} }, observe.DenySoFar, observe.DenySoFar, "has no egress rule"},
		{"policies of other kinds", nil, func(_ *testing.T, s *State) { s.OtherPolicies = []string{"ciliumnetworkpolicies.cilium.io"} }, observe.AllowSoFar, observe.AllowSoFar, ""},
		{"what kinds there are may not be read", nil, func(_ *testing.T, s *State) { s.OtherPolicies = nil }, observe.AllowSoFar, observe.AllowSoFar, ""},
		{"the host network", []string{denyAll}, func(_ *testing.T, s *State) { s.Pod.Spec.HostNetwork = true }, observe.NoneSelects, observe.NoneSelects, ""},
		{"the DNS servers let others in only", nil, func(t *testing.T, s *State) {
			p := policy(t, "dns", "podSelector: {matchLabels: {k8s-app: kube-dns}}\ningress:\n- from: [{podSelector: {}}]")
			p.Namespace = "kube-system"
			s.DNSPolicies = append(s.DNSPolicies, p)
		}, observe.NoneSelects, observe.PoliciesDeny, ""},
		{"namespaces may not be read", []string{"podSelector: {}\npolicyTypes: [Egress]\negress:\n- to: [{namespaceSelector: {matchLabels: {name: kube-system}}}, {ipBlock: {cidr: 10.96.0.0/12}}]"}, func(_ *testing.T, s *State) { s.Namespace, s.DNSNamespace = nil, nil }, observe.SidesDiffer, "", "172.18.0.4"},
		{"the pods of DNS may not be read", []string{denyAll}, func(_ *testing.T, s *State) { s.Agents = nil }, observe.PoliciesDeny, "", "has no egress rule"},
		{"the addresses may not be read", []string{denyAll}, func(_ *testing.T, s *State) { s.APISlices = nil }, "", observe.PoliciesDeny, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := inACluster()
			for i, spec := range tc.policies {
				s.Policies = append(s.Policies, policy(t, "p"+string(rune('0'+i)), spec))
			}
			if tc.change != nil {
				tc.change(t, s)
			}
			var log observe.Log
			lookAtPolicies(s, view{now: at(0).Time}, &log)
			seen := log.Seen()
			if api, dns := observe.PolicyAPI.In(seen), observe.PolicyDNS.In(seen); api != tc.api || dns != tc.dns {
				t.Errorf("got %q for the API and %q for DNS, want %q and %q", api, dns, tc.api, tc.dns)
			}
			if says := strings.Join(observe.PolicyAPISays.In(seen), "; "); !strings.Contains(says, tc.says) || tc.says == "" && says != "" {
				t.Errorf("got %q, want %q", says, tc.says)
			}
		})
	}
}

// TestPoliciesFillTheFix has the fix of net.policy-denies leave nothing open.
func TestPoliciesFillTheFix(t *testing.T) {
	s := inACluster()
	s.Policies = []networkingv1.NetworkPolicy{policy(t, "deny", "podSelector: {matchLabels: {app: web}, matchExpressions: [{key: tier, operator: In, values: [front, back]}, {key: old, operator: DoesNotExist}]}\npolicyTypes: [Egress]")}
	var sets []observe.Set
	for _, r := range s.Results(at(30).Time, nil) {
		sets = append(sets, r.Observations)
	}
	sets = append(sets, observe.Collect(func(log *observe.Log) {
		observe.EnvHostValue.Saw(log, "10.96.0.1")
		observe.DNSUDP.SawAt(log, "10.96.0.10:53", observe.Answers)
	}))
	page, _ := causes.Lookup("net.policy-denies")
	fix := causes.Input{Pod: causes.Pod{Name: "web-5d4f-x2x", Namespace: "shop", Node: "worker"}, Seen: observe.Merge(sets...)}.FixOf(page)
	if len(fix.Blanks) > 0 {
		t.Errorf("got the blanks %v, want none", fix.Blanks)
	}
	text := strings.Join(fix.Lines(), "\n")
	for _, want := range []string{
		"matchLabels: {app: 'web', tier: 'front'}, matchExpressions: [{key: 'app', operator: In, values: ['web']},{key: 'tier', operator: In, values: ['front', 'back']},{key: 'old', operator: DoesNotExist},]",
		"cidr: '172.18.0.4/32'}}, {ipBlock: {cidr: '172.18.0.5/32'}}", "port: 6443",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("got\n%s\nwant %s", text, want)
		}
	}
}

func TestBackends(t *testing.T) {
	no, tcp := false, corev1.ProtocolTCP
	ipv6 := sliceOf(6443, tcp, "fd00::4")
	ipv6[0].AddressType = discoveryv1.AddressTypeIPv6
	notReady := sliceOf(6443, tcp, "172.18.0.4", "172.18.0.5")
	notReady[0].Endpoints[0].Conditions.Ready = &no
	for _, tc := range []struct {
		name string
		list []discoveryv1.EndpointSlice
		want string
	}{
		{"two", sliceOf(6443, tcp, "172.18.0.4", "172.18.0.5"), "172.18.0.4:6443 172.18.0.5:6443"},
		{"of the other family", ipv6, ""},
		{"one is not ready", notReady, "172.18.0.5:6443"},
		{"of another protocol", sliceOf(6443, corev1.ProtocolUDP, "172.18.0.4"), ""},
		{"no address", sliceOf(6443, tcp, "nonsense"), ""},
		{"none", nil, ""},
	} {
		var got []string
		for _, at := range Backends(service("10.96.0.1", 443, tcp), tc.list, tcp) {
			got = append(got, at.String())
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: got %v, want %s", tc.name, got, tc.want)
		}
	}
}

// TestPoliciesOfWhatThePodUses judges no address that the pod does not use.
func TestPoliciesOfWhatThePodUses(t *testing.T) {
	for _, tc := range []struct {
		name, host, nameserver string
		api, dns               observe.Policies
	}{
		{"the Services", "10.96.0.1", "10.96.0.10", observe.PoliciesDeny, observe.PoliciesDeny},
		{"another API server, by address", "192.0.2.7", "10.96.0.10", "", observe.PoliciesDeny},
		{"another API server, by name", "api.example.com", "10.96.0.10", "", observe.PoliciesDeny},
		{"a DNS cache of the node", "10.96.0.1", "169.254.20.10", observe.PoliciesDeny, ""},
	} {
		s := inACluster()
		s.Policies = []networkingv1.NetworkPolicy{policy(t, "deny", denyAll)}
		inside := observe.Collect(func(log *observe.Log) {
			observe.EnvHostValue.Saw(log, tc.host)
			observe.DNSNameservers.Saw(log, tc.nameserver)
		})
		var log observe.Log
		lookAtPolicies(s, view{inside: inside}, &log)
		if api, dns := observe.PolicyAPI.In(log.Seen()), observe.PolicyDNS.In(log.Seen()); api != tc.api || dns != tc.dns {
			t.Errorf("%s: got %q and %q, want %q and %q", tc.name, api, dns, tc.api, tc.dns)
		}
	}
}

// TestEndpointsOfWhatThePodUses says nothing of a Service that is not there, or that the pod
// does not use.
func TestEndpointsOfWhatThePodUses(t *testing.T) {
	none := []discoveryv1.EndpointSlice{}
	for _, tc := range []struct {
		name       string
		change     func(*State)
		nameserver string
		dns        observe.Backends
		status     observe.Status
	}{
		{"ready", func(*State) {}, "10.96.0.10", observe.BackendsReady, observe.Pass},
		{"none is ready", func(s *State) { s.DNSSlices = none }, "10.96.0.10", observe.NoBackends, observe.Warn},
		{"there is no Service kube-dns", func(s *State) { s.DNS, s.DNSSlices = nil, none }, "172.30.0.10", "", observe.Pass},
		{"the pod asks another server", func(s *State) { s.DNSSlices = none }, "192.0.2.53", "", observe.Pass},
	} {
		s := inACluster()
		tc.change(s)
		inside := observe.Collect(func(log *observe.Log) { observe.DNSNameservers.Saw(log, tc.nameserver) })
		var log observe.Log
		f := lookAtEndpoints(s, view{inside: inside}, &log)
		if got := observe.DNSBackends.In(log.Seen()); got != tc.dns || f.status != tc.status {
			t.Errorf("%s: got %q, %s, want %q, %s", tc.name, got, f.status, tc.dns, tc.status)
		}
	}
}

// TestPoliciesThatAreEnough has the usual policy for DNS, by the labels of its pods, which
// does not name the Service IP.
func TestPoliciesThatAreEnough(t *testing.T) {
	s := inACluster()
	s.Policies = []networkingv1.NetworkPolicy{policy(t, "usual", "podSelector: {}\npolicyTypes: [Egress]\negress:\n- to: [{namespaceSelector: {}}]\n- to: [{ipBlock: {cidr: 172.18.0.0/16}}]")}
	for _, tc := range []struct {
		saw    observe.Answer
		status observe.Status
	}{{observe.Answers, observe.Pass}, {observe.Silent, observe.Warn}} {
		var log observe.Log
		inside := observe.Collect(func(log *observe.Log) {
			observe.APITCP.Saw(log, tc.saw)
			observe.DNSUDP.SawAt(log, "10.96.0.10:53", tc.saw)
		})
		f := lookAtPolicies(s, view{inside: inside}, &log)
		if dns := observe.PolicyDNS.In(log.Seen()); f.status != tc.status || dns != observe.SidesDiffer {
			t.Errorf("the pod sees %s: got %s (%s), %s, want %s and sides that differ", tc.saw, f.status, f.summary, dns, tc.status)
		}
	}
}
