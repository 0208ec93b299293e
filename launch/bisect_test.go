package launch

import (
	"cmp"
	"context"
	"errors"
	"maps"
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

// seen is a copy of the sick pod that differs.
func seen(ill, healthy report.Report, fails bool, d like.Difference) copied {
	c := copied{report: healthy, labels: maps.Clone(sick().Pod.Labels)}
	if fails {
		c.report = ill
	}
	for _, key := range d.Labels {
		delete(c.labels, key)
	}
	if d.Node {
		c.report.Pod.Node = cmp.Or(d.To, "n2")
	}
	return c
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
		{"a label", func(d like.Difference) bool { return has(d, "tier") }, "it fails only with the label tier=web", "net.api-blocked certain", 8},
		{"another label", func(d like.Difference) bool { return has(d, "app") }, "it fails only with the label app=web", "net.api-blocked certain", 8},
		{"two labels together", func(d like.Difference) bool { return has(d, "tier") && has(d, "app") }, "it fails only with the label app=web", "net.api-blocked certain", 8},
		{"each of two labels", func(d like.Difference) bool { return has(d, "tier") || has(d, "app") }, "it fails only with the label app=web or with the label tier=web", "net.api-blocked certain", 13},
		{"the account", func(d like.Difference) bool { return !d.Account }, "it fails only with ServiceAccount web", "net.api-blocked certain", 8},
		{"the node", func(d like.Difference) bool { return !d.Node }, "it fails on node n1, and not on n2", "net.api-blocked likely", 8},
		{"a label, and the account", func(d like.Difference) bool { return has(d, "tier") || !d.Account }, "it fails only with the label tier=web or with ServiceAccount web", "net.api-blocked likely", 16},
		{"every pod", func(like.Difference) bool { return true }, "a pod without the label app, without the label team, without the label tier, without the label track, with ServiceAccount default, on another node fails as well", "net.api-blocked likely", 1},
		{"only this pod", func(like.Difference) bool { return false }, "a copy of it on the same node does not fail", "net.api-blocked likely", 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			target := sick()
			b := &bisection{question: questionOf(target, ill), say: func(string) {}, again: func(context.Context) (report.Report, error) { return ill, nil }, copy: func(_ context.Context, d like.Difference) (copied, error) {
				return seen(ill, healthy, tc.fails(d), d), nil
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

// TestBisectSaysNothingInDoubt has pods that cannot be made, fail otherwise, or are not what was
// asked for, and a fault that ends.
func TestBisectSaysNothingInDoubt(t *testing.T) {
	t.Parallel()
	ill, healthy, otherwise := of(t, "n1", "net.api-blocked"), of(t, "n1"), of(t, "n1", "net.no-route")
	itself := func(r report.Report) func(context.Context) (report.Report, error) {
		return func(context.Context) (report.Report, error) { return r, nil }
	}
	byTier := func(d like.Difference) copied { return seen(ill, healthy, has(d, "tier"), d) }
	none := func(d like.Difference) copied { return seen(ill, healthy, false, d) }
	for _, tc := range []struct {
		name, want string
		again      func(context.Context) (report.Report, error)
		// from is the number of the pod from which on they are different ones.
		from   int
		before func(like.Difference) copied
		then   func(like.Difference) (copied, error)
	}{
		{"none can be made", "app has no shell", nil, 1, nil, func(like.Difference) (copied, error) { return copied{}, NotPossibleError{"app has no shell"} }},
		{"the fourth cannot be made", "exceeded quota", nil, 4, byTier, func(like.Difference) (copied, error) { return copied{}, NotPossibleError{"exceeded quota"} }},
		{"it ends", "a pod like it in everything fails no longer", nil, 6, byTier, func(d like.Difference) (copied, error) { return none(d), nil }},
		{"it comes back", "a pod without the label tier did not fail, and does now", nil, 7, byTier, func(d like.Difference) (copied, error) { return seen(ill, healthy, true, d), nil }},
		{"it has ended", "the pod itself fails no longer", itself(healthy), 9, none, nil},
		{"it may have ended", "whether the pod itself still does is not known", nil, 9, none, nil},
		{"it fails otherwise", "fails otherwise", nil, 1, nil, func(d like.Difference) (copied, error) { return seen(otherwise, healthy, true, d), nil }},
		{"a label may not be copied", "a pod like it in everything does not fail, but a copy cannot be with the label app=web", itself(ill), 2, none, func(d like.Difference) (copied, error) {
			c := none(d)
			delete(c.labels, "app")
			return c, nil
		}},
		{"a label is given again", "was given the label tier again", nil, 1, nil, func(d like.Difference) (copied, error) {
			c := byTier(d)
			c.labels["tier"] = "web"
			return c, nil
		}},
		{"a container comes with a label", "a pod without the label tier has other containers: app in place of app, proxy", nil, 9, func(d like.Difference) copied {
			c := byTier(d)
			if c.containers = []string{"app"}; has(d, "tier") {
				c.containers = append(c.containers, "proxy")
			}
			return c
		}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			target, pods := sick(), 0
			b := &bisection{question: questionOf(target, ill), say: func(string) {}, again: tc.again, copy: func(_ context.Context, d like.Difference) (copied, error) {
				if pods++; pods >= tc.from && tc.then != nil {
					return tc.then(d)
				}
				return tc.before(d), nil
			}}
			r := b.judged(t.Context(), target, ill)
			if b.broke == nil || !strings.Contains(b.broke.Error(), tc.want) {
				t.Errorf("got %v, want %q", b.broke, tc.want)
			}
			for id := range observe.All(r.Results) {
				if strings.HasPrefix(id, "cluster.elsewhere.") {
					t.Errorf("got %s, want nothing", id)
				}
			}
		})
	}
}

// TestBisectOfTwoFaults has one of them go with a label: what that pod shows says nothing of the
// other.
func TestBisectOfTwoFaults(t *testing.T) {
	t.Parallel()
	both, one := of(t, "n1", "net.api-blocked", "dns.udp-blocked"), of(t, "n1", "dns.udp-blocked")
	target := sick()
	b := &bisection{question: questionOf(target, both), say: func(string) {}, copy: func(_ context.Context, d like.Difference) (copied, error) {
		return seen(both, one, has(d, "tier"), d), nil
	}}
	if b.judged(t.Context(), target, both); len(b.checks) < 2 || b.broke == nil || !strings.Contains(b.broke.Error(), "fails in part") {
		t.Errorf("got %v of the checks %q, want that a part says nothing", b.broke, b.checks)
	}
}

// TestBisectByLabelsAlone has a pod that differs in nothing else: that a copy of it does not fail
// says nothing of its labels.
func TestBisectByLabelsAlone(t *testing.T) {
	t.Parallel()
	ill, healthy := of(t, "n1", "net.api-blocked"), of(t, "n1")
	target := sick()
	target.Pod.Spec.ServiceAccountName = ""
	b := &bisection{question: questionOf(target, ill), say: func(string) {}, again: func(context.Context) (report.Report, error) { return ill, nil }, copy: func(_ context.Context, d like.Difference) (copied, error) {
		if d.Node {
			return copied{}, NotPossibleError{noNodeFor + "0/1 nodes are available"}
		}
		return seen(ill, healthy, false, d), nil
	}}
	r := b.judged(t.Context(), target, ill)
	set := observe.All(r.Results)
	if b.broke != nil || observe.InNewPod.In(set) != observe.GoneThere || observe.WithoutLabels.In(set) != "" || r.Verdict.Causes[0].Confidence == causes.Certain {
		t.Errorf("got %v, %v and %s", b.broke, b.summary, r.Verdict.Causes[0].Confidence)
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
		return seen(ill, ill, true, d), nil
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
