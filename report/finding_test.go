package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// policy is a finding with something of everything.
func policy() diagnose.Finding {
	return diagnose.Finding{
		Code: "net.api-blocked", Confidence: causes.Likely, Title: "a NetworkPolicy drops traffic", Problem: 1, Check: "net.connect",
		Evidence:    []string{"0 of 6 fresh connections succeed", "another Service IP answers"},
		Contradicts: []string{"one packet came"},
		RuledOut:    []diagnose.Excluded{{Code: "dns.silent", Because: "DNS answers"}, {Code: "net.lossy", Because: "none succeeds"}, {Code: "net.mtu", Because: "it is small"}},
		Remedy:      "allow the API server in the policy",
		Blanks:      []causes.Blank{{Name: "POD", Show: "kubectl -n shop get pods", Choose: true}},
		Steps: []causes.Step{
			{Kind: causes.Look, Text: "which policies select the pod?", Command: "kubectl -n shop get networkpolicy\nkubectl -n shop get pod $POD"},
			{Kind: causes.Change, Command: "kubectl apply"},
		},
	}
}

func reportWith(findings ...diagnose.Finding) Report {
	return Report{
		Version: "v1", Status: observe.Fail, Results: []observe.Result{{ID: "net.connect", Status: observe.Fail, Summary: "no answer"}},
		Verdict: diagnose.Verdict{Causes: findings, Works: "the API server accepts this pod's token"},
		Clients: []clients.Client{
			{Name: "client-go", Outcome: clients.Fails, Error: "i/o timeout; or another"}, {Name: "Python", Outcome: clients.Fails, Error: "timed out: ..."},
			{Name: "Ruby", Outcome: clients.Fails}, {Name: "Java", Outcome: clients.Unknown, Error: "no route"}, {Name: "C#", Outcome: clients.Works},
		},
	}
}

