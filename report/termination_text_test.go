package report

import (
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// readText checks what holds for any message, and returns its lines and whether
// it was cut.
func readText(t *testing.T, data []byte) (lines []string, cut bool) {
	t.Helper()
	if len(data) > 3072 {
		t.Errorf("got %d bytes, want at most 3072", len(data))
	}
	for i, b := range data {
		if b != '\n' && (b < ' ' || b > '~') {
			t.Fatalf("byte %d is %#x, want printable ASCII: %.200q", i, b, data)
		}
	}
	lines = strings.Split(string(data), "\n")
	last := len(lines) - 1
	if lines[last] != terminationEnd && lines[last] != terminationCut {
		t.Errorf("the last line does not say whether all is there: %q", lines[last])
	}
	return lines[:last], lines[last] == terminationCut
}

func TestTerminationTextFits(t *testing.T) {
	for name, r := range hostile() {
		t.Run(name, func(t *testing.T) { readText(t, TerminationText(r)) })
	}
	for size := 1; size < 1<<16; size = 2*size + 1 {
		for _, text := range []string{"x", "é", "漢", "\x01", "\n", "\xff"} {
			huge := strings.Repeat(text, size)
			for _, r := range []Report{reportOf(huge, huge, 3, 5), reportOf("short", huge, 1, size%500), reportOf(huge, "short", size%500, 1)} {
				if lines, _ := readText(t, TerminationText(r)); !strings.HasPrefix(lines[0], "FAIL") {
					t.Errorf("got the first line %.80q, want the verdict", lines[0])
				}
			}
		}
	}
}

func TestTerminationTextHoldsTheVerdict(t *testing.T) {
	r := Report{Status: observe.Fail, Incomplete: "interrupted by SIGTERM", Results: []observe.Result{{ID: "net.connect", Status: observe.Fail, Summary: "no answer"}, {ID: "tls.chain", Status: observe.Skip}}}
	r.Verdict = diagnose.Verdict{Causes: []diagnose.Finding{
		{
			Code: "net.a", Confidence: causes.Likely, Title: "a wall", Problem: 1, Check: "net.connect", Evidence: []string{"nothing passes", "it is high"}, Remedy: "take it down",
			Steps: []causes.Step{{Kind: causes.Look, Text: "how high is it?", Command: "kubectl get wall"}},
		},
		{Code: "net.b", Confidence: causes.Possible, Title: "no bridge", Problem: 1, Alternative: true},
		{Code: "dns.c", Confidence: causes.Certain, Title: "no name", Problem: 2},
	}}
	want := `FAIL  net.a (likely): a wall (incomplete: interrupted by SIGTERM)
seen: net.connect: no answer
seen: nothing passes
or: net.b (possible): no bridge
also: dns.c (certain): no name
fix: take it down
first: how high is it?
  kubectl get wall
(end; the log has the whole report)`
	if got := string(TerminationText(r)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTerminationTextOfAHealthyPod(t *testing.T) {
	r := Report{Status: observe.Pass, Verdict: diagnose.Verdict{Summary: "this pod can use the API server"}}
	if got, want := string(TerminationText(r)), "PASS  this pod can use the API server\n"+terminationEnd; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A command that is cut is another command, and one without what comes before
// it as well.
func TestTerminationTextCutsNoCommand(t *testing.T) {
	some := 0
	for size := 2600; size < 3200; size++ {
		command := "kubectl get " + strings.Repeat("x", size)
		steps := []causes.Step{{Kind: causes.Look, Text: "look", Command: command + "\nkubectl get y"}}
		lines, cut := readText(t, TerminationText(Report{Status: observe.Fail, Verdict: diagnose.Verdict{Causes: []diagnose.Finding{{Code: "net.a", Steps: steps}}}}))
		text := strings.Join(lines, "\n") + "\n"
		if all := strings.Contains(text, "  "+command+"\n  kubectl get y\n"); all == cut {
			t.Fatalf("a command of %d bytes: all is there %v, said to be cut %v:\n%s", len(command), all, cut, text)
		} else if !all && strings.Contains(text, "kubectl get") {
			t.Fatalf("a command of %d bytes is there in part:\n%s", len(command), text)
		} else if cut {
			some++
		}
	}
	if some == 0 || some == 600 {
		t.Errorf("%d of 600 were cut, want some", some)
	}
}

func FuzzTerminationText(f *testing.F) {
	f.Add("s", "t", uint16(1), uint16(1))
	f.Add(strings.Repeat("\x01", 3000), strings.Repeat("é", 3000), uint16(9), uint16(400))
	f.Fuzz(func(t *testing.T, summary, rest string, causes, failed uint16) {
		readText(t, TerminationText(reportOf(summary, rest, int(causes%40), int(failed%500))))
	})
}
