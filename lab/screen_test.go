package lab

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// Where a report is read: in the failing pod, and in the pod of a Job that stands in for it.
var readIn = map[string]causes.Pod{
	"the pod": {Name: "checkout-7d9f8b6c5-x2k4q", Namespace: "shop", Node: "worker-2", ServiceAccount: "checkout"},
	"a Job":   {Name: "k8sdoctor-x2k4q", Namespace: "shop", Node: "worker-2", ServiceAccount: "checkout", Doctor: true},
}

func (o outcome) report(pod causes.Pod) report.Report {
	r := report.Report{Version: "v0.4.0", Pod: pod, Status: observe.Pass, Results: o.results, Attempt: 1, Verdict: diagnose.Diagnose(pod, o.results)}
	for _, status := range []observe.Status{observe.Warn, observe.Fail} {
		if slices.ContainsFunc(o.results, func(r observe.Result) bool { return r.Status == status }) {
			r.Status = status
		}
	}
	return r
}

func printed(t *testing.T, r report.Report, width int) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Table(&b, r, report.Options{Width: width}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// linesOf is how many lines of a terminal a text takes; the lab's texts are ASCII.
func linesOf(text string, width int) int {
	n := 0
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		n += max(1, (len(line)+width-1)/width)
	}
	return n
}

// TestEveryFaultFitsOneScreen demands 24 lines of 80 columns of each world in which one
// thing is wrong, and of each width that commands and addresses stay whole.
func TestEveryFaultFitsOneScreen(t *testing.T) {
	lines := map[int]int{}
	for _, s := range sickWorlds() {
		o := s.world.look(t)
		for where, pod := range readIn {
			r := o.report(pod)
			problems := map[int]bool{}
			for _, c := range r.Verdict.Causes {
				problems[c.Problem] = true
			}
			if len(problems) != 1 || len(r.Verdict.Unexplained) > 0 {
				continue
			}
			text := printed(t, r, 80)
			n := linesOf(text, 80)
			lines[n]++
			if n > 24 {
				t.Errorf("%s, in %s: %d lines\n%s", s.name, where, n, text)
			}
			for _, width := range []int{60, 80, 132, 200} {
				for _, problem := range broken(printed(t, r, width)) {
					t.Errorf("%s, in %s, width %d: %s", s.name, where, width, problem)
				}
			}
		}
	}
	if len(lines) == 0 {
		t.Fatal("no fault was rendered")
	}
	var shown []string
	for n := range 40 {
		if lines[n] > 0 {
			shown = append(shown, fmt.Sprintf("%d lines: %d", n, lines[n]))
		}
	}
	t.Log(strings.Join(shown, ", "))
}

// broken names the addresses that a line break parts, and the commands that do not
// stand on lines of their own.
func broken(text string) (problems []string) {
	joined := strings.Join(strings.Fields(text), "")
	for _, address := range []string{apiAddress, "10.96.0.10:53", "172.18.0.2:6443"} {
		if strings.Count(joined, address) != strings.Count(text, address) {
			problems = append(problems, fmt.Sprintf("%s is broken in\n%s", address, text))
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(line, "kubectl -n ") && len(line)-len(strings.TrimLeft(line, " ")) != len("    ") {
			problems = append(problems, fmt.Sprintf("a command stands behind other words: %q", line))
		}
	}
	return problems
}
