//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/k8sdoctor/k8sdoctor/report"
)

// TestNodesAtScale examines simulated nodes, of which E2E_SCALE has the numbers, such as
// 100,300,1000: the API server, the controllers and the scheduler are those of the cluster, and the
// test writes what kubelets would. It is not run with the other tests.
func TestNodesAtScale(t *testing.T) {
	if os.Getenv("E2E_SCALE") == "" {
		t.Skip("E2E_SCALE has no number of nodes")
	}
	patientWithNodes(t)
	var figures []string
	for text := range strings.FieldsFuncSeq(os.Getenv("E2E_SCALE"), func(r rune) bool { return r == ',' }) {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(text, func(t *testing.T) { figures = append(figures, examineFleet(t, n)) })
	}
	t.Logf("\n| nodes | report after the last pod's end | whole run | peak memory | requests |\n| --- | --- | --- | --- | --- |\n%s", strings.Join(figures, "\n"))
}

// examineFleet runs the launcher on n simulated nodes, and returns a row of figures.
func examineFleet(t *testing.T, n int) string {
	ns := newNamespace(t, false)
	kubelets := startKubelets(t, string(ns), n)
	counting := newCounter(t)
	cmd := pluginCommand(t, ns.nodesArgs("-o", "json", "--start-timeout=2m", "-l", simulated+"="+string(ns), "--kubeconfig", counting.kubeconfig(t))...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	err := cmd.Run()
	ended := time.Now()
	if cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("got %v\n%s", err, stderr.String())
	}
	var got report.Nodes
	decode(t, []byte(stdout.String()), &got)
	var problems []string
	for _, p := range got.Problems {
		problems = append(problems, fmt.Sprintf("%s: %d", p.Code, len(p.Nodes)))
	}
	slices.Sort(problems)
	if want := kubelets.problems(); len(got.Nodes) != n || !slices.Equal(problems, want) {
		t.Errorf("got %d nodes and %q, want %d and %q", len(got.Nodes), problems, n, want)
	}
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss // in KiB
	after := ended.Sub(kubelets.lastEnd())
	if after > time.Minute || peak > 200<<10 {
		t.Errorf("the report came %s after the last pod's end, with %d MiB", after, peak>>10)
	}
	// of nodes twice, of the pods of kube-system, and of those of each DaemonSet
	if pages, total := (n+499)/500+1, counting.total(); total > 45+6*pages {
		t.Errorf("%d requests for %d pages of nodes%s", total, pages, counting.table())
	}
	t.Logf("requests: %s", counting.table())
	return fmt.Sprintf("| %d | %.1f s | %.0f s | %d MiB | %d |", n, after.Seconds(), ended.Sub(began).Seconds(), peak>>10, counting.total())
}

// counter is a way to the API server that counts requests.
type counter struct {
	server *httptest.Server
	mu     sync.Mutex
	counts map[string]int
}

var ofOneObject = regexp.MustCompile(`k8sdoctor-[a-z0-9-]+|kube-(dns|system)`)

func newCounter(t *testing.T) *counter {
	t.Helper()
	config := restConfig(t)
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{counts: map[string]int{}}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, Transport: transport, FlushInterval: -1}
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		watch := map[bool]string{true: " watch"}[r.URL.Query().Get("watch") != ""]
		c.counts[r.Method+" "+ofOneObject.ReplaceAllString(r.URL.Path, "*")+watch]++
		c.mu.Unlock()
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(c.server.Close)
	return c
}

func (c *counter) total() (n int) {
	for _, k := range c.counts {
		n += k
	}
	return n
}

func (c *counter) table() string {
	var lines []string
	for what, n := range c.counts {
		lines = append(lines, fmt.Sprintf("%4d %s", n, what))
	}
	slices.Sort(lines)
	return "\n" + strings.Join(lines, "\n")
}

// kubeconfig is a file that leads through the counter.
func (c *counter) kubeconfig(t *testing.T) string {
	t.Helper()
	config := api.NewConfig()
	config.Clusters["counted"] = &api.Cluster{Server: c.server.URL}
	config.Contexts["counted"] = &api.Context{Cluster: "counted"}
	config.CurrentContext = "counted"
	file := t.TempDir() + "/kubeconfig"
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		t.Fatal(err)
	}
	return file
}

// restConfig is that of kubectl, without a limit of its own.
func restConfig(t *testing.T) *rest.Config {
	t.Helper()
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(clientcmd.NewDefaultClientConfigLoadingRules(), nil).ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	config.QPS = -1
	return config
}

// each does something for many names, some at a time.
func each(ctx context.Context, names []string, do func(context.Context, string) error) error {
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		bad  error
		room = make(chan struct{}, 16)
	)
	for _, name := range names {
		room <- struct{}{}
		wait.Go(func() {
			defer func() { <-room }()
			if err := do(ctx, name); err != nil {
				mu.Lock()
				bad = err
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	return bad
}
