package predict

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"k8s.io/client-go/kubernetes/fake"
)

const (
	denyAll = "{podSelector: {}, policyTypes: [Egress]}"
	toAPI   = "{to: [{ipBlock: {cidr: 10.96.0.1/32}}, {ipBlock: {cidr: 172.18.0.2/32}}]}"
	toDNS   = "{ports: [{port: 53, protocol: UDP}]}"
)

func allowing(rules ...string) string {
	return "{podSelector: {}, policyTypes: [Egress], egress: [" + strings.Join(rules, ", ") + "]}"
}

// apiSlice is an EndpointSlice of the Service kubernetes.
func apiSlice(name string, addresses ...string) string {
	text := "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: " + name + ", namespace: default, labels: {kubernetes.io/service-name: kubernetes}}\naddressType: IPv4\nports: [{name: https, port: 6443}]\nendpoints: ["
	for _, a := range addresses {
		text += "{addresses: [" + a + "]},"
	}
	return text + "]"
}

// everybody is that all pods lose the API server, with what is behind it.
func everybody(behind string) string {
	var texts []string
	for _, who := range []string{"daemonset/calm*2", "pod/coredns-1*1", "deployment/web*2", "pod/alone*1", "pod/host*1", "statefulset/cart*1"} {
		texts = append(texts, who+" apiServer"+behind)
	}
	return strings.Join(texts, ", ")
}

