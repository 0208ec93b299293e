package launch

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/lab/trial"
	"github.com/k8sdoctor/k8sdoctor/launch/like"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// sick is a pod with all in which one can differ.
func sick() *Target {
	return &Target{Asked: "pod/web", Container: "app", Pod: &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop", Labels: map[string]string{"app": "web", "tier": "web", "team": "a", "track": "stable"}},
		Spec: corev1.PodSpec{
			NodeName: "n1", ServiceAccountName: "web",
			Containers: []corev1.Container{{Name: "app", Env: []corev1.EnvVar{{Name: "HTTP_PROXY", Value: "http://proxy"}}}},
		},
	}}
}

// of is the report of a pod in the lab, on a node.
func of(t *testing.T, node string, faults ...string) report.Report {
	results, _ := trial.Results(t, checks.All(), faults...)
	return report.Report{Pod: causes.Pod{Name: "web", Namespace: "shop", Node: node}, Results: results, Launch: &report.Launch{}}.Rediagnosed()
}

func evidence(r report.Report) observe.Evidence {
	i := slices.IndexFunc(r.Results, func(result observe.Result) bool { return result.ID == "cluster.bisect" })
	return r.Results[i].Evidence
}

func has(d like.Difference, label string) bool { return !slices.Contains(d.Labels, label) }

// TestBisect pins faults of every reach, and counts the pods.
func TestBisect(t *testing.T) {
	t.Parallel()
	ill, healthy := of(t, "n1", "net.api-blocked"), of(t, "n1")
	for _, tc := range []struct {
		name    string
		fails   func(d like.Difference) bool
		summary string
		verdict string
		pods    int
	}{
		{"a label", func(d like.Difference) bool { return has(d, "tier") }, "it fails only with the label tier=web", "net.api-blocked certain", 7},
		{"another label", func(d like.Difference) bool { return has(d, "app") }, "it fails only with the label app=web", "net.api-blocked certain", 7},
		{"two labels together", func(d like.Difference) bool { return has(d, "tier") && has(d, "app") }, "it fails only with the label app=web", "net.api-blocked certain", 7},
		{"each of two labels", func(d like.Difference) bool { return has(d, "tier") || has(d, "app") }, "it fails only with the label app=web or with the label tier=web", "net.api-blocked certain", 12},
		{"the account", func(d like.Difference) bool { return !d.Account }, "it fails only with ServiceAccount web", "net.api-blocked certain", 7},
		{"the node", func(d like.Difference) bool { return !d.Node }, "it fails only on node n1", "net.api-blocked likely", 7},
		{"a label, and the account", func(d like.Difference) bool { return has(d, "tier") || !d.Account }, "it fails only with the label tier=web or with ServiceAccount web", "net.api-blocked likely", 15},
		{"every pod", func(like.Difference) bool { return true }, "a pod without the label app, without the label team, without the label tier, without the label track, with ServiceAccount default, on another node, without its variables fails as well", "net.api-blocked likely", 1},
		{"only this pod", func(like.Difference) bool { return false }, "a new pod like it on the same node does not fail", "net.api-blocked likely", 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			target := sick()
			b := &bisection{question: questionOf(target, ill), say: func(string) {}, again: func(context.Context) (report.Report, error) { return ill, nil }, copy: func(_ context.Context, d like.Difference) (copied, error) {
				if tc.fails(d) {
					return copied{report: ill, labels: target.Pod.Labels}, nil
				}
				return copied{report: healthy, labels: target.Pod.Labels}, nil
			}}
			r := b.judged(t.Context(), target, ill)
			if b.broke != nil {
				t.Fatal(b.broke, b.pods)
			}
			if b.summary != tc.summary {
				t.Errorf("got %q, want %q; pods: %v", b.summary, tc.summary, evidence(r))
			}
			if len(b.pods) > tc.pods {
				t.Errorf("got %d pods, want at most %d: %v", len(b.pods), tc.pods, evidence(r))
			}
			if first := r.Verdict.Causes[0]; first.Code+" "+string(first.Confidence) != tc.verdict {
				t.Errorf("got %s %s, want %s", first.Code, first.Confidence, tc.verdict)
			}
		})
	}
}

