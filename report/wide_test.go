package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func TestWideHasEverything(t *testing.T) {
	r := saved(t, "failing")
	got := textOf(t, Wide, r, Options{Width: 200})
	for _, result := range r.Results {
		if !strings.Contains(got, result.ID+" ") {
			t.Errorf("%s is missing", result.ID)
		}
		for _, fact := range result.Evidence {
			if want := wrap(fact.Key+": "+fact.Value, 100)[0]; !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing", result.ID, want)
			}
		}
	}
	for id := range observe.All(r.Results) {
		if !strings.Contains(got, "\n"+id+" ") {
			t.Errorf("the observation %s is missing", id)
		}
	}
	for _, c := range clients.Table(observe.All(r.Results)) {
		if !strings.Contains(got, strings.Fields(c.Name)[0]) {
			t.Errorf("the client %s is missing", c.Name)
		}
	}
	for _, c := range r.Verdict.Causes {
		if strings.Count(got, "\n"+c.Code+" (") != 1 {
			t.Errorf("%s does not have one block", c.Code)
		}
	}
}

func TestWideOfManyResultsIsComplete(t *testing.T) {
	r := hostile()["2,000 results"]
	listed := map[string]bool{}
	for line := range strings.SplitSeq(textOf(t, Wide, r, Options{}), "\n") {
		if words := strings.Fields(line); len(words) > 2 {
			listed[words[0]+" "+words[1]] = true
		}
	}
	for _, result := range r.Results {
		if !listed[word(result.Status)+" "+result.ID] {
			t.Fatalf("%s is missing", result.ID)
		}
	}
}

// TestFixesStandVerbatim: what is pasted, a here-document as well, begins in the first
// column.
func TestFixesStandVerbatim(t *testing.T) {
	for _, c := range causes.All() {
		r := Report{Status: observe.Fail, Results: []observe.Result{{ID: "some.check", Status: observe.Fail, Summary: "seen"}}, Verdict: verdictOf(c)}
		got := textOf(t, Wide, r, Options{Width: 40})
		for _, step := range (causes.Input{}).FixOf(c).Lines() {
			if strings.HasPrefix(step, "# ") && !strings.Contains(step, "\n") {
				continue
			}
			if want := "\n" + step + "\n"; !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in\n%s", c.Code, step, got)
			}
		}
	}
}

func TestStepsOfFixesStandOnce(t *testing.T) {
	step := "# 1. look: at what?\nkubectl x"
	r := Report{Status: observe.Fail, Results: []observe.Result{{ID: "a.b", Status: observe.Fail, Summary: "s"}}, Verdict: diagnose.Verdict{Causes: []diagnose.Finding{
		{Code: "net.a", Problem: 1, Fix: []string{step}}, {Code: "net.b", Problem: 1, Fix: []string{step}},
	}}}
	got := textOf(t, Wide, r, Options{})
	if strings.Count(got, "kubectl x") != 1 || !strings.Contains(got, "\n# the same step as for net.a: 1. look: at what?\n") {
		t.Errorf("got\n%s\nwant the step once, and named the second time", got)
	}
}

func TestProbesAreListedApart(t *testing.T) {
	r := Report{Status: observe.Fail, Results: []observe.Result{
		{ID: "net.connect", Status: observe.Fail, Summary: "no answer"},
		{ID: "probe.service-ip", Status: observe.Pass, Summary: "10.96.0.10:53 answers", Took: 1_200_000},
		{ID: "probe.foreign", Status: observe.Skip, Summary: "switched off"},
	}}
	for _, width := range []int{40, 80} {
		got := textOf(t, Wide, r, Options{Width: width})
		before, after, found := strings.Cut(got, "PROBES")
		if !found || strings.Contains(before, "probe.") || strings.Contains(after, "PASS") || strings.Contains(after, "SKIP") ||
			!strings.Contains(after, "10.96.0.10:53 answers") || !strings.Contains(after, "1 ms") || !strings.Contains(after, "switched off") {
			t.Errorf("width %d:\n%s", width, got)
		}
	}
	if got := textOf(t, Wide, saved(t, "healthy"), Options{}); strings.Contains(got, "PROBES") {
		t.Error("a heading without probes")
	}
}

