package accuracy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/corpus"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func TestWriteReplacesItsSection(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("# Title\n<!-- lab -->\nold\n<!-- end of lab -->\nrest\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var table Table
	table.Add(Row{Fault: "b", Want: "net.api-down", Got: []diagnose.Finding{{Code: "dns.silent", Confidence: causes.Possible}, {Code: "net.api-down"}}, Took: time.Second})
	table.Add(Row{Fault: "a", Took: 20 * time.Millisecond})
	if err := table.Write(page, "lab"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(page)
	want := `# Title
<!-- lab -->
The right cause comes first in 0 of 1 faults, and in 0 it is likely or certain. Beside it 1 others are named that are
not true. None is named in 1 of 1 healthy pods. The median time to the verdict on a fault is 1.0 s.

| provoked | right cause | first named | confidence | rank | untrue beside it | time to verdict |
| --- | --- | --- | --- | --- | --- | --- |
| a | none | none |  | - | 0 | 0.0 s |
| b | ` + "`net.api-down` | `dns.silent`" + ` | possible | 2 | 1 | 1.0 s |
<!-- end of lab -->
rest
`
	if err != nil || string(got) != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
	if err := table.Write(page, "kind"); err == nil || !strings.Contains(err.Error(), `no section "kind"`) {
		t.Errorf("got %v, want an error that names the section", err)
	}
}

func TestKeepStoresTheTruth(t *testing.T) {
	seen := observe.Collect(func(log *observe.Log) { observe.APITCP.Saw(log, observe.Silent) })
	var table Table
	table.Add(Row{Fault: "healthy", Got: []diagnose.Finding{{Code: "dns.slow"}}})
	table.Add(Row{Fault: "a", Want: "net.api-down", Also: []string{"dns.silent"}, Results: []observe.Result{{ID: "net.connect", Status: observe.Fail, Summary: "text", Observations: seen}}})
	dir := t.TempDir()
	if err := table.Keep(filepath.Join(dir, "set.json.gz")); err != nil {
		t.Fatal(err)
	}
	got, err := corpus.Load(dir, "set")
	want := []corpus.Case{
		{Name: "a", Truth: []string{"net.api-down", "dns.silent"}, Results: []observe.Result{{ID: "net.connect", Status: observe.Fail, Observations: seen}}},
		{Name: "healthy", Results: []observe.Result{}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestUntrueIsWhatNothingBroughtAbout(t *testing.T) {
	row := Row{Want: "token.unknown-key", Also: []string{"dns.slow"}, Got: []diagnose.Finding{{Code: "dns.slow"}, {Code: "token.rejected"}, {Code: "token.unknown-key"}, {Code: "net.mtu"}}}
	if got := row.Untrue(); !slices.Equal(got, []string{"net.mtu"}) {
		t.Errorf("got %q, want net.mtu alone", got)
	}
}

func TestStarvedCounts(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("<!-- starved -->\n<!-- end of starved -->\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	named := func(code string, c causes.Confidence) diagnose.Finding {
		return diagnose.Finding{Code: code, Confidence: c}
	}
	var single, paired Starved
	single.Add([]string{"api.slow"}, []diagnose.Finding{named("api.slow", causes.Likely)}, []diagnose.Finding{named("api.slow", causes.Possible)}, true)
	paired.Add([]string{"api.slow", "dns.slow"},
		[]diagnose.Finding{named("dns.slow", causes.Likely), named("api.slow", causes.Likely)},
		[]diagnose.Finding{named("net.mtu", causes.Likely), named("dns.slow", causes.Likely)}, false)
	if err := WriteStarved(page, "starved", &single, &paired); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(page)
	want := "| single faults | 1 | 1 | 1 | 1 | 1 | 1 | 0 | 0 |\n| pairs | 1 | 0 | 0 | 1 | 1 | 0 | 1 | 1 |\n"
	if err != nil || !strings.Contains(string(got), want) {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
}

func TestClientsCount(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("<!-- clients -->\n<!-- end of clients -->\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var c Clients
	c.Add("no token", []Ran{{Client: "Python", Known: true, Fit: true}, {Client: "kubectl", Works: true}})
	c.Add("automount off", []Ran{{Client: "Python", Works: true, Known: true}})
	if err := c.Write(page, "clients"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(page)
	want := "Of 3 clients in 2 pods, 1 did what the table of that pod's report says, in its words, 1 did not, and\nof 1 the table does not know.\n\n" +
		"| pod | clients |\n| --- | --- |\n| automount off | Python works, **not so** |\n| no token | Python fails; kubectl works, not known |\n"
	if err != nil || !strings.Contains(string(got), want) {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
}
