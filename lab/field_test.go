package lab

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/accuracy"
	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/corpus"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

var (
	update        = flag.Bool("update", false, "write testdata/field.json and docs/field.md again")
	writeAccuracy = flag.Bool("accuracy", false, "write what was found into docs/accuracy.md")
)

const goldenFile = "testdata/field.json"

// fieldWorld is a pod as a report of the field has it, and the right answer.
type fieldWorld struct {
	name   string
	change func(*plan)
	after  func(*Pod) error
	// right are the codes one of which comes first; nothing may be named if there is none.
	right []string
	// also are causes that are true beside it.
	also []string
	// sure is the most that may be said of it, certain if empty.
	sure causes.Confidence
	// never are wrong causes, each of which somebody would follow.
	never []string
	// untold are false sentences.
	untold []string
	// rows are clients of the table that fail or have a remark, with the words.
	rows map[string]string
	// warns are checks that may warn in a pod that is well.
	warns []string
	// why says why the answer is not right today.
	why string
}

// The judgements of a person in trouble.
const (
	rightAnswer = "right"          // the right cause first; nothing where nothing is wrong
	littleHelp  = "of little help" // beside or behind wrong ones, or without the client's words
	saysNothing = "silent"         // nothing, and a client fails
	wrongAnswer = "wrong"          // another cause as likely or certain, or a false sentence
)

