package main

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/causes"
)

var update = flag.Bool("update", false, "write the pages of docs/ again")

func TestPageOfCausesIsInStep(t *testing.T) {
	inStep(t, "../../docs/causes.md", "explain", "--all")
}

func TestPageOfObservationsIsInStep(t *testing.T) {
	inStep(t, "../../docs/observations.md", "list", "observations", "--markdown")
}

// inStep compares a page of docs/ with what a call prints.
func inStep(t *testing.T, page string, args ...string) {
	status, got, stderr := call(t.Context(), args...)
	if status != 0 || stderr != "" {
		t.Fatalf("got status %d and %q", status, stderr)
	}
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
		t.Errorf("%s is out of step; go test ./cmd/k8sdoctor -run InStep -update (-page +got):\n%s", page, diff)
	}
}

func TestEveryCauseIsExplained(t *testing.T) {
	_, all, _ := call(t.Context(), "explain", "--all")
	for _, c := range causes.All() {
		status, got, stderr := call(t.Context(), "explain", c.Code)
		if status != 0 || stderr != "" || !strings.HasPrefix(got, "# "+c.Code+"\n") {
			t.Errorf("%s: got status %d, %q and\n%s", c.Code, status, stderr, got)
		}
		if n := strings.Count(all, "\n### "+c.Code+"\n"); n != 1 {
			t.Errorf("%s: %d entries on the page, want 1", c.Code, n)
		}
		for _, step := range (causes.Input{}).FixOf(c).Lines() {
			if !strings.Contains(got, step) {
				t.Errorf("%s: the fix lacks %q", c.Code, step)
			}
		}
		prose, _, _ := strings.Cut(got, "```")
		for line := range strings.SplitSeq(prose, "\n") {
			if len(line) > 80 && !strings.HasPrefix(line, "|") {
				t.Errorf("%s: %d columns: %q", c.Code, len(line), line)
			}
		}
	}
}

func TestExplainSuggestsTheNearestCode(t *testing.T) {
	for _, tc := range []struct{ typed, want string }{
		{"tls.expird", "tls.expired"}, {"api-blocked", "net.api-blocked"}, {"TOKEN.EXPIRED", "token.expired"}, {"dns.servfial", "dns.servfail"}, {"mtu", "net.mtu"}, {"net.host-not-covered", "tls.host-not-covered"}, {"nt.mtu", "net.mtu"},
		{"expired", `tls.expired" or "token.expired`},
	} {
		status, stdout, stderr := call(t.Context(), "explain", tc.typed)
		if status != 2 || stdout != "" || !strings.Contains(stderr, `did you mean "`+tc.want+`"?`) {
			t.Errorf("%s: got status %d, %q and %q, want %s", tc.typed, status, stdout, stderr, tc.want)
		}
	}
}
