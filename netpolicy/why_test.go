package netpolicy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// TestLongReasonsAreCut: of policies with thousands of rules, peers or ports the reason stays
// short, and begins with what matters.
func TestLongReasonsAreCut(t *testing.T) {
	const n = 5000
	many := func(format string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = fmt.Sprintf(format, i+1)
		}
		return strings.Join(items, ", ")
	}
	for _, tc := range []struct{ name, spec, want string }{
		{"rules", "egress: [" + many("{to: [{podSelector: {matchLabels: {app: x%d}}}]}") + "]",
			"has no egress rule for 10.96.0.1 (no pod): rule 1 is for pods with app=x1 in namespace shop, rule 2 is for pods with ..."},
		{"peers", "egress: [{to: [" + many("{podSelector: {matchLabels: {app: x%d}}}") + "]}]",
			"has no egress rule for 10.96.0.1 (no pod): rule 1 is for pods with app=x1 in namespace shop or pods with app=x2 in na..."},
		{"ports", "egress: [{ports: [" + many("{port: %d, protocol: UDP}") + "]}]",
			"egress rule 1 allows 10.96.0.1 but only on 1/UDP or 2/UDP or 3/UDP or 4/UDP or 5/UDP or 6/UDP or 7/UDP or 8/UDP or 9/..."},
		{"the last of the rules allows", "egress: [" + many("{to: [{podSelector: {matchLabels: {app: x%d}}}]}") + ", {}]",
			"egress rule 5001 allows every destination on every port"},
		{"a long name, cut before the letter that has no room", "egress: [{ports: [{port: " + strings.Repeat("a", 57) + "\u00e9\u00e9}]}]",
			"egress rule 1 allows 10.96.0.1 but only on a pod's port named " + strings.Repeat("a", 55) + "..."},
		{"an escape sequence", `egress: [{ports: [{port: "a\u001b[2J\n"}]}]`,
			"egress rule 1 allows 10.96.0.1 but only on a pod's port named a?[2J?/TCP"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			peer, port, protocol := ask("10.96.0.1:443/TCP")
			d := Egress(specs(t, tc.spec), web, peer, port, protocol)
			if len(d.Policies) != 1 || d.Policies[0].Why != tc.want {
				t.Errorf("got  %+v\nwant %q", d, tc.want)
			}
		})
	}
}

// TestShorten: a reason has 120 bytes at most, and is cut between letters.
func TestShorten(t *testing.T) {
	a := strings.Repeat("a", maxWhy)
	for text, want := range map[string]string{
		a:                         a,
		a + "a":                   a[:maxWhy-3] + "...",
		a[:maxWhy-3] + "€":        a[:maxWhy-3] + "€",
		a[:maxWhy-3] + "€a":       a[:maxWhy-3] + "...",
		a[:maxWhy-4] + "€€":       a[:maxWhy-4] + "...",
		a[:maxWhy-5] + "€€":       a[:maxWhy-5] + "...",
		a[:maxWhy-6] + "€€a":      a[:maxWhy-6] + "€...",
		"a\x1b[2J\r\n\u202eb\x00": "a?[2J???b?",
		"a\xff":                   "a\uFFFD",
	} {
		if got := shorten(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// FuzzEvaluate: whatever a list of policies holds, nothing panics, and the decision is what its
// parts say.
func FuzzEvaluate(f *testing.F) {
	for _, spec := range []string{
		`{"policyTypes":["Egress"],"egress":[]}`,
		`{"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["10.96.0.0/12"]}},{}],"ports":[{"port":"http","endPort":9},{"endPort":-1},{"port":443,"protocol":"UDP"}]}]}`,
		`{"podSelector":{"matchExpressions":[{"key":"app","operator":"In","values":["web"]}]},"ingress":[{"from":[{"namespaceSelector":{"matchLabels":{"":"\u0000"}}}],"ports":[{}]}]}`,
	} {
		f.Add([]byte(`{"items":[{"metadata":{"namespace":"shop","name":"a"},"spec":` + spec + `}]}`))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var list networkingv1.NetworkPolicyList
		if json.Unmarshal(data, &list) != nil {
			return
		}
		for _, target := range []string{"10.96.0.1:443/TCP", "10.244.1.3:5432/TCP", "172.18.0.5:53/UDP", "[fd00::1]:1/SCTP"} {
			peer, port, protocol := ask(target)
			for direction, d := range map[string]Decision{"egress": Egress(list.Items, web, peer, port, protocol), "ingress": Ingress(list.Items, web, peer, port, protocol)} {
				allows := func(j Judged) bool { return j.Allows }
				if d.Allowed != (len(d.Policies) == 0 || slices.ContainsFunc(d.Policies, allows)) {
					t.Errorf("%s %s: %+v", direction, target, d)
				}
				for _, j := range d.Policies {
					if len(j.Why) == 0 || len(j.Why) > maxWhy || !utf8.ValidString(j.Why) || j.Allows != (j.Rule > 0) {
						t.Errorf("%s %s: %+v", direction, target, j)
					}
				}
			}
		}
		if d := Egress(list.Items, onHost, Peer{}, 443, corev1.ProtocolTCP); !d.Allowed {
			t.Errorf("a pod on the host network: %+v", d)
		}
	})
}