// fieldAnswer is what the doctor says in a world.
type fieldAnswer struct {
	Judgement string   `json:"judgement"`
	Named     string   `json:"named,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
	Clients   []string `json:"clients,omitempty"` // that fail
}

// judge holds what the doctor says against what is true.
func (w fieldWorld) judge(o outcome) fieldAnswer {
	table := clients.Table(observe.All(o.results))
	a := fieldAnswer{Named: o.outline(), Warnings: o.warningsAndFailures(), Clients: clients.Failing(table), Judgement: rightAnswer}
	found := o.verdict()
	told := o.told()
	first := len(found) > 0 && slices.Contains(w.right, found[0].Code)
	switch {
	case slices.ContainsFunc(found, w.wronglySure), slices.ContainsFunc(w.untold, func(text string) bool { return strings.Contains(told, text) }),
		len(found) > 0 && slices.Contains(w.never, found[0].Code):
		a.Judgement = wrongAnswer
	case len(w.right) > 0 && len(found) == 0, len(w.right) == 0 && !w.says(table):
		a.Judgement = saysNothing
	case len(w.right) > 0 && !first, len(w.right) == 0 && len(found) > 0, !w.says(table),
		slices.ContainsFunc(found, func(f diagnose.Finding) bool { return slices.Contains(w.never, f.Code) }),
		len(w.right) == 0 && slices.ContainsFunc(a.Warnings, func(id string) bool { return !slices.Contains(w.warns, id) }):
		a.Judgement = littleHelp
	}
	return a
}

// wronglySure says that the finding is likely or certain, and not true or not to be known.
func (w fieldWorld) wronglySure(f diagnose.Finding) bool {
	order := []causes.Confidence{causes.Possible, causes.Likely, causes.Certain}
	atMost := causes.Possible
	if corpus.IsTrue(slices.Concat(w.right, w.also), f.Code) {
		atMost = causes.Certain
		if w.sure != "" && slices.Contains(w.right, f.Code) {
			atMost = w.sure
		}
	}
	return slices.Index(order, f.Confidence) > slices.Index(order, atMost)
}

// says that the table has the words of the clients that are in trouble.
func (w fieldWorld) says(table []clients.Client) bool {
	for name, words := range w.rows {
		if !slices.ContainsFunc(table, func(c clients.Client) bool {
			return c.Name == name && (c.Outcome == clients.Fails || c.Outcome == clients.Remark || c.MayFail()) && strings.Contains(c.Error+" "+c.Reason, words)
		}) {
			return false
		}
	}
	return true
}

func fieldWorlds() []fieldWorld {
	return slices.Concat(issueWorlds(), fieldOfServices(), fieldOfPaths(), fieldOfDNS(), fieldOfVolumes(), fieldOfProxies(), fieldOfMeshes(), fieldOfClients(), oddAndWell())
}

// TestField has each report of docs/field.md that loopback can provoke: what the doctor
// says is judged, and a judgement that changes, for the better or the worse, is noticed.
func TestField(t *testing.T) {
	golden := map[string]fieldAnswer{}
	data, err := os.ReadFile(goldenFile)
	if err == nil {
		err = json.Unmarshal(data, &golden)
	}
	if err != nil && !*update {
		t.Fatal(err)
	}
	var mu sync.Mutex
	now := map[string]fieldAnswer{}
	var table accuracy.Table
	t.Cleanup(func() {
		if *update {
			data, err := json.MarshalIndent(now, "", " ")
			if err == nil {
				err = os.WriteFile(goldenFile, append(data, '\n'), 0o644)
			}
			if err != nil {
				t.Error(err)
			}
		}
		if *writeAccuracy {
			if err := table.Write("../docs/accuracy.md", "field"); err != nil {
				t.Error(err)
			}
		}
	})
	for _, w := range fieldWorlds() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			o := world{change: w.change, after: w.after}.look(t)
			got := w.judge(o)
			mu.Lock()
			now[w.name] = got
			mu.Unlock()
			table.Add(w.row(o))
			if excused := w.why != ""; excused == (got.Judgement == rightAnswer) {
				t.Errorf("%s, and why not: %q", got.Judgement, w.why)
			}
			if diff := cmp.Diff(golden[w.name], got); diff != "" && !*update {
				t.Errorf("the answer has changed; go test ./lab -run Field -update (-golden +got):\n%s%s", diff, o)
			}
			if leak := o.leak(t); leak != "" {
				t.Errorf("the results hold %q of the token", leak)
			}
		})
	}
}

// row is the world in docs/accuracy.md.
func (w fieldWorld) row(o outcome) accuracy.Row {
	r := accuracy.Row{Fault: w.name, Got: o.verdict(), Took: o.took, Also: w.also}
	for _, code := range w.right {
		if r.Want == "" || len(r.Got) > 0 && r.Got[0].Code == code {
			r.Want = code
		}
	}
	return r
}

// TestFieldJudgements holds the judgement itself to account.
func TestFieldJudgements(t *testing.T) {
	for _, test := range []struct {
		name  string
		world fieldWorld
		want  string
	}{
		{"right", fieldWorld{change: faultOf("net.api-down"), right: []string{"net.api-down"}}, rightAnswer},
		{"behind another", fieldWorld{change: faultOf("net.api-down"), right: []string{"net.policy-rejects"}, also: []string{"net.api-down"}}, littleHelp},
		{"a look-alike that must not be followed", fieldWorld{change: faultOf("net.no-endpoints"), right: []string{"net.no-endpoints"}, never: []string{"net.api-down"}}, littleHelp},
		{"another cause is certain", fieldWorld{change: faultOf("volume.token-empty"), right: []string{"token.expired"}}, wrongAnswer},
		{"too sure", fieldWorld{change: faultOf("volume.token-empty"), right: []string{"volume.token-empty"}, sure: causes.Possible}, wrongAnswer},
		{"a false sentence", fieldWorld{change: faultOf("net.api-down"), right: []string{"net.api-down"}, untold: []string{"refused"}}, wrongAnswer},
		{"nothing is wrong", fieldWorld{}, rightAnswer},
		{"nothing is wrong, and a cause is certain", fieldWorld{change: faultOf("volume.token-empty")}, wrongAnswer},
		{"nothing is named", fieldWorld{right: []string{"net.api-down"}}, saysNothing},
		{"a client whose words are missing", fieldWorld{rows: map[string]string{"Python": "no such words"}}, saysNothing},
		{"a cause without the client's words", fieldWorld{change: faultOf("net.api-down"), right: []string{"net.api-down"}, rows: map[string]string{"Python": "no such words"}}, littleHelp},
	} {
		if got := test.world.judge(world{change: test.world.change}.look(t)); got.Judgement != test.want {
			t.Errorf("%s: got %s, want %s", test.name, fmt.Sprintf("%+v", got), test.want)
		}
	}
}
