package observe_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// ran is a run with a value of every kind.
func ran() observe.Compact {
	moment := time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)
	return observe.Compact{
		Version: "v1.2.3; é", Took: 4321 * time.Millisecond, Incomplete: "interrupted by SIGTERM",
		Results: []observe.Result{
			{ID: "env.service", Status: observe.Pass, Observations: observe.Collect(func(log *observe.Log) {
				observe.EnvHostValue.Saw(log, "10.96.0.1")
				observe.EnvHostIsName.Saw(log, false)
			})},
			{ID: "dns.servers", Status: observe.Warn, Observations: observe.Collect(func(log *observe.Log) {
				observe.DNSUDP.SawAt(log, "10.96.0.10:53", observe.Silent)
				observe.DNSNameservers.Saw(log, "10.96.0.10", "a,b;c=d@e %")
			})},
			{ID: "net.connect", Status: observe.Fail, Observations: observe.Collect(func(log *observe.Log) {
				observe.APITCP.Saw(log, observe.Silent)
				observe.APIFails.Saw(log, 7, 8)
				observe.TokenExpires.Saw(log, moment)
				observe.APIReviewTook.Saw(log, 1500*time.Microsecond)
			})},
			{ID: "tls.chain", Status: observe.Skip, BlockedBy: "net.connect", Observations: observe.Set{}},
		},
	}
}

func TestCompactIsReadAsWritten(t *testing.T) {
	want := ran()
	text := want.Encode(3072)
	for _, c := range text {
		if c > '~' || c < ' ' && c != '\n' {
			t.Fatalf("%q is no printable ASCII in %q", c, text)
		}
	}
	got, err := observe.ReadCompact(text)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v, differs (-written +read):\n%s\n%s", err, diff, text)
	}
	if first := strings.Split(string(text), "\n")[1]; !strings.HasPrefix(first, "2 f net.connect ") {
		t.Errorf("the first result is %q, want the failed one", first)
	}
}

// TestCompactCut cuts it behind every byte: what is read is whole results in their order, the
// most telling ones, and how many are missing is known.
func TestCompactCut(t *testing.T) {
	whole := ran()
	text := whole.Encode(3072)
	order := []string{"net.connect", "dns.servers", "env.service", "tls.chain"}
	for end := range len(text) {
		got, err := observe.ReadCompact(text[:end])
		if head := strings.Index(string(text), ";"); end <= head {
			if err == nil {
				t.Fatalf("%q is read without an error", text[:end])
			}
			continue
		}
		if err != nil {
			t.Fatalf("%q: %v", text[:end], err)
		}
		n := len(got.Results)
		if whole := end >= len(text)-1; n+got.Missing != len(resultsIn(t, text)) || whole != (got.Missing == 0) {
			t.Fatalf("cut behind %d of %d bytes: %d results and %d missing", end, len(text), n, got.Missing)
		}
		for _, r := range got.Results {
			at := slices.IndexFunc(whole.Results, func(w observe.Result) bool { return w.ID == r.ID })
			if diff := cmp.Diff(whole.Results[at], r); diff != "" || !slices.Contains(order[:n], r.ID) {
				t.Fatalf("cut behind %d bytes: %s is among the first %d, or differs:\n%s", end, r.ID, n, diff)
			}
		}
	}
}

func resultsIn(t *testing.T, text []byte) []observe.Result {
	t.Helper()
	c, err := observe.ReadCompact(text)
	if err != nil {
		t.Fatal(err)
	}
	return c.Results
}

// TestCompactHasRoomForWhatDecides gives it less and less room: texts go first, then the least
// telling results, and it is never longer.
func TestCompactHasRoomForWhatDecides(t *testing.T) {
	c := ran()
	full := len(c.Encode(1 << 20))
	texts, results := false, false
	for limit := full; limit > 80; limit-- {
		text := c.Encode(limit)
		if len(text) > limit {
			t.Fatalf("%d bytes, want at most %d", len(text), limit)
		}
		got, err := observe.ReadCompact(text)
		if err != nil {
			t.Fatal(err)
		}
		all := observe.All(got.Results)
		if got.Missing == 0 && observe.APITCP.In(all) != observe.Silent {
			t.Fatalf("no result is missing, and what decides is, at %d bytes:\n%s", limit, text)
		}
		texts = texts || got.Missing == 0 && !all.Saw(observe.TokenExpires.Row)
		results = results || got.Missing > 0 && len(got.Results) > 0 && got.Results[0].ID == "net.connect"
	}
	if !texts || !results {
		t.Errorf("texts went before results: %v; the most telling result stayed last: %v", texts, results)
	}
}

func TestCompactOfAnotherVersion(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "no observations",
		"k8sdoctor: cannot run":             "no observations",
		"k8sdoctor-observations/2 v9 1 1 ;": "in the form k8sdoctor-observations/2",
		"k8sdoctor-observations/1 v1 1 ;":   "no observations",
		"k8sdoctor-observations/1 v1 1 0 ;\n0 p env.service;\n":          "no observations",
		"k8sdoctor-observations/1 v1 1 1 ;\n0 x env.service;\n":          "no observations",
		"k8sdoctor-observations/1 v1 1 1 ;\n0 p env.service .host;\n":    "no observations",
		"k8sdoctor-observations/1 v1 1 1 ;\n0 p net.x .api.fails=a;\n":   "api.fails=a",
		"k8sdoctor-observations/1 v1 1 1 ;\n0 p net.x .api.fails=9/8;\n": "9 of 8",
	} {
		if _, err := observe.ReadCompact([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", text, err, want)
		}
	}
	text := "k8sdoctor-observations/1 v9 1 1 ;\n0 p env.service .host=new-word env.nobody-knows=yes .host-is-name=no;\n"
	c, err := observe.ReadCompact([]byte(text))
	if err != nil || len(c.Results) != 1 || len(c.Results[0].Observations) != 1 || !observe.EnvHostIsName.No(c.Results[0].Observations) {
		t.Errorf("got %v, %v; want what this version knows alone", c, err)
	}
}

func FuzzReadCompact(f *testing.F) {
	f.Add(ran().Encode(3072))
	f.Add([]byte("k8sdoctor-observations/1 v1 1 1 ;\n0 p net.x .api.fails=1/8;\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := observe.ReadCompact(data)
		if err != nil {
			if !errors.Is(err, observe.ErrNotCompact) && !strings.HasPrefix(err.Error(), "observations in the form") {
				t.Fatalf("an unknown error: %v", err)
			}
			return
		}
		if again, err := observe.ReadCompact(c.Encode(1 << 20)); err != nil || fmt.Sprint(len(again.Results)) != fmt.Sprint(len(c.Results)) {
			t.Fatalf("%q is read as %d results, and those as %d, %v", data, len(c.Results), len(again.Results), err)
		}
	})
}
