package diagnose

import (
	"strconv"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// world makes a set of "subject=value" with blanks between: a word, yes, no, a
// number, or k/n.
func world(t *testing.T, text string) observe.Set {
	t.Helper()
	set := observe.Set{}
	for _, pair := range strings.Fields(text) {
		id, value, _ := strings.Cut(pair, "=")
		var row *observe.Row
		for _, s := range observe.Vocabulary() {
			if s.ID == id {
				row = s
			}
		}
		if row == nil {
			t.Fatalf("no subject is named %q", id)
		}
		var v observe.Value
		switch k, n, count := strings.Cut(value, "/"); {
		case count:
			v.N, _ = strconv.Atoi(k)
			v.Of, _ = strconv.Atoi(n)
		case row.Kind == observe.KindNumber:
			v.N, _ = strconv.Atoi(value)
		case row.Kind == observe.KindText:
			v.Text = value
		default:
			v.Word = value
		}
		set[id] = []observe.Entry{{Value: v}}
	}
	return set
}

// outline is "code confidence" of each cause, as a verdict has them.
func outline(set observe.Set) string {
	var lines []string
	j := Judge(causes.All(), set)
	for _, problem := range j.Problems {
		lines = append(lines, codes(problem)...)
	}
	for _, r := range j.Unexplained {
		lines = append(lines, "unexplained "+r.ID)
	}
	return strings.Join(lines, ", ")
}
