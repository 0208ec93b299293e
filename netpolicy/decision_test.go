package netpolicy

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

// specs returns the policies of namespace shop with these specs, each a YAML document.
func specs(t *testing.T, text string) []networkingv1.NetworkPolicy {
	t.Helper()
	var policies []networkingv1.NetworkPolicy
	for i, document := range strings.Split(text, "---\n") {
		var policy networkingv1.NetworkPolicy
		if err := yaml.UnmarshalStrict([]byte(document), &policy.Spec); err != nil {
			t.Fatal(err)
		}
		policy.Namespace, policy.Name = "shop", string(rune('a'+i))
		policies = append(policies, policy)
	}
	return policies
}

// web is the pod whose policies judge, db a pod beside it, dns one of another namespace.
var (
	web = Pod{Namespace: "shop", Labels: map[string]string{"app": "web"}, IPs: addrs("::ffff:10.244.1.2", "fd00:1::2"), NodeIPs: addrs("172.18.0.4"),
		Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}, {Name: "quic", ContainerPort: 8080, Protocol: corev1.ProtocolUDP}}}
	db = Pod{Namespace: "shop", NamespaceLabels: map[string]string{"team": "a"}, Labels: map[string]string{"app": "db"},
		Ports: []corev1.ContainerPort{{Name: "sql", ContainerPort: 5432, Protocol: corev1.ProtocolTCP}}}
	dns      = Pod{Namespace: "kube-system", NamespaceLabels: map[string]string{"team": "b"}, Labels: map[string]string{"app": "dns"}}
	onHost   = Pod{Namespace: "shop", Labels: map[string]string{"app": "db"}, HostNetwork: true, Ports: db.Ports}
	podAt    = map[string]*Pod{"10.244.1.3": &db, "10.244.1.4": &dns, "172.18.0.5": &onHost}
	protocol = map[string]corev1.Protocol{"TCP": corev1.ProtocolTCP, "UDP": corev1.ProtocolUDP, "SCTP": corev1.ProtocolSCTP}
)

func addrs(texts ...string) []netip.Addr {
	var all []netip.Addr
	for _, text := range texts {
		all = append(all, netip.MustParseAddr(text))
	}
	return all
}

// ask returns the connection "address:port/protocol", with the pod that has the address.
func ask(text string) (peer Peer, port uint16, p corev1.Protocol) {
	target, name, _ := strings.Cut(text, "/")
	to := netip.MustParseAddrPort(target)
	return Peer{to.Addr(), podAt[to.Addr().String()]}, to.Port(), protocol[name]
}