// TestBisectSaysNothingInDoubt has pods that cannot be made, fail otherwise, or lack what they were
// to have.
func TestBisectSaysNothingInDoubt(t *testing.T) {
	t.Parallel()
	ill, healthy, otherwise := of(t, "n1", "net.api-blocked"), of(t, "n1"), of(t, "n1", "net.no-route")
	labels := sick().Pod.Labels
	calls := func(list ...copied) func(context.Context, like.Difference) (copied, error) {
		return func(context.Context, like.Difference) (copied, error) {
			if len(list) == 0 {
				return copied{report: ill, labels: labels}, nil
			}
			c := list[0]
			list = list[1:]
			return c, nil
		}
	}
	well := copied{report: healthy, labels: labels}
	for _, tc := range []struct {
		name, want string
		again      func(context.Context) (report.Report, error)
		copy       func(context.Context, like.Difference) (copied, error)
	}{
		{"none can be made", "app has no shell", nil, func(context.Context, like.Difference) (copied, error) {
			return copied{}, NotPossibleError{"app has no shell"}
		}},
		{"it comes and goes", "a pod like it in everything fails no longer", nil, calls(well, copied{report: ill, labels: labels}, well, well, well)},
		{"it has ended", "the pod itself fails no longer", func(context.Context) (report.Report, error) { return healthy, nil }, calls(well, well)},
		{"it may have ended", "whether that one still does is not known", nil, calls(well, well)},
		{"it fails otherwise", "fails otherwise", nil, calls(copied{report: otherwise, labels: labels})},
		{"a label may not be copied", "a pod like it in everything does not fail, but a copy cannot be with the label app=web", nil, calls(
			well, copied{report: healthy, labels: map[string]string{"team": "a", "tier": "web", "track": "stable"}})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			target := sick()
			b := &bisection{question: questionOf(target, ill), say: func(string) {}, again: tc.again, copy: tc.copy}
			r := b.judged(t.Context(), target, ill)
			if b.broke == nil || !strings.Contains(b.broke.Error(), tc.want) {
				t.Errorf("got %v, want %q", b.broke, tc.want)
			}
			seen := observe.All(r.Results)
			for _, subject := range []observe.Word[observe.Elsewhere]{observe.InNewPod, observe.WithoutLabels, observe.WithOtherAccount, observe.OnOtherNode} {
				if got := subject.In(seen); got != "" {
					t.Errorf("%s: got %q, want nothing", subject.ID, got)
				}
			}
		})
	}
}

// TestBisectLeavesTheNode has no other node.
func TestBisectLeavesTheNode(t *testing.T) {
	t.Parallel()
	ill := of(t, "n1", "net.api-blocked")
	target := sick()
	b := &bisection{question: questionOf(target, ill), say: func(string) {}, copy: func(_ context.Context, d like.Difference) (copied, error) {
		if d.Node {
			return copied{}, NotPossibleError{noNodeFor + "0/1 nodes are available"}
		}
		return copied{report: ill, labels: target.Pod.Labels}, nil
	}}
	r := b.judged(t.Context(), target, ill)
	if b.broke != nil || observe.OnOtherNode.In(observe.All(r.Results)) != "" || observe.WithoutLabels.In(observe.All(r.Results)) != observe.FailsToo {
		t.Errorf("got %v, %v", b.broke, observe.All(r.Results)["cluster.elsewhere.node"])
	}
	if !slices.ContainsFunc(b.notes, func(n string) bool { return strings.Contains(n, "0/1 nodes are available") }) {
		t.Errorf("got notes %q, want why", b.notes)
	}
}

// TestNothingToBisect is so where all is well, or certain.
func TestNothingToBisect(t *testing.T) {
	t.Parallel()
	for _, faults := range [][]string{{}, {"tls.expired"}} {
		r := of(t, "n1", faults...)
		if q := questionOf(sick(), r); len(q.about) > 0 {
			t.Errorf("%v: got %+v, want no question", faults, q)
		}
		l := &Launcher{}
		if r = l.Bisect(t.Context(), sick(), r, 0); len(r.Launch.Notes) != 1 {
			t.Errorf("%v: got notes %q", faults, r.Launch.Notes)
		}
	}
}

// TestDecisiveFindsAll finds each part of eight properties, and passes errors on.
func TestDecisiveFindsAll(t *testing.T) {
	t.Parallel()
	var all []property
	for _, name := range strings.Split("abcdefgh", "") {
		all = append(all, property{with: name})
	}
	name := func(p property) string { return p.with }
	for part := 1; part < 1<<len(all); part++ {
		var want []property
		for i, p := range all {
			if part&(1<<i) != 0 {
				want = append(want, p)
			}
		}
		got, err := decisive(all, func(dropped []property) (bool, error) { return len(others(want, dropped)) == 0, nil })
		if err != nil || words(got, name, "") != words(want, name, "") {
			t.Errorf("got %q, %v, want %q", words(got, name, ""), err, words(want, name, ""))
		}
	}
	if _, err := decisive(all, func([]property) (bool, error) { return false, errors.ErrUnsupported }); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %v, want the error", err)
	}
}