func TestFindingOnOneScreen(t *testing.T) {
	want := `k8sdoctor v1   pod unknown

FAIL network         no answer

net.api-blocked (likely): a NetworkPolicy drops traffic
  seen       0 of 6 fresh connections succeed
             another Service IP answers
  unusual    one packet came
  ruled out  net.lossy: none succeeds
             net.mtu: it is small
  works      the API server accepts this pod's token
  your app   client-go: i/o timeout
             Python: timed out
             Java: can fail: no route
             others that fail: Ruby
  fix        allow the API server in the policy
             first: which policies select the pod?
    kubectl -n shop get networkpolicy
    POD=POD # choose one from: kubectl -n shop get pods
    kubectl -n shop get pod $POD
  more       k8sdoctor check -o wide; k8sdoctor explain net.api-blocked

1 check failed, 0.0 ms
`
	if diff := cmp.Diff(want, textOf(t, Table, reportWith(policy()), Options{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWhatRemainsPossible demands the alternatives of a cause, with how to confirm it.
func TestWhatRemainsPossible(t *testing.T) {
	main := policy()
	main.Steps = nil
	main.Confidence, main.Confirm = causes.Possible, causes.Confirm{Command: "kubectl -n shop get networkpolicy", Text: "does one select the pod?"}
	r := reportWith(main)
	for _, code := range []string{"net.a", "net.b", "net.c", "net.d"} {
		r.Verdict.Causes = append(r.Verdict.Causes, diagnose.Finding{Code: code, Title: "title of " + code, Problem: 1, Alternative: true, Confidence: causes.Possible})
	}
	want := `  or         net.a: title of net.a
             net.b: title of net.b
             net.c, net.d
  confirm    does one select the pod?
    kubectl -n shop get networkpolicy
`
	if got := textOf(t, Table, r, Options{}); !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant in it\n%s", got, want)
	}
}

func TestFurtherProblemsAreBrief(t *testing.T) {
	second := policy()
	second.Code, second.Problem, second.Title = "dns.silent", 2, strings.Repeat("DNS is silent ", 8)
	second.Remedy = strings.Repeat("allow DNS ", 11)
	got := textOf(t, Table, reportWith(policy(), second), Options{})
	_, block, found := strings.Cut(got, "\ndns.silent (likely): ")
	block, _, _ = strings.Cut(block, "\n\n")
	if lines := strings.Split(block, "\n"); !found || len(lines) != 3 || !strings.HasSuffix(lines[0], "...") || strings.Count(strings.Join(strings.Fields(block), " "), "allow DNS") != 11 {
		t.Errorf("got\n%s\nwant three lines of dns.silent, with the whole fix", got)
	}
}

// TestCausesThatAreTrueTogether have a block each: only an alternative stands behind "or".
func TestCausesThatAreTrueTogether(t *testing.T) {
	second := policy()
	second.Code = "dns.silent"
	got := textOf(t, Table, reportWith(policy(), second), Options{})
	if !strings.Contains(got, "\ndns.silent (likely): ") || strings.Contains(got, "  or  ") {
		t.Errorf("got\n%s\nwant a block of dns.silent", got)
	}
}

// TestScreenKeepsWhatMattersMost has more to say than fits.
func TestScreenKeepsWhatMattersMost(t *testing.T) {
	f := policy()
	f.Title = strings.Repeat("a long title ", 12)
	f.Evidence = []string{"first evidence " + strings.Repeat("x ", 60), strings.Repeat("y ", 60), strings.Repeat("z ", 60), strings.Repeat("w ", 60)}
	f.Steps[0].Command = strings.Repeat("kubectl get pods ", 40)
	got := textOf(t, Table, reportWith(f), Options{})
	if n := height(strings.Split(strings.TrimSuffix(got, "\n"), "\n"), 80); n > screenLines {
		t.Errorf("got %d lines\n%s", n, got)
	}
	for _, want := range []string{"first evidence", "fix        allow", "client-go: i/o timeout", "k8sdoctor explain net.api-blocked"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	for _, leaves := range []string{"w w", "kubectl get pods"} {
		if strings.Contains(got, leaves) {
			t.Errorf("%q is in\n%s", leaves, got)
		}
	}
}

// TestCommandsStandAlone: nothing is to be deleted before a command is pasted, and no
// width breaks it.
func TestCommandsStandAlone(t *testing.T) {
	f := policy()
	f.Confidence, f.Confirm = causes.Possible, causes.Confirm{Command: "kubectl -n shop get pod web-5d4f -o jsonpath='{.metadata.deletionTimestamp}' | grep a-rather-long-word", Text: "is it there?"}
	for width := 60; width <= 200; width++ {
		lines := strings.Split(textOf(t, Table, reportWith(f), Options{Width: width}), "\n")
		for _, command := range []string{f.Confirm.Command, "kubectl -n shop get networkpolicy", "kubectl -n shop get pod $POD"} {
			found := false
			for _, line := range lines {
				found = found || strings.TrimLeft(line, " ") == command
			}
			if !found {
				t.Errorf("width %d: %q is not on a line of its own in\n%s", width, command, strings.Join(lines, "\n"))
			}
		}
	}
}

func TestYourApp(t *testing.T) {
	fails := func(name string) clients.Client {
		return clients.Client{Name: name, Outcome: clients.Fails, Error: name + " fails"}
	}
	works := func(name string) clients.Client { return clients.Client{Name: name, Outcome: clients.Works} }
	for _, tc := range []struct {
		name string
		all  []clients.Client
		want string
	}{
		{"none fails", []clients.Client{works("client-go"), {Name: "Python", Outcome: clients.Remark, Reason: "it trims"}}, ""},
		{"client-go works", []clients.Client{works("client-go"), fails("Python")}, "client-go: works|Python: Python fails"},
		{"all fail", []clients.Client{fails("client-go"), fails("a"), fails("b"), fails("c"), fails("d"), fails("e")}, "client-go: client-go fails|a: a fails|b: b fails|the other clients fail too"},
		{"some fail", []clients.Client{fails("client-go"), fails("a"), fails("b"), fails("c"), fails("d"), fails("e"), works("f")}, "client-go: client-go fails|a: a fails|b: b fails|others that fail: c, d, e"},
		{"a remark", []clients.Client{{Name: "client-go", Outcome: clients.Remark, Reason: "trims it"}, fails("a")}, "client-go: works: trims it|a: a fails"},
		{"without words", []clients.Client{{Name: "client-go", Outcome: clients.Fails, Reason: "no route"}}, "client-go: fails: no route"},
	} {
		var got []string
		for _, it := range appItems(tc.all) {
			for _, l := range it.lines {
				got = append(got, l.text)
			}
		}
		if diff := cmp.Diff(tc.want, strings.Join(got, "|")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestUnexplainedIsShownWithItsEvidence(t *testing.T) {
	r := Report{Status: observe.Fail, Results: []observe.Result{{ID: "net.connect", Status: observe.Fail, Summary: "odd", Evidence: observe.Evidence{{Key: "errno", Value: "EODD"}}}}}
	r.Verdict = diagnose.Verdict{Unexplained: []diagnose.Unexplained{{ID: "net.connect", Summary: "odd"}}, Works: "TLS works"}
	got := textOf(t, Table, r, Options{})
	for _, want := range []string{"\nno known cause explains net.connect: odd\n", "  seen       errno: EODD\n", "  works      TLS works\n", "k8sdoctor check -o wide\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// TestTitleOfACause demands that the color is that of the result.
func TestTitleOfACause(t *testing.T) {
	got := textOf(t, Table, reportWith(policy()), Options{Color: true})
	if want := fmt.Sprintf("\n\x1b[%smnet.api-blocked\x1b[0m (likely): ", colors[observe.Fail]); !strings.Contains(got, want) {
		t.Errorf("got\n%q\nwant %q in it", got, want)
	}
}
