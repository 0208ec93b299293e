package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func TestCausesAreRankedAndSaidOnce(t *testing.T) {
	r := Report{
		Status: observe.Fail,
		Results: []observe.Result{
			{ID: "net.connect", Status: observe.Fail, Summary: "no answer"},
			{ID: "dns.servers", Status: observe.Fail, Summary: "silent"},
			{ID: "tls.name", Status: observe.Warn, Summary: "not covered"},
		},
		Verdict: diagnose.Verdict{Summary: "most likely: a policy", Causes: []diagnose.Finding{
			{
				Code: "net.egress-blocked", Confidence: causes.Likely, Title: "nothing leaves", Evidence: []string{"net.connect: no answer", "all is silent"},
				Against: []string{"one packet came"}, Decide: []string{"ask the node"}, Consequences: []string{"dns.servers: silent"}, Fix: []string{"kubectl x", "a:\n  b: c"},
			},
			{Code: "net.no-route", Confidence: causes.Possible, Title: "no route", Evidence: []string{"net.connect: no answer"}, Fix: []string{"ip route", "a:\n  b: c"}},
		}},
	}
	got := tableOf(t, r, Options{})
	want := `
most likely: a policy

FAIL  net.connect  net.egress-blocked
  no answer
  likely cause: nothing leaves
  all is silent
  contradicts: one packet came
  to confirm: ask the node
  explains: dns.servers: silent
  fix, for sh or bash:
    kubectl x
    a:
      b: c

FAIL  net.connect  net.no-route
  possible cause: no route
  fix, for sh or bash:
    ip route
    # the same commands as for net.egress-blocked

WARN  tls.name  no known cause
  not covered
`
	if !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant in it\n%s", got, want)
	}
	if strings.Count(got, "dns.silent") != 0 {
		t.Error("a consequence has a block of its own")
	}
}

func TestForeignVerdictIsShown(t *testing.T) {
	r := Report{Status: observe.Fail, Verdict: diagnose.Verdict{Summary: "so it is", Causes: []diagnose.Finding{{Code: "storage.slow", Confidence: causes.Possible, Title: "the disk is slow"}}},
		Results: []observe.Result{{ID: "storage.mount", Status: observe.Fail, Summary: "slow"}}}
	if got, want := tableOf(t, r, Options{}), "\nso it is\n\nstorage.slow\n  possible cause: the disk is slow\n\n"; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant in it\n%s", got, want)
	}
}

func TestProbesAreListedApart(t *testing.T) {
	r := Report{Status: observe.Fail, Results: []observe.Result{
		{ID: "net.connect", Status: observe.Fail, Summary: "no answer"},
		{ID: "probe.service-ip", Status: observe.Pass, Summary: "10.96.0.10:53 answers", Took: 1_200_000},
		{ID: "probe.foreign", Status: observe.Skip, Summary: "switched off"},
	}}
	for _, width := range []int{40, 80} {
		got := tableOf(t, r, Options{Width: width})
		before, after, found := strings.Cut(got, "PROBES")
		if !found || strings.Contains(before, "probe.") || strings.Contains(after, "PASS") || strings.Contains(after, "SKIP") ||
			!strings.Contains(after, "10.96.0.10:53 answers") || !strings.Contains(after, "1.2ms") || !strings.Contains(after, "switched off") {
			t.Errorf("width %d:\n%s", width, got)
		}
		if lines := strings.Split(strings.TrimSpace(got), "\n"); !strings.HasPrefix(lines[len(lines)-1], "FAIL  1 of 1 checks failed in ") {
			t.Errorf("got %q, want the probes left out", lines[len(lines)-1])
		}
	}
	if got := tableOf(t, saved(t, "failing"), Options{}); strings.Contains(got, "PROBES") {
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
		got := tableOf(t, r, Options{Width: width})
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
	results := []observe.Result{{ID: "a.b", Status: observe.Warn, Summary: "s"}}
	for _, tc := range []struct {
		name    string
		status  observe.Status
		clients []clients.Client
		want    bool
	}{
		{"differ", observe.Warn, []clients.Client{fails, works, unknown, alike}, true},
		{"differ, and nothing was found", observe.Pass, []clients.Client{fails, works, unknown, alike}, true},
		{"a remark, and nothing was found", observe.Pass, []clients.Client{{Name: "Python", Outcome: clients.Remark, Reason: "it trims"}, works}, false},
		{"a remark with the words of a release, and nothing was found", observe.Pass, []clients.Client{
			{Name: "Python", Since: "v1", Outcome: clients.Remark, Error: "no token", Reason: "it is missing"}, works, unknown, alike,
		}, true},
		{"all work", observe.Fail, []clients.Client{works}, false},
		{"nothing is known", observe.Fail, []clients.Client{unknown}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := tableOf(t, Report{Status: tc.status, Results: results, Clients: tc.clients}, Options{})
			if strings.Contains(got, "CLIENT") != tc.want {
				t.Errorf("got\n%s\nwant a table of clients: %v", got, tc.want)
			}
			if !tc.want {
				return
			}
			for _, want := range []string{"no token\n", "it is missing [v1]", "client-go  works", "C#, Ruby   unknown  not known\n"} {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
		})
	}
}

func TestTerminationMessageKeepsTheBestFix(t *testing.T) {
	long := strings.Repeat("x", 1500)
	cause := func(code string) diagnose.Finding {
		return diagnose.Finding{Code: code, Confidence: causes.Possible, Title: "t", Evidence: []string{"e"}, Fix: []string{long}}
	}
	got := decode(t, TerminationMessage(Report{Verdict: diagnose.Verdict{Summary: "s", Causes: []diagnose.Finding{cause("net.a"), cause("net.b"), cause("net.c")}}}))
	var kept []bool
	for _, c := range got.Causes {
		kept = append(kept, c.Fix != nil)
	}
	if diff := cmp.Diff([]bool{true, true, false}, kept); diff != "" {
		t.Errorf("fixes kept (-want +got):\n%s", diff)
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
	got := tableOf(t, Report{Status: observe.Fail, Results: results, Clients: rows}, Options{Width: 200})
	for _, want := range []string{"i/o timeout\n", reason + " [v1]\n", "Unable to connect\n", " [v2]\n", "Ruby, C#"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
	if n := strings.Count(got, reason); n != 2 { // beside the first text, and where there is no text
		t.Errorf("got\n%s\nwith the reason %d times, want 2", got, n)
	}
}
