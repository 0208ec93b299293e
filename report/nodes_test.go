package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// fleetOf is a run on 120 nodes, with three problems on five of them.
func fleetOf() Nodes {
	n := Nodes{
		APIVersion: "k8sdoctor/v1", Kind: "NodesReport", Version: "v1.2.3", Namespace: "ops", Status: observe.Fail,
		Started: time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC), Took: observe.Milliseconds(41 * time.Second), NotExamined: []string{"win-1 (Windows)"},
	}
	for i := range 120 {
		node := Node{Name: fmt.Sprintf("worker-%d", i), Status: observe.Pass, Doctor: "v1.2.3", Checks: map[string]observe.Status{
			"cluster.pod": observe.Pass, "env.service": observe.Pass, "volume.ca": observe.Pass, "dns.servers": observe.Pass, "net.connect": observe.Pass,
			"tls.chain": observe.Pass, "auth.review": observe.Pass, "api.version": observe.Pass,
		}}
		switch i {
		case 7, 9, 12:
			node.Status = observe.Fail
			node.Checks["net.connect"], node.Checks["tls.chain"], node.Checks["auth.review"], node.Checks["api.version"] = observe.Fail, observe.Skip, observe.Skip, observe.Skip
		case 30:
			node.Status, node.Checks["dns.servers"] = observe.Warn, observe.Warn
		case 31:
			node.Status, node.Doctor, node.Checks = observe.Fail, "", map[string]observe.Status{"cluster.pod": observe.Fail}
		}
		n.Nodes = append(n.Nodes, node)
	}
	n.Problems = []Problem{
		{Status: observe.Fail, Code: "net.service-ips-dead", Confidence: causes.Certain, Title: "Service IPs do not work on this node (kube-proxy or its replacement)",
			Evidence: []string{"the API server's address does not answer"}, Remedy: "repair kube-proxy, or its replacement, on node worker-7",
			Fix: []string{"# 1. look"}, Nodes: []string{"worker-7", "worker-9", "worker-12"}, Shared: []string{"label topology.kubernetes.io/zone=eu-1b", "kernel 6.1.0-21"}},
		{Status: observe.Fail, Code: "launch.sandbox", Confidence: causes.Certain, Title: "the pod gets no network namespace: the CNI plugin or the container runtime on its node fails",
			Evidence: []string{"Failed to create pod sandbox"}, Remedy: "repair the pod network (CNI) on node worker-31", Fix: []string{}, Nodes: []string{"worker-31"}, Host: []string{"the API server is reached (worker-31)"}},
		{Status: observe.Warn, Code: "dns.silent", Confidence: causes.Likely, Title: "an egress policy drops DNS traffic, or the DNS server is down or unreachable",
			Evidence: []string{"over UDP, the nameserver does not answer"}, Remedy: "allow DNS in the egress policy, or start the DNS servers", Fix: []string{}, Nodes: []string{"worker-30"}},
	}
	return n
}

