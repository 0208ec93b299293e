package predict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

func shown(t *testing.T, p Prediction) string {
	t.Helper()
	var b bytes.Buffer
	p.Version = "v1"
	if err := Table(&b, p, 80); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTable(t *testing.T) {
	for change, want := range map[string]string{
		policyOf("shop", "deny", denyAll): `k8sdoctor v1: to apply NetworkPolicy shop/deny

FAIL  deployment/web, statefulset/cart in shop (3 pods, 1 without a token) would
      lose the API server (10.96.0.1:443) and DNS
        shop/deny has no egress rule
WARN  pod/alone in shop (1 pod without a token) may lose the API server
      (10.96.0.1:443): it depends on the network plugin
        172.18.0.2 is the pod's own node, to which some network plugins always
          allow traffic
        shop/deny has no egress rule
ok    1 pod loses nothing
`,
		policyOf("shop", "p", "{podSelector: {matchLabels: {app: web}}, egress: ["+toAPI+"]}"): `k8sdoctor v1: to apply NetworkPolicy shop/p

FAIL  deployment/web in shop (2 pods) would lose DNS
        shop/p has no egress rule for 10.96.0.10 (no pod): rule 1 is for
          10.96.0.1/32 or 172.18.0.2/32
        shop/p has no egress rule for 10.244.0.2: rule 1 is for 10.96.0.1/32
          or 172.18.0.2/32
        without DNS no name resolves, such as kubernetes.default.svc; the API
          server's address stays reachable
ok    3 pods lose nothing
`,
		apiSlice("kubernetes", "172.18.0.9"): `k8sdoctor v1: to apply EndpointSlice default/kubernetes

WARN  daemonset/calm in kube-system, pod/coredns-1 in kube-system,
      deployment/web in shop and 3 more (8 pods, 6 without a token) may lose the
      API server (10.96.0.1:443): no server is known at the new address
        the Service kubernetes would send all connections to 172.18.0.9:6443,
          at which no API server is known
note  the API server itself keeps EndpointSlice default/kubernetes, and writes
      it again within about 10 s
`,
	} {
		p, err := predicted(t, []string{aCluster, podsOfShop}, change)
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(t, p); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// TestTableInDocs keeps the example of docs/launcher.md.
func TestTableInDocs(t *testing.T) {
	p, err := predicted(t, []string{aCluster, podsOfShop}, policyOf("shop", "deny", denyAll))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/launcher.md")
	if _, body, _ := strings.Cut(shown(t, p), ":"); err != nil || !strings.Contains(string(page), body) {
		t.Errorf("docs/launcher.md does not show (%v)\n%s", err, body)
	}
}

// TestTableFitsTheScreen however much is lost, whatever is in a name.
func TestTableFitsTheScreen(t *testing.T) {
	var p Prediction
	for i := range 40 {
		p.Losses = append(p.Losses, Loss{Namespace: "shop", Workload: fmt.Sprintf("deployment/w%d\x1b[31m", i), Pods: []string{"p"}, Of: APIServer, At: "10.96.0.1:443", Why: []string{fmt.Sprint("reason ", i)}})
		p.Applied = append(p.Applied, Object{Kind: "NetworkPolicy", Namespace: "shop", Name: fmt.Sprint("p", i)})
	}
	p.Pods = Counts{Judged: 45, Lose: 40, Gain: 1, Keep: 2, Without: 2}
	p.Notes = []string{"a note"}
	text := shown(t, p)
	if n := strings.Count(text, "\n"); n > 24 || strings.Contains(text, "\x1b") {
		t.Errorf("got %d lines:\n%q", n, text)
	}
	for _, want := range []string{"to apply 40 NetworkPolicies\n", "more; -o json has all\n", "ok    2 pods lose nothing\nok    1 pod gains connections\n-     2 pods do not reach the API server today\nnote  a note\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("got\n%s\nwant %q", text, want)
		}
	}
}

// TestJSON has no list that is null.
func TestJSON(t *testing.T) {
	p, err := predicted(t, []string{aCluster, podsOfShop}, policyOf("shop", "deny", denyAll))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := JSON(&b, p); err != nil {
		t.Fatal(err)
	}
	var back Prediction
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || strings.Contains(b.String(), "null") || back.Kind != "Prediction" || len(back.Losses) != len(p.Losses) {
		t.Errorf("got %v and\n%s", err, b.String())
	}
}
