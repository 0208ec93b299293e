package clients_test

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/lab"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

var (
	clientsDir = flag.String("clients", "../build/clients", "the directory with more clients, see make test-clients")
	writePage  = flag.Bool("page", false, "write what the clients of this machine do into docs/clients.md")
)

// TestRealClients serves every chain of the lab on loopback, and has the clients of this
// machine connect: each must do what the table says of it after the checks have looked
// at that chain, in the words that stand there.
func TestRealClients(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	found, missing := realClients(ctx)
	t.Logf("not on this machine: %s", strings.Join(missing, ", "))
	if len(found) == 0 {
		t.Fatal("no client is on this machine, so nothing is tested: install curl, python3, node, ruby or a JDK")
	}
	list, tables, roots := serveChains(ctx, t)
	ends := make([]map[string]string, len(found))
	var group sync.WaitGroup
	for i, c := range found {
		group.Go(func() { ends[i] = c.run(ctx, t, list) })
	}
	group.Wait()
	for _, chain := range lab.Chains() {
		for i, c := range found {
			end, ran := ends[i][chain.Name]
			if !ran {
				t.Errorf("%s: no word of %q", c, chain.Name)
				continue
			}
			end = strings.ReplaceAll(end, roots[chain.Name], "") // as the pod sees its files
			ends[i][chain.Name] = end
			predicted := tables[chain.Name][slices.IndexFunc(tables[chain.Name], func(p clients.Client) bool { return p.Name == c.row })]
			if wrong := c.contradicts(predicted, end); wrong != "" {
				t.Errorf("%s, %s: %s: got %q, predicted %s, %q (%s)", chain.Name, c, wrong, end, predicted.Outcome, predicted.Error, predicted.Reason)
			}
		}
	}
	if *writePage {
		if err := os.WriteFile("../docs/clients.md", page(found, missing, ends), 0o644); err != nil {
			t.Error(err)
		}
	}
}

// serveChains starts a server for each chain, and returns a list of them for clients,
// the tables after the checks have looked at them, and the roots of the pods' files.
func serveChains(ctx context.Context, t *testing.T) (list string, tables map[string][]clients.Client, roots map[string]string) {
	var lines strings.Builder
	tables, roots = map[string][]clients.Client{}, map[string]string{}
	wanted, err := checks.Select(checks.All(), []string{"volume.ca", "tls.chain", "tls.host", "tls.validity", "auth.review"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, chain := range lab.Chains() {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		pod, err := lab.Serve(dir, lab.Sockets{API: []net.Listener{l}}, lab.Setup{Chain: chain, ServiceIP: netip.MustParseAddr("127.0.0.1"), Nameservers: []string{"127.0.0.1"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { pod.Close() })
		port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
		pod.System.Env["KUBERNETES_SERVICE_PORT"] = port
		results := slices.Collect(checks.Run(ctx, pod.System, wanted, 10*time.Second, nil))
		seen := observe.All(results)
		if observe.TokenReview.In(seen) != observe.OK {
			t.Fatalf("%s: Go does not accept it: %+v", chain.Name, results)
		}
		tables[chain.Name], roots[chain.Name] = clients.Table(seen), dir
		fmt.Fprintf(&lines, "%s\t%s\t%s\n", chain.Name, filepath.Join(dir, "var/run/secrets/kubernetes.io/serviceaccount/ca.crt"), port)
	}
	list = filepath.Join(t.TempDir(), "chains")
	if err := os.WriteFile(list, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return list, tables, roots
}

// releases are what a reason says of the releases that fail; the clients of which it says
// nothing may do either.
var releases = []struct {
	words string
	fails func(release int) bool
}{
	{"since Python 3.13 with urllib3 2.4, which are strict; works with older ones", func(v int) bool { return v >= 13 }},
	{"with Python 3.12 and older", func(v int) bool { return v <= 12 }},
	{"since Node 24", func(v int) bool { return v >= 24 }},
	{"with Ruby's own OpenSSL", func(int) bool { return true }},
	{"before release 6.4", func(int) bool { return true }}, // the client of the test reads as they do
}

// contradicts says in what a client differs from what was predicted, or "".
func (c realClient) contradicts(predicted clients.Client, end string) string {
	fails := end != "ok"
	switch {
	case predicted.Outcome == clients.Unknown:
		return ""
	case predicted.Outcome == clients.Works && fails, predicted.Outcome == clients.Remark && predicted.Error == "" && fails:
		return "it fails"
	case predicted.Outcome == clients.Fails && !fails:
		return "it works"
	case fails && !printed(predicted.Error, end):
		return "other words"
	case predicted.Outcome != clients.Remark || predicted.Error == "":
		return ""
	}
	for _, r := range releases {
		if strings.Contains(predicted.Reason, r.words) && r.fails(c.release) != fails {
			return "another release"
		}
	}
	return ""
}

// printed says that one of the alternatives of a text of the table is in what a client
// printed; "..." stands for what varies.
func printed(text, end string) bool {
	return slices.ContainsFunc(strings.Split(text, "; or "), func(alternative string) bool {
		rest := end
		for part := range strings.SplitSeq(alternative, "...") {
			_, after, ok := strings.Cut(rest, strings.TrimSpace(part))
			if !ok {
				return false
			}
			rest = after
		}
		return true
	})
}