// TestEgress holds the rules of NetworkPolicySpec: what web may connect to, and why.
func TestEgress(t *testing.T) {
	for _, tc := range []struct{ name, specs, to, want string }{
		// podSelector and policyTypes.
		{"default deny", "policyTypes: [Egress]", "10.96.0.1:443/TCP", "a: has no egress rule"},
		{"an empty list of rules denies as well", "{policyTypes: [Egress], egress: []}", "10.96.0.1:443/TCP", "a: has no egress rule"},
		{"without policyTypes, and without an egress rule, for ingress only", "ingress: []", "10.96.0.1:443/TCP", "not isolated"},
		{"without policyTypes, an empty list of egress rules is none", "egress: []", "10.96.0.1:443/TCP", "not isolated"},
		{"without policyTypes, an egress rule is enough", "egress: [{ports: [{port: 53}]}]", "10.96.0.1:443/TCP", "a: egress rule 1 allows 10.96.0.1 but only on 53/TCP"},
		{"an empty list of policyTypes is none", "{policyTypes: [], egress: [{ports: [{port: 53}]}]}", "10.96.0.1:443/TCP", "a: egress rule 1 allows 10.96.0.1 but only on 53/TCP"},
		{"policyTypes count more than egress", "{policyTypes: [Ingress], egress: [{ports: [{port: 53}]}]}", "10.96.0.1:443/TCP", "not isolated"},
		{"selects another pod", "{podSelector: {matchLabels: {app: db}}, policyTypes: [Egress]}", "10.96.0.1:443/TCP", "not isolated"},
		{"selects the pod by an expression", "{podSelector: {matchExpressions: [{key: app, operator: In, values: [web, x]}]}, policyTypes: [Egress]}", "10.96.0.1:443/TCP", "a: has no egress rule"},
		{"an invalid podSelector selects no pod", "{podSelector: {matchExpressions: [{key: app, operator: Like}]}, policyTypes: [Egress]}", "10.96.0.1:443/TCP", "not isolated"},
		// Policies add up.
		{"one that allows is enough", "policyTypes: [Egress]\n---\negress: [{}]", "10.96.0.1:443/TCP", "allowed: a: has no egress rule; b1: egress rule 1 allows every destination on every port"},
		{"two that deny", "policyTypes: [Egress]\n---\negress: [{to: [{ipBlock: {cidr: 10.0.0.0/16}}]}]", "10.96.0.1:443/TCP", "a: has no egress rule; b: has no egress rule for 10.96.0.1 (no pod): rule 1 is for 10.0.0.0/16"},
		{"rules add up, the first that allows is named", "egress: [{to: [{ipBlock: {cidr: 10.0.0.0/16}}]}, {to: [{ipBlock: {cidr: 10.96.0.0/12}}]}, {}]", "10.96.0.1:443/TCP", "allowed: a2: egress rule 2 allows 10.96.0.0/12 on every port"},
		{"empty lists are those without items", "egress: [{to: [], ports: []}]", "10.96.0.1:443/TCP", "allowed: a1: egress rule 1 allows every destination on every port"},
		// Selectors.
		{"podSelector alone, of the same namespace", "egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]", "10.244.1.3:5432/TCP", "allowed: a1: egress rule 1 allows pods with app=db in namespace shop on every port"},
		{"podSelector alone, other labels", "egress: [{to: [{podSelector: {matchLabels: {app: x}}}]}]", "10.244.1.3:5432/TCP", "a: has no egress rule for 10.244.1.3: rule 1 is for pods with app=x in namespace shop"},
		{"podSelector alone, another namespace", "egress: [{to: [{podSelector: {}}]}]", "10.244.1.4:53/UDP", "a: has no egress rule for 10.244.1.4: rule 1 is for all pods in namespace shop"},
		{"namespaceSelector alone", "egress: [{to: [{namespaceSelector: {matchLabels: {team: b}}}]}]", "10.244.1.4:53/UDP", "allowed: a1: egress rule 1 allows all pods in namespaces with team=b on every port"},
		{"namespaceSelector alone, other labels", "egress: [{to: [{namespaceSelector: {matchLabels: {team: b}}}]}]", "10.244.1.3:53/UDP", "a: has no egress rule for 10.244.1.3: rule 1 is for all pods in namespaces with team=b"},
		{"an empty namespaceSelector is for all", "egress: [{to: [{namespaceSelector: {}}]}]", "10.244.1.4:53/UDP", "allowed: a1: egress rule 1 allows all pods in all namespaces on every port"},
		{"both", "egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: dns}}}]}]", "10.244.1.4:53/UDP", "allowed: a1: egress rule 1 allows pods with app=dns in all namespaces on every port"},
		{"both, the pod does not match", "egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: x}}}]}]", "10.244.1.4:53/UDP", "a: has no egress rule for 10.244.1.4: rule 1 is for pods with app=x in all namespaces"},
		{"both, the namespace does not match", "egress: [{to: [{namespaceSelector: {matchLabels: {team: a}}, podSelector: {}}]}]", "10.244.1.4:53/UDP", "a: has no egress rule for 10.244.1.4: rule 1 is for all pods in namespaces with team=a"},
		{"two peers, either is enough", "egress: [{to: [{podSelector: {matchLabels: {app: x}}}, {namespaceSelector: {matchLabels: {team: b}}}]}]", "10.244.1.4:53/UDP", "allowed: a1: egress rule 1 allows all pods in namespaces with team=b on every port"},
		{"an expression", "egress: [{to: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [x]}, {key: old, operator: DoesNotExist}]}}]}]", "10.244.1.3:53/UDP", "allowed: a1: egress rule 1 allows pods with app notin (x),!old in namespace shop on every port"},
		{"no selector matches an address that is no pod", "egress: [{to: [{namespaceSelector: {}}]}]", "10.96.0.1:443/TCP", "a: has no egress rule for 10.96.0.1 (no pod): rule 1 is for all pods in all namespaces"},
		{"nor a pod on the host network", "egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]", "172.18.0.5:5432/TCP", "a: has no egress rule for 172.18.0.5 (on the host network): rule 1 is for pods with app=db in namespace shop"},
		{"an invalid selector", "egress: [{to: [{podSelector: {matchExpressions: [{key: app, operator: In}]}}]}]", "10.244.1.3:53/UDP", "a: has no egress rule for 10.244.1.3: rule 1 is for pods with a selector that is invalid in namespace shop"},
		{"an invalid namespaceSelector", "egress: [{to: [{namespaceSelector: {matchLabels: {-: b}}}]}]", "10.244.1.3:53/UDP", "a: has no egress rule for 10.244.1.3: rule 1 is for all pods in namespaces with a selector that is invalid"},
		{"a valid peer beside an invalid one", "egress: [{to: [{ipBlock: {cidr: x}}, {podSelector: {}}]}]", "10.244.1.3:53/UDP", "allowed: a1: egress rule 1 allows all pods in namespace shop on every port"},
		{"a peer without fields", "egress: [{to: [{}]}]", "10.244.1.3:53/UDP", "a: has no egress rule for 10.244.1.3: rule 1 is for a peer without fields, which is invalid"},
		// Blocks.
		{"a block", "egress: [{to: [{ipBlock: {cidr: 10.96.0.1/32}}]}]", "10.96.0.1:443/TCP", "allowed: a1: egress rule 1 allows 10.96.0.1/32 on every port"},
		{"a block has a pod's address as well", "egress: [{to: [{ipBlock: {cidr: 10.244.0.0/16}}]}]", "10.244.1.3:5432/TCP", "allowed: a1: egress rule 1 allows 10.244.0.0/16 on every port"},
		{"and that of a pod on the host network", "egress: [{to: [{ipBlock: {cidr: 172.18.0.0/16}}]}]", "172.18.0.5:5432/TCP", "allowed: a1: egress rule 1 allows 172.18.0.0/16 on every port"},
		{"the bits of the host do not count", "egress: [{to: [{ipBlock: {cidr: 10.96.0.9/12}}]}]", "10.96.0.1:443/TCP", "allowed: a1: egress rule 1 allows 10.96.0.9/12 on every port"},
		{"the next address", "egress: [{to: [{ipBlock: {cidr: 10.96.0.2/31}}]}]", "10.96.0.1:443/TCP", "a: has no egress rule for 10.96.0.1 (no pod): rule 1 is for 10.96.0.2/31"},
		{"except", "egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [192.168.0.0/16, 10.0.0.0/8]}}]}]", "10.96.0.1:443/TCP", "a: has no egress rule for 10.96.0.1 (no pod): rule 1 is for 0.0.0.0/0 except 10.0.0.0/8"},
		{"except other addresses", "egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [192.168.0.0/16]}}]}]", "10.96.0.1:443/TCP", "allowed: a1: egress rule 1 allows 0.0.0.0/0 on every port"},
		{"what one block excepts, another allows", "egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.96.0.0/12]}}, {ipBlock: {cidr: 10.96.0.0/16}}]}]", "10.96.0.1:443/TCP", "allowed: a1: egress rule 1 allows 10.96.0.0/16 on every port"},
		{"IPv6", "egress: [{to: [{ipBlock: {cidr: 'fd00::/8'}}]}]", "[fd00::1]:443/TCP", "allowed: a1: egress rule 1 allows fd00::/8 on every port"},
		{"IPv6 in no block of IPv4", "egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]", "[fd00::1]:443/TCP", "a: has no egress rule for fd00::1 (no pod): rule 1 is for 0.0.0.0/0"},
		{"IPv4 in no block of IPv6", "egress: [{to: [{ipBlock: {cidr: '::/0'}}]}]", "10.96.0.1:443/TCP", "a: has no egress rule for 10.96.0.1 (no pod): rule 1 is for ::/0"},
		{"IPv4 as an IPv6 address", "egress: [{to: [{ipBlock: {cidr: 10.96.0.0/16}}]}]", "[::ffff:10.96.0.1]:443/TCP", "allowed: a1: egress rule 1 allows 10.96.0.0/16 on every port"},
		{"a block of IPv4 as IPv6 addresses", "egress: [{to: [{ipBlock: {cidr: '::ffff:10.96.0.0/112'}}]}]", "10.96.0.1:443/TCP", "allowed: a1: egress rule 1 allows ::ffff:10.96.0.0/112 on every port"},
		{"an invalid block", "egress: [{to: [{ipBlock: {cidr: 10.0.0/8}}]}]", "10.96.0.1:443/TCP", `a: has no egress rule for 10.96.0.1 (no pod): rule 1 is for CIDR "10.0.0/8", which is invalid`},
		{"an invalid except", "egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [x]}}]}]", "10.96.0.1:443/TCP", `a: has no egress rule for 10.96.0.1 (no pod): rule 1 is for 10.0.0.0/8 except "x", which is invalid`},
		{"a block with a selector", "egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]", "10.244.1.3:443/TCP", "a: has no egress rule for 10.244.1.3: rule 1 is for an ipBlock with a selector, which is invalid"},
		// Ports.
		{"the port", "egress: [{ports: [{port: 53, protocol: UDP}, {port: 443}]}]", "10.96.0.1:443/TCP", "allowed: a1: egress rule 1 allows every destination on 443/TCP"},
		{"another port", "egress: [{ports: [{port: 53, protocol: UDP}, {port: 6443}]}]", "10.96.0.1:443/TCP", "a: egress rule 1 allows 10.96.0.1 but only on 53/UDP or 6443/TCP"},
		{"another protocol", "egress: [{ports: [{port: 443, protocol: UDP}]}]", "10.96.0.1:443/TCP", "a: egress rule 1 allows 10.96.0.1 but only on 443/UDP"},
		{"TCP is the default", "egress: [{ports: [{port: 443}]}]", "10.96.0.1:443/UDP", "a: egress rule 1 allows 10.96.0.1 but only on 443/TCP"},
		{"SCTP", "egress: [{ports: [{port: 443, protocol: SCTP}]}]", "10.96.0.1:443/SCTP", "allowed: a1: egress rule 1 allows every destination on 443/SCTP"},
		{"a protocol alone", "egress: [{ports: [{protocol: UDP}]}]", "10.96.0.1:443/UDP", "allowed: a1: egress rule 1 allows every destination on every UDP port"},
		{"another protocol alone", "egress: [{ports: [{protocol: UDP}]}]", "10.96.0.1:443/TCP", "a: egress rule 1 allows 10.96.0.1 but only on every UDP port"},
		{"below a range", "egress: [{ports: [{port: 444, endPort: 446}]}]", "10.96.0.1:443/TCP", "a: egress rule 1 allows 10.96.0.1 but only on 444-446/TCP"},
		{"the begin of a range", "egress: [{ports: [{port: 443, endPort: 446}]}]", "10.96.0.1:443/TCP", "allowed: a1: egress rule 1 allows every destination on 443-446/TCP"},
		{"the end of a range", "egress: [{ports: [{port: 440, endPort: 443}]}]", "10.96.0.1:443/TCP", "allowed: a1: egress rule 1 allows every destination on 440-443/TCP"},
		{"above a range", "egress: [{ports: [{port: 440, endPort: 442}]}]", "10.96.0.1:443/TCP", "a: egress rule 1 allows 10.96.0.1 but only on 440-442/TCP"},
		{"a range of another protocol", "egress: [{ports: [{port: 1, endPort: 65535, protocol: UDP}]}]", "10.96.0.1:443/TCP", "a: egress rule 1 allows 10.96.0.1 but only on 1-65535/UDP"},
		{"a range of a name is invalid", "egress: [{ports: [{port: sql, endPort: 6000}]}]", "10.244.1.3:5432/TCP", "a: egress rule 1 allows 10.244.1.3 but only on an endPort that is invalid"},
		{"a range without a port is invalid", "egress: [{ports: [{endPort: 6000}]}]", "10.244.1.3:5432/TCP", "a: egress rule 1 allows 10.244.1.3 but only on an endPort that is invalid"},
		{"a range that ends before it begins is invalid", "egress: [{ports: [{port: 443, endPort: 442}]}]", "10.96.0.1:443/TCP", "a: egress rule 1 allows 10.96.0.1 but only on an endPort that is invalid"},
		{"a name that the other pod gives", "egress: [{ports: [{port: sql}]}]", "10.244.1.3:5432/TCP", "allowed: a1: egress rule 1 allows every destination on a pod's port named sql/TCP"},
		{"a name that the other pod gives another port", "egress: [{ports: [{port: sql}]}]", "10.244.1.3:5433/TCP", "a: egress rule 1 allows 10.244.1.3 but only on a pod's port named sql/TCP"},
		{"a name that only this pod gives", "egress: [{ports: [{port: http}]}]", "10.244.1.3:8080/TCP", "a: egress rule 1 allows 10.244.1.3 but only on a pod's port named http/TCP"},
		{"a name at an address that is no pod", "egress: [{ports: [{port: https}]}]", "10.96.0.1:443/TCP", "a: egress rule 1 allows 10.96.0.1 but only on a pod's port named https/TCP"},
		{"a name at a pod on the host network", "egress: [{ports: [{port: sql}]}]", "172.18.0.5:5432/TCP", "a: egress rule 1 allows 172.18.0.5 but only on a pod's port named sql/TCP"},
		{"a number as a text is a name", "egress: [{ports: [{port: '443'}]}]", "10.96.0.1:443/TCP", "a: egress rule 1 allows 10.96.0.1 but only on a pod's port named 443/TCP"},
		{"the port of one rule, the peer of another", "egress: [{to: [{podSelector: {}}], ports: [{port: 443}]}, {to: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 53}]}]", "10.96.0.1:443/TCP", "a: egress rule 2 allows 10.96.0.1 but only on 53/TCP"},
		{"of several rules for the peer the first is named", "egress: [{ports: [{port: 53}]}, {ports: [{port: 80}]}]", "10.96.0.1:443/TCP", "a: egress rule 1 allows 10.96.0.1 but only on 53/TCP"},
		// What no policy applies to.
		{"the pod itself", "policyTypes: [Egress]", "10.244.1.2:443/TCP", "exempt: 10.244.1.2 is the pod itself"},
		{"the pod itself, IPv6", "policyTypes: [Egress]", "[fd00:1::2]:443/TCP", "exempt: fd00:1::2 is the pod itself"},
		{"its node", "policyTypes: [Egress]", "172.18.0.4:6443/TCP", "exempt: 172.18.0.4 is the node of the pod"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			peer, port, protocol := ask(tc.to)
			if got := text(Egress(specs(t, tc.specs), web, peer, port, protocol)); got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

// TestIngress holds what differs from egress: the port is at the pod whose policies judge.
func TestIngress(t *testing.T) {
	for _, tc := range []struct{ name, specs, from, want string }{
		{"default deny", "policyTypes: [Ingress]", "10.244.1.3:8080/TCP", "a: has no ingress rule"},
		{"without policyTypes", "{}", "10.244.1.3:8080/TCP", "a: has no ingress rule"},
		{"without policyTypes, with an egress rule", "egress: [{}]", "10.244.1.3:8080/TCP", "a: has no ingress rule"},
		{"for egress only", "policyTypes: [Egress]", "10.244.1.3:8080/TCP", "not isolated"},
		{"from everywhere", "ingress: [{}]", "192.0.2.1:8080/TCP", "allowed: a1: ingress rule 1 allows every source on every port"},
		{"from a pod", "ingress: [{from: [{podSelector: {matchLabels: {app: db}}}]}]", "10.244.1.3:8080/TCP", "allowed: a1: ingress rule 1 allows pods with app=db in namespace shop on every port"},
		{"from another", "ingress: [{from: [{podSelector: {matchLabels: {app: db}}}]}]", "10.244.1.4:8080/TCP", "a: has no ingress rule for 10.244.1.4: rule 1 is for pods with app=db in namespace shop"},
		{"from a block", "ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24}}]}]", "192.0.2.1:8080/TCP", "allowed: a1: ingress rule 1 allows 192.0.2.0/24 on every port"},
		{"a name that this pod gives", "ingress: [{ports: [{port: http}]}]", "192.0.2.1:8080/TCP", "allowed: a1: ingress rule 1 allows every source on a pod's port named http/TCP"},
		{"a name of a UDP port", "ingress: [{ports: [{port: quic, protocol: UDP}]}]", "192.0.2.1:8080/UDP", "allowed: a1: ingress rule 1 allows every source on a pod's port named quic/UDP"},
		{"a name of a port of another protocol", "ingress: [{ports: [{port: quic}]}]", "192.0.2.1:8080/TCP", "a: ingress rule 1 allows 192.0.2.1 but only on a pod's port named quic/TCP"},
		{"a name that only the other pod gives", "ingress: [{ports: [{port: sql}]}]", "10.244.1.3:5432/TCP", "a: ingress rule 1 allows 10.244.1.3 but only on a pod's port named sql/TCP"},
		{"from its node", "policyTypes: [Ingress]", "172.18.0.4:8080/TCP", "exempt: 172.18.0.4 is the node of the pod"},
		{"from another node", "policyTypes: [Ingress]", "172.18.0.5:8080/TCP", "a: has no ingress rule"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			peer, port, protocol := ask(tc.from)
			if got := text(Ingress(specs(t, tc.specs), web, peer, port, protocol)); got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

// TestOtherPods holds which policies are not of the pod, and the order of those that are.
func TestOtherPods(t *testing.T) {
	deny := specs(t, "policyTypes: [Ingress, Egress]\n---\npolicyTypes: [Ingress, Egress]")
	deny[0].Name, deny[1].Name = "z", "y"
	peer, port, protocol := ask("10.244.1.3:443/TCP")
	for _, tc := range []struct {
		name string
		pod  Pod
		want string
	}{
		{"in the order of the names", web, "y: has no egress rule; z: has no egress rule"},
		{"another namespace", dns, "not isolated"},
		{"on the host network", onHost, "exempt: the pod is on the host network"},
		{"without labels", Pod{Namespace: "shop"}, "y: has no egress rule; z: has no egress rule"},
	} {
		if got := text(Egress(deny, tc.pod, peer, port, protocol)); got != tc.want {
			t.Errorf("%s: egress: got %q, want %q", tc.name, got, tc.want)
		}
		if got, want := text(Ingress(deny, tc.pod, peer, port, protocol)), strings.ReplaceAll(tc.want, "egress", "ingress"); got != want {
			t.Errorf("%s: ingress: got %q, want %q", tc.name, got, want)
		}
	}
	if deny[0].Name != "z" {
		t.Error("the caller's list has another order")
	}
}

// text is the decision in one line.
func text(d Decision) string {
	var parts []string
	for _, j := range d.Policies {
		name := strings.TrimPrefix(j.Name, "shop/")
		if j.Allows || j.Rule != 0 {
			name += fmt.Sprint(j.Rule)
		}
		parts = append(parts, name+": "+j.Why)
	}
	all := strings.Join(parts, "; ")
	switch {
	case d.Exempt != "" && d.Allowed && all == "":
		return "exempt: " + d.Exempt
	case d.Exempt == "" && d.Allowed && all == "":
		return "not isolated"
	case d.Exempt == "" && d.Allowed:
		return "allowed: " + all
	}
	return d.Exempt + all
}
