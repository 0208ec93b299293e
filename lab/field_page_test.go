package lab

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// publicReport is one line of testdata/reports.jsonl.
type publicReport struct {
	ID, Source, Symptom, Cause string
	// Worlds are those of TestField that provoke it.
	Worlds []string
	// Scenario is the one of package nettest that does, Named what it names there, and Now
	// how that is judged.
	Scenario, Named, Now string
	// Why says why neither does.
	Why string
	// Before is the judgement when the report was found, if it was tried then.
	Before string
}

// judgement is that of today, the worst of several worlds; "" where none was made.
func (r publicReport) judgement(answers map[string]fieldAnswer) string {
	order := []string{rightAnswer, littleHelp, saysNothing, wrongAnswer}
	worst := r.Now
	for _, world := range r.Worlds {
		if got := answers[world].Judgement; slices.Index(order, got) > slices.Index(order, worst) {
			worst = got
		}
	}
	return worst
}

func (r publicReport) healthy() bool { return strings.HasPrefix(r.ID, "H") }

func readReports(t *testing.T) (reports []publicReport) {
	t.Helper()
	data, err := os.ReadFile("testdata/reports.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		var r publicReport
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		reports = append(reports, r)
	}
	return reports
}

// TestFieldReports holds the list of reports against the worlds that provoke them.
func TestFieldReports(t *testing.T) {
	scenarios := sourceOf(t, "../nettest")
	told := map[string]bool{}
	var known []string
	for _, w := range fieldWorlds() {
		if slices.Contains(known, w.name) {
			t.Errorf("two worlds are named %q", w.name)
		}
		known = append(known, w.name)
	}
	ids := map[string]bool{}
	beyond, healthy := 0, 0
	for _, r := range readReports(t) {
		if ids[r.ID] {
			t.Errorf("two reports are named %s", r.ID)
		}
		ids[r.ID] = true
		ways := 0
		for _, there := range []bool{len(r.Worlds) > 0, r.Scenario != "", r.Why != ""} {
			if there {
				ways++
			}
		}
		if ways != 1 || r.Source == "" || r.Symptom == "" || r.Cause == "" {
			t.Errorf("%s has %d of worlds, a scenario and a reason why not, want one, and a source, symptom and cause", r.ID, ways)
		}
		for _, world := range r.Worlds {
			told[world] = true
			if !slices.Contains(known, world) {
				t.Errorf("%s: no world is named %q", r.ID, world)
			}
		}
		if r.Scenario != "" {
			_, rest, found := strings.Cut(scenarios, `"`+r.Scenario+`"`)
			scenario, _, _ := strings.Cut(rest, "name:")
			if !found || !strings.Contains(scenario, `cause: "`+r.Named+`"`) {
				t.Errorf("%s: no scenario of nettest is named %q with the cause %s", r.ID, r.Scenario, r.Named)
			}
		}
		if r.healthy() {
			healthy++
		} else if r.Why == "" && r.ID[0] != 'K' {
			beyond++
		}
	}
	if beyond < 60 || healthy < 10 {
		t.Errorf("%d reports beyond the first are provoked and %d pods are well, want 60 and 10", beyond, healthy)
	}
	for _, world := range known {
		if !told[world] {
			t.Errorf("no report has the world %q", world)
		}
	}
}

// sourceOf is all of a package's source.
func sourceOf(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: no sources, %v", dir, err)
	}
	var all strings.Builder
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(data)
	}
	return all.String()
}

// TestFieldPageIsInStep compares docs/field.md with the reports and their golden answers.
func TestFieldPageIsInStep(t *testing.T) {
	const page = "../docs/field.md"
	answers := map[string]fieldAnswer{}
	data, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &answers); err != nil {
		t.Fatal(err)
	}
	head, err1 := os.ReadFile("testdata/field_head.md")
	tail, err2 := os.ReadFile("testdata/field_tail.md")
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	reports := readReports(t)
	got := string(head) + "\n" + fieldFigures(reports, answers) + "\n" + string(tail) + "\n" + fieldLog(reports, answers)
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is out of step; go test ./lab -run Field -update (-page +got):\n%s", page, diff)
	}
}

// fieldFigures counts the judgements.
func fieldFigures(reports []publicReport, answers map[string]fieldAnswer) string {
	sets := []struct {
		name string
		has  func(publicReport) bool
	}{
		{"the first 22, K01 to K22", func(r publicReport) bool { return r.ID[0] == 'K' }},
		{"networks, nodes, DNS, volumes, A01 to A65", func(r publicReport) bool { return r.ID[0] == 'A' }},
		{"meshes, proxies, clients, tokens, B01 to B86", func(r publicReport) bool { return r.ID[0] == 'B' }},
		{"odd pods that are well, H01 to HB12", publicReport.healthy},
	}
	var b strings.Builder
	b.WriteString("## Figures\n\n| reports | judged | right | of little help | silent | wrong | not made here |\n| --- | --- | --- | --- | --- | --- | --- |\n" +
		"| the first 22, before | 22 | 1 | 6 | 7 | 8 | - |\n")
	row := func(name string, of func(publicReport) string, has func(publicReport) bool, rest string) {
		n := map[string]int{}
		for _, r := range reports {
			if has(r) {
				n[of(r)]++
			}
		}
		none := n[""]
		delete(n, "")
		judged := 0
		for _, count := range n {
			judged += count
		}
		if rest == "" {
			rest = fmt.Sprint(none)
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %s |\n", name, judged, n[rightAnswer], n[littleHelp], n[saysNothing], n[wrongAnswer], rest)
	}
	for i, s := range sets {
		if i > 0 {
			row(s.name+", before, as far as tried", func(r publicReport) string { return r.Before }, s.has, "-")
		}
		row(s.name+", now", func(r publicReport) string { return r.judgement(answers) }, s.has, "")
	}
	return b.String()
}