// summary writes losses in short: "~" stands for some connections, and what they depend on
// is behind them.
func summary(p Prediction) string {
	var texts []string
	for _, l := range p.Losses {
		text := fmt.Sprintf("%s*%d %s", l.Workload, len(l.Pods), l.Of)
		if l.Some {
			text += "~"
		}
		if len(l.DependsOn) > 0 {
			text += "(" + strings.Join(l.DependsOn, " ") + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

func TestPredict(t *testing.T) {
	deny := policyOf("shop", "deny", denyAll)
	forDNS := policyOf("kube-system", "dns", "{podSelector: {matchLabels: {k8s-app: kube-dns}}, ingress: [{from: [{podSelector: {}}]}]}")
	for _, tc := range []struct {
		name    string
		before  string
		change  string
		deleted []string
		want    string
		why     string // in the reasons or notes
	}{
		{"a default deny", "", deny, nil, "deployment/web*2 apiServer, deployment/web*2 dns, pod/alone*1 apiServer(translation nodeTraffic), statefulset/cart*1 apiServer, statefulset/cart*1 dns", "shop/deny has no egress rule"},
		{"DNS is forgotten", "", policyOf("shop", "p", allowing(toAPI)), nil, "deployment/web*2 dns, statefulset/cart*1 dns", "rule 1 is for 10.96.0.1/32"},
		{"only the Service IP", "", policyOf("shop", "p", allowing("{to: [{ipBlock: {cidr: 10.96.0.0/16}}]}", toDNS)), nil, "deployment/web*2 apiServer(translation), pod/alone*1 apiServer(translation nodeTraffic), statefulset/cart*1 apiServer(translation)", "the Service IP 10.96.0.1:443 is allowed, and the endpoint 172.18.0.2:6443 behind it is denied"},
		{"only the endpoint", "", policyOf("shop", "p", allowing("{to: [{ipBlock: {cidr: 172.18.0.2/32}}]}", toDNS)), nil, "deployment/web*2 apiServer(translation), pod/alone*1 apiServer(translation), statefulset/cart*1 apiServer(translation)", "the Service IP 10.96.0.1:443 is denied"},
		{"from one side to the other", policyOf("shop", "p", allowing("{to: [{ipBlock: {cidr: 172.18.0.2/32}}]}", toDNS)), policyOf("shop", "p", allowing("{to: [{ipBlock: {cidr: 10.96.0.0/16}}]}", toDNS)), nil, "deployment/web*2 apiServer(translation), pod/alone*1 apiServer(translation nodeTraffic), statefulset/cart*1 apiServer(translation)", ""},
		{"a label of two workloads", "", policyOf("shop", "p", "{podSelector: {matchLabels: {tier: front}}, policyTypes: [Egress]}"), nil, "deployment/web*2 apiServer, deployment/web*2 dns, statefulset/cart*1 apiServer, statefulset/cart*1 dns", ""},
		{"a policy removed that allowed", deny + "\n---\n" + policyOf("shop", "allow", "{podSelector: {matchLabels: {app: web}}, egress: [{}]}"), "", []string{"netpol/allow"}, "deployment/web*2 apiServer, deployment/web*2 dns", "shop/allow would be deleted, whose egress rule 1 allows every destination on every port"},
		{"a policy removed that denied", deny, "", []string{"networkpolicies.networking.k8s.io/deny"}, "", ""},
		{"denied already", deny, policyOf("shop", "deny2", denyAll), nil, "", ""},
		{"of ingress", "", policyOf("shop", "p", "{podSelector: {}}"), nil, "", ""},
		{"all that is needed", "", policyOf("shop", "p", allowing(toAPI, toDNS)), nil, "", ""},
		{"an empty list of rules, and no policyTypes", "", policyOf("shop", "p", "{podSelector: {}, egress: []}"), nil, "", ""},
		{"policyTypes stay what they were", policyOf("shop", "p", "{podSelector: {}, policyTypes: [Ingress]}"), policyOf("shop", "p", "{podSelector: {}, egress: [{ports: [{port: 1}]}]}"), nil, "", ""},
		{"a name that is completed", deny, strings.Replace(policyOf("shop", "p", denyAll), "name: p", "generateName: p-", 1), nil, "", ""},
		{"another namespace", "", policyOf("kube-system", "deny", denyAll), nil, "pod/coredns-1*1 apiServer(translation nodeTraffic)", "172.18.0.2 is the pod's own node"},
		{"the DNS servers admit their own", "", forDNS, nil, "deployment/web*1 dns, pod/host*1 dns(nodeTraffic), statefulset/cart*1 dns", "kube-system/dns has no ingress rule for this pod: rule 1 is for all pods in namespace kube-system"},
		{"a label of a Namespace", policyOf("kube-system", "dns", "{podSelector: {matchLabels: {k8s-app: kube-dns}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}]}]}"), "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: z}}", nil, "deployment/web*1 dns, statefulset/cart*1 dns", ""},
		{"a dead address beside", "", apiSlice("dead", "172.18.0.9"), nil, everybody("~(endpoint)"), "would send 1 of 2 connections to 172.18.0.9:6443, at which no API server is known"},
		{"a node that has no API server", "", apiSlice("dead", "172.18.0.3"), nil, everybody("~(endpoint)"), "172.18.0.3:6443"},
		{"a second node of the control plane", "", apiSlice("more", "172.18.0.4"), nil, "", ""},
		{"an address that a policy does not allow", policyOf("shop", "p", "{podSelector: {matchLabels: {app: web}}, egress: ["+toAPI+", "+toDNS+"]}"), apiSlice("kubernetes", "172.18.0.4"), nil, "deployment/web*2 apiServer(translation)", "behind it is denied"},
		{"half of the addresses", policyOf("shop", "p", "{podSelector: {matchLabels: {app: web}}, egress: ["+toAPI+", "+toDNS+"]}"), apiSlice("more", "172.18.0.4"), nil, "deployment/web*2 apiServer~(translation)", "behind it is denied"},
		{"no endpoint", "", "", []string{"default:endpointslice/kubernetes"}, everybody(""), "the Service kubernetes would have no ready endpoint"},
		{"an account removed", "", "", []string{"sa/web"}, "deployment/web*2 authentication", "refuses the tokens"},
		{"an account made again", "", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}", []string{"sa/web"}, "deployment/web*2 authentication", "has another uid"},
		{"an account whose pods get no token", "", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\nautomountServiceAccountToken: false", nil, "deployment/web*2 token", "lose it when they are created again"},
		{"an account that changes in nothing", "", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, labels: {a: b}}", nil, "", ""},
		{"the account of pods without a token", "", "", []string{"sa/default"}, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, err := predicted(t, []string{aCluster, podsOfShop, tc.before}, tc.change, tc.deleted...)
			if err != nil {
				t.Fatal(err)
			}
			if got := summary(p); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			var why []string
			for _, l := range p.Losses {
				why = append(why, l.Why...)
			}
			if text := strings.Join(append(why, p.Notes...), "; "); !strings.Contains(text, tc.why) {
				t.Errorf("got the reasons %q, want %q", text, tc.why)
			}
			if sum := p.Pods.Lose + p.Pods.Gain + p.Pods.Keep + p.Pods.Without; sum != p.Pods.Judged || (p.Pods.Lose > 0) != (tc.want != "") {
				t.Errorf("got the counts %+v", p.Pods)
			}
			for _, l := range p.Losses {
				if len(l.Objects) == 0 {
					t.Errorf("no object of the change is named for %s", l.Workload)
				}
			}
		})
	}
}

// TestCounts has pods that gain, and some that had nothing.
func TestCounts(t *testing.T) {
	before := policyOf("shop", "deny", "{podSelector: {matchExpressions: [{key: app, operator: In, values: [web, cart]}]}, policyTypes: [Egress]}")
	p, err := predicted(t, []string{aCluster, podsOfShop, before}, policyOf("shop", "allow", "{podSelector: {matchLabels: {app: web}}, egress: [{}]}"))
	if want := (Counts{Judged: 5, Gain: 2, Keep: 2, Without: 1}); err != nil || p.Pods != want {
		t.Errorf("got %+v and %v, want %+v", p.Pods, err, want)
	}
}

// TestCertainty has clusters whose network is known less, or better.
func TestCertainty(t *testing.T) {
	change := policyOf("shop", "p", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.96.0.1/32}}]}, "+toDNS+"]}")
	calico := strings.NewReplacer("name: calm-w,", "name: calico-node-w,", "name: calm-c,", "name: calico-node-c,")
	for name, tc := range map[string]struct {
		cluster, change, want string
	}{
		"nothing is known to enforce policies": {strings.ReplaceAll(aCluster, "resources: [networkpolicies]", "resources: [pods]"), policyOf("shop", "p", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: ["+toDNS+"]}"), "deployment/web*2 apiServer(enforcement)"},
		"Calico judges behind the translation": {calico.Replace(aCluster), change, "deployment/web*2 apiServer"},
		"another one may judge either side":    {aCluster, change, "deployment/web*2 apiServer(translation)"},
	} {
		p, err := predicted(t, []string{tc.cluster, podsOfShop}, tc.change)
		if got := summary(p); err != nil || got != tc.want {
			t.Errorf("%s: got %q and %v, want %q", name, got, err, tc.want)
		}
	}
}

// TestOtherPolicies has a cluster with policies of Cilium, or one that does not say.
func TestOtherPolicies(t *testing.T) {
	c := changeOf(t, policyOf("shop", "p", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: ["+toDNS+"]}"))
	for _, others := range [][]string{{"ciliumnetworkpolicies.cilium.io"}, nil} {
		s, err := Read(t.Context(), fake.NewClientset(objectsOf(t, aCluster, podsOfShop)...), c)
		if err != nil {
			t.Fatal(err)
		}
		s.OtherPolicies = others
		p, err := Predict(s, c)
		if got := summary(p); err != nil || got != "deployment/web*2 apiServer(otherPolicies)" || others != nil && !strings.HasSuffix(p.Notes[0], others[0]) {
			t.Errorf("got %q, %q and %v", got, p.Notes, err)
		}
	}
}

func TestViews(t *testing.T) {
	if all, one := views("kube-system/calm", false), views("", true); len(all) != 8 || len(one) != 16 || slices.ContainsFunc(views("calico-system/calico-node-x", false), func(v view) bool { return !v.translated }) {
		t.Errorf("got %d and %d views", len(all), len(one))
	}
}
