package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// launched is a report of a launcher that may not read the NetworkPolicies.
func launched(t *testing.T) Report {
	t.Helper()
	r := saved(t, "failing")
	r.Launch = &Launch{
		Target: "deployment/web", Chosen: "the least ready of 3 pods", Container: "web", Way: "ephemeral",
		NotTaken:  []NotTaken{{"exec", "the image has nothing that could take a program in"}},
		CannotSee: []string{"the files of the container"}, Notes: []string{"runs as user 1000"},
		NotSeen: []NotSeen{{What: "NetworkPolicies of namespace shop", Rule: "list networkpolicies.networking.k8s.io in namespace shop", Decides: []string{r.Verdict.Causes[0].Code}}},
	}
	return r
}

func TestLaunchIsShown(t *testing.T) {
	r := launched(t)
	for _, tc := range []struct {
		format func(*bytes.Buffer) error
		want   []string
	}{
		{func(b *bytes.Buffer) error { return Table(b, r, Options{Width: 200}) }, []string{"container web, by an ephemeral container", "NetworkPolicies of namespace shop (the right to list networkpolicies.networking.k8s.io in namespace shop) would decide"}},
		{func(b *bytes.Buffer) error { return Wide(b, r, Options{Width: 200}) }, []string{
			"asked for  deployment/web: the least ready of 3 pods", "not taken  exec: the image has nothing", "blind for  the files of the container", "note       runs as user 1000", "not seen   NetworkPolicies of namespace shop",
		}},
	} {
		var b bytes.Buffer
		if err := tc.format(&b); err != nil {
			t.Fatal(err)
		}
		for _, want := range tc.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("got\n%s\nwant %q", b.String(), want)
			}
		}
	}
}

// TestOfferIsShown is of what is no matter of rights: it may decide.
func TestOfferIsShown(t *testing.T) {
	r := launched(t)
	r.Launch.NotSeen = []NotSeen{{What: "what other pods meet", Decides: []string{r.Verdict.Causes[0].Code}}}
	var b bytes.Buffer
	if err := Table(&b, r, Options{Width: 200}); err != nil || !strings.Contains(b.String(), "what other pods meet may decide") {
		t.Errorf("got %v and\n%s", err, b.String())
	}
}

// TestLaunchSurvives writes and reads a report, whose texts another program may have spoilt.
func TestLaunchSurvives(t *testing.T) {
	r := launched(t)
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	again, err := Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Launch, again.Launch); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
	if err := validate(t, schema(t), b.String()); err != nil {
		t.Error(err)
	}
	spoilt := strings.Replace(b.String(), "the least ready of 3 pods", `\u001b[31mred`, 1)
	again, err = Read(strings.NewReader(spoilt))
	if err != nil || strings.Contains(again.Launch.Chosen, "\x1b") {
		t.Errorf("got %q, %v, want no escape", again.Launch.Chosen, err)
	}
}

// TestPodThatWasNeverCreated has no name.
func TestPodThatWasNeverCreated(t *testing.T) {
	r := Report{Launch: &Launch{Target: "deployment/web", Container: "web"}, Pod: causes.Pod{Namespace: "shop"}, Status: observe.Fail}
	if got := strings.Join(r.parts(), ", "); got != "deployment/web in namespace shop" {
		t.Errorf("got %q", got)
	}
}
