package corpus_test

import (
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/corpus"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func TestCount(t *testing.T) {
	named := func(code string, c causes.Confidence) corpus.Named { return corpus.Named{Code: code, Confidence: c} }
	for _, tc := range []struct {
		name  string
		truth []string
		named []corpus.Named
		want  corpus.Figures
	}{
		{"healthy", nil, nil, corpus.Figures{Healthy: 1, Quiet: 1}},
		{"healthy, and a cause is named", nil, []corpus.Named{named("dns.slow", causes.Certain)}, corpus.Figures{Healthy: 1, Untrue: 1, Certain: 1}},
		{"right and decided", []string{"net.mtu"}, []corpus.Named{named("net.mtu", causes.Likely)}, corpus.Figures{Faults: 1, Right: 1, Decided: 1}},
		{
			"right and open", []string{"net.mtu"}, []corpus.Named{named("net.mtu", causes.Possible), named("net.lossy", causes.Possible)},
			corpus.Figures{Faults: 1, Right: 1, Untrue: 1},
		},
		{
			"wrong, and sure of it", []string{"net.mtu"}, []corpus.Named{named("net.lossy", causes.Likely), named("net.mtu", causes.Certain)},
			corpus.Figures{Faults: 1, Untrue: 1, Likely: 1},
		},
		{"nothing named", []string{"net.mtu"}, nil, corpus.Figures{Faults: 1}},
		{
			"the general cause first", []string{"token.unknown-key"}, []corpus.Named{named("token.rejected", causes.Likely), named("token.unknown-key", causes.Possible)},
			corpus.Figures{Faults: 1, Right: 1, Decided: 1},
		},
		{
			"a special case where the general one is true", []string{"token.rejected"}, []corpus.Named{named("token.unknown-key", causes.Possible)},
			corpus.Figures{Faults: 1, Untrue: 1},
		},
		{"the second of a pair", []string{"net.mtu", "dns.slow"}, []corpus.Named{named("dns.slow", causes.Certain)}, corpus.Figures{Faults: 1, Right: 1, Decided: 1}},
	} {
		tc.want.Set = "set"
		got := corpus.Count("set", []corpus.Case{{Truth: tc.truth}}, func([]observe.Result) []corpus.Named { return tc.named })
		if got != tc.want {
			t.Errorf("%s: got %+v, want %+v", tc.name, got, tc.want)
		}
	}
}

func TestTable(t *testing.T) {
	before := []corpus.Figures{{Set: "lab", Faults: 86, Right: 84, Decided: 60, Untrue: 17, Healthy: 1, Quiet: 1}}
	now := []corpus.Figures{
		{Set: "lab", Faults: 86, Right: 85, Decided: 59, Untrue: 11, Likely: 1, Healthy: 1, Quiet: 1},
		{Set: "kind", Faults: 2, Right: 1},
	}
	const want = `| set | faults | right first | decided | untrue | of them likely | certain | healthy | nothing named |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| lab | 86 | 84 / 85 | 60 / 59 | 17 / 11 | 0 / 1 | 0 / 0 | 1 | 1 / 1 |
| kind | 2 | 0 / 1 | 0 / 0 | 0 / 0 | 0 / 0 | 0 / 0 | 0 | 0 / 0 |
`
	if got := corpus.Table(before, now); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, want := now[0].Worse(before[0]), "decided: 59, was 60; wrongly likely: 1, was 0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := before[0].Worse(before[0]); got != "" {
		t.Errorf("figures are worse than themselves: %s", got)
	}
}
