package predict

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBadInput names the file, the document and the field.
func TestBadInput(t *testing.T) {
	policy := func(spec string) string { return policyOf("shop", "deny", spec) }
	egress := func(rule string) string { return policy("{podSelector: {}, egress: [" + rule + "]}") }
	for _, tc := range []struct{ name, text, want string }{
		{"an unknown field", policy("{podSelector: {}}") + "\n---\n" + policy("{podSelector: {}, egres: []}"), "standard input, document 2 (NetworkPolicy shop/deny): spec.egres: unknown field"},
		{"a field in another case", policy("{podselector: {}}"), "spec.podselector: unknown field"},
		{"a field twice", policy("{podSelector: {}, podSelector: {}}"), `key "podSelector" already set in map`},
		{"a field twice in JSON", `{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "deny", "name": "b"}, "spec": {}}`, "metadata.name: duplicate field"},
		{"another type", policy("{podSelector: {}, policyTypes: Egress}"), "spec.policyTypes: a string cannot stand here"},
		{"a label that is no text", policy("{podSelector: {matchLabels: {a: 1}}}"), "spec.podSelector.matchLabels: a number cannot stand here"},
		{"no name", "apiVersion: v1\nkind: ServiceAccount", "standard input, document 1 (ServiceAccount shop/): metadata.name is missing"},
		{"no kind", "a: b", "document 1: no object of Kubernetes"},
		{"no YAML", "a: [b", "document 1: line 1: did not find expected"},
		{"no JSON", `{"a": `, "document 1: unexpected EOF"},
		{"text", "hello", "document 1: the document: a string cannot stand here"},
		{"a name that is invalid", policyOf("shop", "De_ny", "{podSelector: {}}"), "metadata.name: Invalid value"},
		{"a CIDR", egress("{to: [{ipBlock: {cidr: 10.0.0.0}}]}"), "spec.egress[0].to[0].ipBlock.cidr: Invalid value"},
		{"no CIDR", egress("{to: [{ipBlock: {}}]}"), "spec.egress[0].to[0].ipBlock.cidr: "},
		{"an exception outside", egress("{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}"), "ipBlock.except[0]: Invalid value"},
		{"an exception that is all", egress("{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}"), "must be a strict subset of `cidr`"},
		{"a block and a selector", egress("{to: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}"), "spec.egress[0].to[0]: Forbidden"},
		{"a peer of nothing", egress("{to: [{}]}"), "spec.egress[0].to[0]: Required value: must specify a peer"},
		{"a selector", policy("{podSelector: {matchExpressions: [{key: a, operator: Within}]}}"), "spec.podSelector.matchExpressions[0].operator: "},
		{"a port", egress("{ports: [{port: 70000}]}"), "spec.egress[0].ports[0].port: Invalid value"},
		{"the name of a port", egress("{ports: [{port: no_name}]}"), "spec.egress[0].ports[0].port: Invalid value"},
		{"a range that goes down", egress("{ports: [{port: 20, endPort: 10}]}"), "must be greater than or equal to `port`"},
		{"a range of a name", egress("{ports: [{port: web, endPort: 10}]}"), "may not be specified when `port` is non-numeric"},
		{"a range without a beginning", egress("{ports: [{endPort: 10}]}"), "may not be specified when `port` is not specified"},
		{"a protocol", egress("{ports: [{protocol: tcp}]}"), "protocol: Unsupported value"},
		{"a policy type", policy("{podSelector: {}, policyTypes: [egress]}"), "spec.policyTypes[0]: Unsupported value"},
		{"an address", strings.ReplaceAll(apiSlice("s", "10.0.0.256"), "\n\n", ""), "endpoints[0].addresses[0]: Invalid value"},
		{"an address of loopback", apiSlice("s", "127.0.0.1"), "loopback"},
		{"an item of a list", "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ServiceAccount}]", "standard input, document 1, item 1 (ServiceAccount shop/): metadata.name is missing"},
		{"items that are no list", "apiVersion: v1\nkind: List\nitems: {a: b}", "standard input, document 1: items: no list"},
		{"an item of a typed list", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicyList\nitems: [{metadata: {name: a}, spec: {x: 1}}]", "item 1 (NetworkPolicy shop/a): spec.x: unknown field"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var c Change
			err := c.Apply("-", "shop", strings.NewReader(tc.text))
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

// TestInput has the forms in which objects come.
func TestInput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "change.yaml")
	text := "# nothing\n---\n" + policyOf("shop", "a", "{podSelector: {}}") + "\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: many}\n---\n" +
		"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicyList\nitems: [{metadata: {generateName: b-}, spec: {podSelector: {}}}]\n---\n" +
		strings.ReplaceAll(apiSlice("web-x2x", "10.0.0.1"), "service-name: kubernetes", "service-name: web")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var c Change
	if err := c.Apply(file, "other", nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Apply("-", "other", strings.NewReader(`{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "c"}} {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "d"}}`)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range c.Applied {
		got = append(got, o.String())
	}
	if want := "NetworkPolicy shop/a, NetworkPolicy other/b-*, ServiceAccount other/c, Namespace d"; strings.Join(got, ", ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if want := file + ", document 3, item 1"; c.Applied[1].Source != want {
		t.Errorf("got the source %q, want %q", c.Applied[1].Source, want)
	}
	want := []string{"left out: Deployment web: objects of apps/v1 Deployment are not judged", "left out: EndpointSlice default/web-x2x: only EndpointSlices of the Services kubernetes and kube-dns are judged"}
	if lines := c.Omissions(); strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", lines, want)
	}
}

func TestInputIsBounded(t *testing.T) {
	var c Change
	if err := c.Apply("-", "shop", strings.NewReader(strings.Repeat("#", maxInput+1))); err == nil || !strings.Contains(err.Error(), "more than 16 MiB") {
		t.Errorf("got %v", err)
	}
}

// TestDeletionsAreNamed by a type and a name, or by a file.
func TestDeletionsAreNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "gone.yaml")
	if err := os.WriteFile(file, []byte(policyOf("shop", "a", "{podSelector: {}}")), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		file: "NetworkPolicy shop/a", "netpol/b": "NetworkPolicy other/b", "NetworkPolicies.networking.k8s.io/b": "NetworkPolicy other/b", "sa/c": "ServiceAccount other/c", "endpointslice/d": "EndpointSlice other/d",
		"deployment/web": "", "netpol/": "", "netpol/a/b": "", "nothing.yaml": "", "namespace/x": "",
	} {
		var c Change
		err := c.Delete(name, "other", nil)
		if (err != nil) != (want == "") || err == nil && c.Deleted[0].String() != want {
			t.Errorf("%s: got %v and %v, want %q", name, c.Deleted, err, want)
		}
	}
}
