package launch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/like"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// question is what other pods could decide of what a report has found.
type question struct {
	// checks are the ids of the results that show the fault, and codes the causes that remain of it.
	checks, codes []string
	// about are the properties in which a pod that differs would decide.
	about []property
}

// questionOf is what pods that differ would tell of what has failed; it has no properties where
// that is nothing. All that other pods may meet or not is one fault: what a pod shows of a part
// of it says nothing.
func questionOf(t *Target, r report.Report) (q question) {
	open := map[string]*causes.Page{}
	for _, f := range r.Verdict.Causes {
		page, known := causes.Lookup(f.Code)
		if !known || page.Reach == causes.AnyReach || f.Check == "" || strings.HasPrefix(f.Check, "cluster.") {
			continue
		}
		q.codes = append(q.codes, f.Code)
		if !slices.Contains(q.checks, f.Check) {
			q.checks = append(q.checks, f.Check)
		}
		if f.Confidence != causes.Certain {
			open[f.Code] = page
		}
	}
	if len(open) == 0 || r.Pod.Node == "" {
		return question{}
	}
	wanted := diagnose.Undecided(causes.All(), observe.All(r.Results))
	q.about = slices.DeleteFunc(propertiesOf(seenOn(t.Pod, r.Pod.Node), t.Container), func(p property) bool {
		for code, page := range open {
			if page.Reach.Selects(p.subject.Row) || slices.ContainsFunc(wanted, func(w diagnose.Wanted) bool {
				return w.Subject == p.subject.Row && slices.Contains(w.For, code)
			}) {
				return false
			}
		}
		return true
	})
	return q
}

// seenOn is the pod, on the node where it was seen to fail: of one that does not run, a copy was.
func seenOn(pod *corev1.Pod, node string) *corev1.Pod {
	pod = pod.DeepCopy()
	pod.Spec.NodeName = node
	return pod
}

// OfferBisect adds to a report that pods which differ would decide, where they would.
func OfferBisect(t *Target, r report.Report) report.Report {
	q := questionOf(t, r)
	if len(q.about) > 0 {
		r.Launch.NotSeen = append(r.Launch.NotSeen, report.NotSeen{What: "what pods meet that differ from it (the same command with --bisect has them run)", Decides: q.codes})
	}
	return r
}

// Bisect pins the fault of a report on what its pod has and others have not: pods run that are
// like it but in something, no more than are needed, each within a time, and the report is
// judged again. What kept them from an answer stands in its notes.
func (l *Launcher) Bisect(ctx context.Context, t *Target, r report.Report, each time.Duration) report.Report {
	q := questionOf(t, r)
	if len(q.about) == 0 {
		r.Launch.Notes = append(r.Launch.Notes, "--bisect made no pod: no difference between pods would decide")
		return r
	}
	of := *t
	of.Pod = seenOn(t.Pod, r.Pod.Node)
	reading, cancel := context.WithTimeout(ctx, each)
	defer cancel()
	state := cluster.Read(reading, l.Client, of.Pod)
	b := &bisection{question: q, say: l.Progress, copy: func(ctx context.Context, d like.Difference) (copied, error) {
		ctx, cancel := context.WithTimeoutCause(ctx, each, fmt.Errorf("no report within %s", each))
		defer cancel()
		return l.differing(ctx, &of, state, d)
	}}
	if r.Launch.Way == wayExec {
		b.again = func(ctx context.Context) (report.Report, error) {
			ctx, cancel := context.WithTimeout(ctx, each)
			defer cancel()
			inPod := l.beside(state)
			return inPod.try(ctx, way{name: wayExec, run: inPod.exec}, t, state)
		}
	}
	r = b.judged(ctx, &of, r)
	if b.broke != nil {
		early := "--bisect ended early: " + b.broke.Error()
		l.Progress(early)
		b.notes = append(b.notes, early)
	}
	r.Launch.Notes = append(r.Launch.Notes, b.notes...)
	r.Launch = r.Launch.Printable()
	return r
}

// copied is what is known of a pod that differs.
type copied struct {
	report     report.Report
	labels     map[string]string
	containers []string
	notes      []string
}

// differing has a pod run that is like that of the target, but in something.
func (l *Launcher) differing(ctx context.Context, t *Target, state *cluster.State, d like.Difference) (copied, error) {
	probe := l.beside(state)
	probe.Like, probe.SameNode, probe.differ = true, !d.Node, d
	r, err := probe.try(ctx, way{name: wayLike, run: probe.like}, t, state)
	c := copied{report: r, notes: probe.notes}
	if probe.copied != nil {
		c.labels = probe.copied.Pod.Labels
		for _, of := range slices.Concat(probe.copied.Pod.Spec.InitContainers, probe.copied.Pod.Spec.Containers) {
			c.containers = append(c.containers, of.Name)
		}
	}
	if err == nil && probe.left != nil {
		err = fmt.Errorf("it is still there: %w", probe.left)
	}
	return c, ended(ctx, err)
}
