package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// limits are those of one run of the checks.
type limits struct{ run, check time.Duration }

// outcome is what a run saw.
type outcome struct {
	results []observe.Result
	secret  string // what must not be in them
	took    time.Duration
}

func (o outcome) of(id string) observe.Result {
	i := slices.IndexFunc(o.results, func(r observe.Result) bool { return r.ID == id })
	if i < 0 {
		return observe.Result{}
	}
	return o.results[i]
}

// warningsAndFailures lists what is neither pass nor skip, sorted.
func (o outcome) warningsAndFailures() []string {
	var found []string
	for _, r := range o.results {
		if r.Status == observe.Fail || r.Status == observe.Warn {
			found = append(found, r.ID+" "+string(r.Status))
		}
	}
	slices.Sort(found)
	return found
}

func (o outcome) String() string {
	var b strings.Builder
	for _, r := range o.results {
		b.WriteString(strings.Join([]string{"\n  ", string(r.Status), r.ID, r.BlockedBy, r.Summary}, " "))
	}
	return b.String()
}

// runIn runs all checks against a pod of the plan.
func runIn(dir string, p *plan, l limits, after func(*Pod) error) (o outcome, err error) {
	pod, err := start(dir, p)
	if err != nil {
		return o, err
	}
	defer pod.Close()
	if token, err := os.ReadFile(filepath.Join(dir, volumeDir, "token")); err == nil {
		o.secret = string(token[strings.LastIndexByte(string(token), '.')+1:])
	}
	if after != nil {
		if err := after(pod); err != nil {
			return o, err
		}
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), l.run, errors.New("the run's time is over"))
	defer cancel()
	begin := time.Now()
	o.results = slices.Collect(checks.Run(ctx, pod.System, checks.All(), l.check, nil))
	o.took = time.Since(begin)
	return o, nil
}

// leak returns a piece of the secret that stands in the results, or "".
func (o outcome) leak(t *testing.T) string {
	t.Helper()
	const length = 12
	text, err := json.Marshal(o.results)
	if err != nil {
		t.Fatal(err)
	}
	pieces := map[string]bool{}
	for i := 0; i+length <= len(o.secret); i++ {
		pieces[o.secret[i:i+length]] = true
	}
	for i := 0; i+length <= len(text); i++ {
		if pieces[string(text[i:i+length])] {
			return string(text[i : i+length])
		}
	}
	return ""
}

// broken says what no run may do, or "".
func (o outcome) broken(most time.Duration) string {
	ran := 0
	for _, r := range o.results {
		if observe.Broken.Yes(r.Observations) {
			return fmt.Sprintf("%s: %s %s", r.ID, r.Summary, r.Evidence.Get("stack 10"))
		}
		if !strings.HasPrefix(r.ID, "probe.") {
			ran++
		}
	}
	if want := len(checks.All()); ran != want {
		return fmt.Sprintf("got %d results, want %d", ran, want)
	}
	if o.took > most {
		return fmt.Sprintf("took %s, want at most %s", o.took, most)
	}
	return ""
}

func TestHealthy(t *testing.T) {
	for _, test := range []struct {
		name    string
		after   func(*Pod) error
		skipped []string
	}{
		{"alone", nil, []string{"net.name", "net.proxy", "tls.settings", "api.access", "kubectl-proxy.api"}},
		{"with a kubectl proxy", (*Pod).AddKubectlProxy, []string{"net.name", "net.proxy", "tls.settings", "api.access"}},
		{"with rights", func(pod *Pod) error {
			pod.System.Access = []observe.Access{{Verb: "list", Resource: "pods"}}
			return nil
		}, []string{"net.name", "net.proxy", "tls.settings", "kubectl-proxy.api"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o, err := runIn(t.TempDir(), healthy(), limits{10 * time.Second, 5 * time.Second}, test.after)
			if err != nil {
				t.Fatal(err)
			}
			var skipped []string
			for _, r := range o.results {
				switch {
				case r.Status == observe.Skip && r.BlockedBy == "":
					skipped = append(skipped, r.ID)
				case r.Status != observe.Pass:
					t.Errorf("%s: got %s (%s), want pass", r.ID, r.Status, r.Summary)
				}
			}
			if len(o.results) != len(checks.All()) {
				t.Errorf("got %d results, want %d", len(o.results), len(checks.All()))
			}
			if !slices.Equal(skipped, test.skipped) {
				t.Errorf("got skipped %q, want %q", skipped, test.skipped)
			}
			if leak := o.leak(t); leak != "" {
				t.Errorf("the results hold %q of the token", leak)
			}
		})
	}
}