func TestNodesScreen(t *testing.T) {
	var out bytes.Buffer
	if err := NodesTable(&out, fleetOf(), Options{Again: "-o wide", Program: "kubectl k8sdoctor"}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	if len(lines) > 27 {
		t.Errorf("got %d lines, want 27 with a hint, a host network and a node of Windows", len(lines))
	}
	for _, line := range lines {
		if columns(line) > 80 {
			t.Errorf("%d columns: %s", columns(line), line)
		}
	}
	for _, text := range []string{
		"3 of 120 nodes: net.service-ips-dead (certain)\n", "nodes      worker-7, worker-9, worker-12\n", "115 of 120 nodes: healthy",
		"only these  label topology.kubernetes.io/zone=eu-1b; kernel 6.1.0-21", "repair kube-proxy, or its replacement, on node worker-7 (and 2 m",
		"1 node not examined: win-1 (Windows)", "120 nodes: 4 failed, 1 warned, 115 healthy, 41 s", "kubectl k8sdoctor explain net.service-ips-dead",
	} {
		if !strings.Contains(out.String(), text) {
			t.Errorf("%q is missing in\n%s", text, out.String())
		}
	}
	var rows []string
	for _, line := range lines {
		if strings.HasPrefix(line, "worker-") {
			rows = append(rows, strings.Join(strings.Fields(line), " "))
		}
	}
	if want := []string{"worker-7 +2 ok ok ok ok FAIL - - -", "worker-30 ok ok ok WARN ok ok ok ok", "worker-31 FAIL", "worker-0 +114 ok ok ok ok ok ok ok ok"}; strings.Join(rows, "\n") != strings.Join(want, "\n") {
		t.Errorf("got the rows\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
}

// TestLongNodeNames has names as clouds and kind give them: rows tell them apart, and three broken
// nodes stay on a screen.
func TestLongNodeNames(t *testing.T) {
	n := fleetOf()
	n.NotExamined, n.Nodes = nil, []Node{n.Nodes[7], n.Nodes[30], n.Nodes[31]}
	for i, name := range []string{"k8sdoctor-1795957815-18807-worker", "k8sdoctor-1795957815-18807-worker2", "k8sdoctor-1795957815-18807-control-plane"} {
		n.Nodes[i].Name = name
		n.Problems[i].Nodes, n.Problems[i].Shared = []string{name}, nil
		n.Problems[i].Remedy = "repair the pod network (CNI) on node " + name
	}
	var out bytes.Buffer
	if err := NodesTable(&out, n, Options{Again: "-o wide", Program: "kubectl k8sdoctor"}); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(out.String(), "\n"); lines > 24 {
		t.Errorf("got %d lines, want a screen of 24\n%s", lines, out.String())
	}
	for _, text := range []string{"\nk8sdoctor-179...7-worker ", "\nk8sdoctor-179...-worker2 ", "\nk8sdoctor-179...ol-plane ", "k8sdoctor-1795957815-18807-control-plane"} {
		if !strings.Contains(out.String(), text) {
			t.Errorf("%q is missing in\n%s", text, out.String())
		}
	}
}

// TestNodesOfHostileClusters has names and texts that are to break the formats.
func TestNodesOfHostileClusters(t *testing.T) {
	for _, text := range []string{"", "<script>alert(1)</script>", "\x1b[31mred", "a\u202eb", "\xff\xfe", strings.Repeat("long ", 2000)} {
		n := fleetOf()
		n.Version, n.Namespace, n.Selector = text, text, text
		n.Nodes[7].Name, n.Nodes[7].Doctor = text, text
		n.Nodes[7].Checks = map[string]observe.Status{text: observe.Fail}
		p := &n.Problems[0]
		p.Code, p.Title, p.Remedy, p.Nodes, p.Shared, p.Evidence, p.Fix, p.Host = text, text, text, []string{text}, []string{text}, []string{text}, []string{text}, []string{text}
		for _, f := range NodesFormats() {
			var out bytes.Buffer
			if err := f.Write(&out, n, Options{}); err != nil || out.Len() == 0 || !utf8.Valid(out.Bytes()) {
				t.Errorf("%.20q as %s: error %v, %d bytes, want valid UTF-8", text, f.Name, err, out.Len())
			}
			if f.Name == "html" && strings.Contains(out.String(), "<script") || strings.Contains(f.Name, "table wide") && strings.Contains(out.String(), "\x1b") {
				t.Errorf("%.20q is written as it is as %s", text, f.Name)
			}
		}
	}
}

func TestNodesMatrixHasEachNodeAndCheck(t *testing.T) {
	var out bytes.Buffer
	if err := NodesHTML(&out, fleetOf()); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	if rows := strings.Count(page, "<tr>"); rows != 121 {
		t.Errorf("got %d rows, want one for each node and the head", rows)
	}
	if cells := strings.Count(page, `<td class="`); cells != 120*8 {
		t.Errorf("got %d cells, want 8 checks on 120 nodes", cells)
	}
	if !strings.Contains(page, `<td class="fail" title="net.connect on worker-7: fail">`) {
		t.Error("the failed check of worker-7 is not drawn")
	}
}
