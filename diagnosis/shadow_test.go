package diagnosis_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/diagnosis"
	"github.com/k8sdoctor/k8sdoctor/lab"
	"github.com/k8sdoctor/k8sdoctor/lab/bubble"
)

func TestShadow(t *testing.T) {
	var mu sync.Mutex
	var lines []string
	t.Cleanup(func() {
		slices.Sort(lines)
		fmt.Println(strings.Join(lines, "\n"))
	})
	for _, f := range lab.Faults() {
		if f.NonRoot {
			continue
		}
		t.Run(f.Code, func(t *testing.T) {
			t.Parallel()
			var results []checks.Result
			dir := t.TempDir()
			bubble.Run(t, func(t *testing.T) {
				pod, err := lab.StartInMemory(dir, f.Code)
				if err != nil {
					t.Fatal(err)
				}
				results = slices.Collect(checks.Run(t.Context(), pod.System, append(checks.All(), checks.Probes()...), 5*time.Second, nil))
				pod.Close()
			})
			outline := func(n int, at func(int) (string, string)) string {
				var s []string
				for i := range n {
					c, k := at(i)
					s = append(s, c+" "+k[:1])
				}
				return strings.Join(s, ", ")
			}
			a := diagnosis.Diagnose(diagnosis.Seen{Results: results})
			b := diagnose.Diagnose(causes.Pod{}, results)
			x := outline(len(a.Causes), func(i int) (string, string) { return a.Causes[i].Code, string(a.Causes[i].Confidence) })
			y := outline(len(b.Causes), func(i int) (string, string) { return b.Causes[i].Code, string(b.Causes[i].Confidence) })
			for _, u := range b.Unexplained {
				y += " UNEXPLAINED " + u.ID
			}
			mark := "  "
			if x != y {
				mark = "* "
			}
			if len(b.Causes) == 0 || b.Causes[0].Code != f.Code {
				mark = "! "
			}
			mu.Lock()
			lines = append(lines, fmt.Sprintf("%s%s\n      old %s\n      new %s", mark, f.Code, x, y))
			mu.Unlock()
		})
	}
}