// consequences are what a fault does to other checks than its own.
var consequences = map[string][]string{
	"token.expired":         {"token.claims warn", "auth.clock fail"},
	"token.not-yet-valid":   {"token.claims warn", "auth.clock fail"},
	"token.wrong-audience":  {"token.claims warn"},
	"token.foreign-pod":     {"token.claims warn"},
	"dns.nxdomain":          {"dns.resolve warn"},
	"dns.servfail":          {"dns.resolve warn"},
	"dns.refused":           {"dns.resolve warn"},
	"dns.slow":              {"dns.resolve warn"},
	"dns.node-resolver":     {"dns.config warn", "dns.servers warn"},
	"net.egress-blocked":    {"dns.servers warn"},
	"net.pod-routes":        {"dns.servers warn"},
	"net.mesh-not-ready":    {"dns.servers warn"},
	"net.pod-firewall":      {"dns.servers warn"},
	"net.socket-denied":     {"dns.servers warn"},
	"net.cidr-overlap":      {"dns.servers warn"},
	"net.policy-rejects":    {"dns.servers warn"},
	"proxy.in-path":         {"env.proxy warn"},
	"dns.rewritten":         {"dns.config warn", "dns.servers warn"},
	"token.not-renewed":     {"token.claims warn", "auth.clock fail"},
	"token.pod-terminating": {"token.claims warn"},
}

func TestFaults(t *testing.T) { testFaults(t, Faults()) }

// testFaults asserts that each fault is shown by its check, under its code, and
// that nothing else is found but its consequences.
func testFaults(t *testing.T, faults []Fault) {
	for _, f := range faults {
		t.Run(f.Code, func(t *testing.T) {
			o := world{change: f.apply}.look(t)
			for _, r := range o.results {
				if by := o.of(r.BlockedBy); r.BlockedBy != "" && by.Status != observe.Fail && by.Status != observe.Warn {
					t.Errorf("%s is blocked by %s, which has the status %q", r.ID, r.BlockedBy, by.Status)
				}
			}
			if got, want := o.warningsAndFailures(), f.warningsAndFailures(); !slices.Equal(got, want) {
				t.Errorf("got %q\nwant %q%v", got, want, o)
			}
			if leak := o.leak(t); leak != "" {
				t.Errorf("the results hold %q of the token", leak)
			}
		})
	}
}

// warningsAndFailures are what the checks make of a fault.
func (f Fault) warningsAndFailures() []string {
	if f.NonRoot && os.Getuid() == 0 {
		return nil
	}
	want := append([]string{f.Check + " " + string(f.Status)}, consequences[f.Code]...)
	slices.Sort(want)
	return want
}

// ofTime are the faults that are nothing but a delay: a process that gets no CPU
// itself cannot tell, and says nothing.
var ofTime = []string{"dns.slow", "api.slow", "net.conntrack-full", "net.first-syn-dropped"}

// TestFaultsOnSockets is TestFaults with real sockets, all at a time: they wait
// more than they work.
func TestFaultsOnSockets(t *testing.T) {
	t.Parallel()
	faults := Faults()
	outcomes := make([]outcome, len(faults))
	var group errgroup.Group
	group.SetLimit(32)
	for i, f := range faults {
		dir := t.TempDir()
		group.Go(func() (err error) {
			p := healthy()
			f.apply(p)
			outcomes[i], err = runIn(dir, p, limits{5 * time.Minute, 5 * time.Second}, nil)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for i, f := range faults {
		got, want := outcomes[i].warningsAndFailures(), f.warningsAndFailures()
		if slices.Contains(ofTime, f.Code) {
			want = slices.DeleteFunc(want, func(result string) bool { return !slices.Contains(got, result) })
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q\nwant %q%v", f.Code, got, want, outcomes[i])
		}
	}
}

func TestUnknownFault(t *testing.T) {
	_, err := Start(t.TempDir(), "dns.silent", "dns.tired")
	if err == nil || !strings.Contains(err.Error(), `"dns.tired"`) {
		t.Errorf("got %v, want an error that names dns.tired", err)
	}
}