func TestProbesSayWhyTheyRan(t *testing.T) {
	r := Report{Status: observe.Fail, Results: []observe.Result{
		{ID: "net.connect", Status: observe.Fail, Summary: "no answer"},
		{ID: "probe.fresh", Status: observe.Pass, Summary: "none connects", Why: "net.api-down, net.api-blocked, net.lossy, net.mtu"},
		{ID: "probe.asked", Status: observe.Pass, Summary: "asked for by name"},
	}}
	for _, width := range []int{50, 80} {
		got := textOf(t, Wide, r, Options{Width: width})
		if !strings.Contains(strings.Join(strings.Fields(got), " "), "decides net.api-down, net.api-blocked and 2 more") || strings.Count(got, "decides") != 1 {
			t.Errorf("width %d: got\n%s\nwant why probe.fresh ran, and nothing of the other", width, got)
		}
	}
}

func TestClientsAreShownWhereTheyDiffer(t *testing.T) {
	fails := clients.Client{Name: "Python", Since: "v1", Outcome: clients.Fails, Error: "no token", Reason: "it is missing"}
	works := clients.Client{Name: "client-go", Since: "v2", Outcome: clients.Works}
	unknown := clients.Client{Name: "C#", Since: "v3", Outcome: clients.Unknown, Reason: "not known"}
	alike := clients.Client{Name: "Ruby", Since: "v4", Outcome: clients.Unknown, Reason: "not known"}
	got := textOf(t, Wide, Report{Status: observe.Fail, Results: []observe.Result{{ID: "a.b", Status: observe.Fail, Summary: "s"}}, Clients: []clients.Client{fails, works, unknown, alike}}, Options{})
	for _, want := range []string{"no token\n", "it is missing [v1]", "client-go  works", "C#, Ruby   unknown  not known\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

func TestReasonsOfClientsAreSaidOnce(t *testing.T) {
	const reason = "the API server's address does not answer"
	rows := []clients.Client{
		{Name: "client-go", Since: "v1", Outcome: clients.Fails, Error: "i/o timeout", Reason: reason},
		{Name: "kubectl in a pod", Since: "v2", Outcome: clients.Fails, Error: "Unable to connect", Reason: reason},
		{Name: "Ruby", Since: "v3", Outcome: clients.Fails, Reason: reason},
		{Name: "C#", Since: "v4", Outcome: clients.Fails, Reason: reason},
	}
	results := []observe.Result{{ID: "a.b", Status: observe.Fail, Summary: "s"}}
	got := textOf(t, Wide, Report{Status: observe.Fail, Results: results, Clients: rows}, Options{Width: 200})
	for _, want := range []string{"i/o timeout\n", reason + " [v1]\n", "Unable to connect\n", " [v2]\n", "Ruby, C#"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
	if n := strings.Count(got, reason); n != 2 { // beside the first text, and where there is no text
		t.Errorf("got\n%s\nwith the reason %d times, want 2", got, n)
	}
}

// TestWideNamesTheUnexplained demands what comes closest, with what contradicts it.
func TestWideNamesTheUnexplained(t *testing.T) {
	r := Report{Status: observe.Fail, Results: []observe.Result{{ID: "net.connect", Status: observe.Fail, Summary: "odd"}}, Verdict: diagnose.Verdict{
		Summary: "no known cause explains net.connect: odd", Unexplained: []diagnose.Unexplained{{ID: "net.connect", Summary: "odd", Nearest: []diagnose.Excluded{{Code: "net.mtu", Because: "it is large"}}}},
	}}
	for name, write := range map[string]Format{"table": {Write: Table}, "wide": {Write: Wide}} {
		got := textOf(t, write.Write, r, Options{})
		if !strings.Contains(got, "no known cause explains net.connect: odd") || !strings.Contains(got, fmt.Sprintf("  %-9s  net.mtu: it is large\n", "ruled out")) {
			t.Errorf("%s: got\n%s", name, got)
		}
	}
}
