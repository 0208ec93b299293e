package launch

import (
	"context"
	"errors"
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
	"github.com/k8sdoctor/k8sdoctor/redact"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// mostPods is how many pods one fault is worth. Where one of eight properties decides it takes six,
// and where two do about twice as many.
const mostPods = 16

// question is what other pods could decide of a problem of a report.
type question struct {
	// codes are the causes that remain, and check is the id of the result that shows the fault.
	codes []string
	check string
	// about are the properties in which a pod that differs would decide.
	about []property
}

// questionOf is what pods that differ would tell of the first problem that is not certain; it has
// no properties where that is nothing.
func questionOf(t *Target, r report.Report) question {
	wanted := diagnose.Undecided(causes.All(), observe.All(r.Results))
	for _, first := range r.Verdict.Causes {
		if first.Alternative || first.Confidence == causes.Certain || first.Check == "" || strings.HasPrefix(first.Check, "cluster.") {
			continue
		}
		q := question{check: first.Check}
		for _, f := range r.Verdict.Causes {
			if f.Problem == first.Problem {
				q.codes = append(q.codes, f.Code)
			}
		}
		q.about = slices.DeleteFunc(propertiesOf(seenOn(t.Pod, r.Pod.Node), t.Container), func(p property) bool {
			return !slices.ContainsFunc(q.codes, func(code string) bool {
				page, known := causes.Lookup(code)
				return known && (page.Reach.Selects(p.subject.Row) || slices.ContainsFunc(wanted, func(w diagnose.Wanted) bool {
					return w.Subject == p.subject.Row && slices.Contains(w.For, code)
				}))
			})
		})
		if len(q.about) > 0 {
			return q
		}
	}
	return question{}
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
		r.Launch.NotSeen = append(r.Launch.NotSeen, report.NotSeen{What: "what pods meet that differ from it in one thing (the same command with --bisect has them run)", Decides: q.codes})
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
	state := cluster.Read(ctx, l.Client, of.Pod)
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
	report report.Report
	labels map[string]string
	notes  []string
}

// differing has a pod run that is like that of the target, but in something.
func (l *Launcher) differing(ctx context.Context, t *Target, state *cluster.State, d like.Difference) (copied, error) {
	probe := l.beside(state)
	probe.Like, probe.SameNode, probe.differ = true, !d.Node, d
	r, err := probe.try(ctx, way{name: wayLike, run: probe.like}, t, state)
	c := copied{report: r, notes: probe.notes}
	if probe.copied != nil {
		c.labels = probe.copied.Pod.Labels
	}
	return c, ended(ctx, err)
}

// bisection is what pods that differ have shown so far.
type bisection struct {
	question
	// copy has a pod run that differs.
	copy func(context.Context, like.Difference) (copied, error)
	// again looks into the pod itself once more; nil where that would leave a trace.
	again func(context.Context) (report.Report, error)
	// say is told what each has shown.
	say func(text string)

	pods    []tried
	summary string
	notes   []string
	broke   error
}

// tried is a pod that differed in what it was without.
type tried struct {
	dropped []property
	node    string
	fails   bool
}

func (p tried) String() string {
	return fmt.Sprintf("%s (%s): %s", lacking(p.dropped), p.node, observe.InNewPod.Text(became(p.fails)))
}

// judged is the report with what pods that differ have shown.
func (b *bisection) judged(ctx context.Context, t *Target, r report.Report) report.Report {
	b.pin(ctx)
	if len(b.pods) == 0 {
		return r
	}
	r = b.added(r)
	if q := questionOf(t, r); b.broke == nil && !b.askedOfHost() && slices.ContainsFunc(q.about, ofHost) {
		b.about = append(others(b.about, q.about), q.about...)
		b.toHostNetwork(ctx)
		r = b.added(r)
	}
	return r
}

func ofHost(p property) bool { return p.of(observe.OnHostNetwork) }
func ofNode(p property) bool { return p.of(observe.OnOtherNode) }

func (b *bisection) askedOfHost() bool {
	return slices.ContainsFunc(b.pods, func(p tried) bool { return slices.ContainsFunc(p.dropped, ofHost) })
}

// pin finds what decides: first a pod that shares nothing with the failing one, then one that
// shares everything, and then others that share a part. The host network is asked last.
func (b *bisection) pin(ctx context.Context) {
	varied := slices.DeleteFunc(slices.Clone(b.about), ofHost)
	if len(varied) == 0 {
		b.toHostNetwork(ctx)
		return
	}
	gone, err := b.gone(ctx, varied)
	if no, ok := errors.AsType[NotPossibleError](err); ok && strings.HasPrefix(no.Because, noNodeFor) && len(varied) > 1 && slices.ContainsFunc(varied, ofNode) {
		b.notes = append(b.notes, "--bisect leaves the node as it is: "+no.Because)
		varied = slices.DeleteFunc(varied, ofNode)
		gone, err = b.gone(ctx, varied)
	}
	if err != nil || !gone {
		b.conclude(err, "a pod %s fails as well", words(varied, property.lacking, ", "))
		return
	}
	if gone, err = b.gone(ctx, nil); err != nil || gone {
		if err == nil {
			err = b.alone(ctx)
		}
		b.conclude(err, "a new pod like it on the same node does not fail")
		return
	}
	decide, err := decisive(varied, func(dropped []property) (bool, error) { return b.gone(ctx, dropped) })
	if err == nil {
		err = b.still(ctx)
	}
	b.conclude(err, "it fails only %s", words(decide, property.having, " or "))
}

// still has one more pod run that differs in nothing: a fault that has ended meanwhile, or comes and
// goes, is not pinned on anything.
func (b *bisection) still(ctx context.Context) error {
	one, err := b.try(ctx, nil)
	if err == nil && !one.fails {
		b.pods, err = nil, errors.New("a pod like it in everything fails no longer: the fault has ended, or comes and goes")
	}
	return err
}

// alone looks again whether the pod itself fails, where a new one like it does not.
func (b *bisection) alone(ctx context.Context) error {
	if b.again == nil {
		b.pods = nil
		return errors.New("a new pod like it does not fail; whether that one still does is not known")
	}
	r, err := b.again(ctx)
	if err != nil {
		return fmt.Errorf("the pod itself: %w", err)
	}
	fails, err := b.failsIn(r)
	if err == nil && !fails {
		b.pods, err = nil, errors.New("the pod itself fails no longer: the fault has ended, or comes and goes")
	}
	return err
}

// toHostNetwork asks for a pod on the host network of the same node.
func (b *bisection) toHostNetwork(ctx context.Context) {
	gone, err := b.gone(ctx, slices.DeleteFunc(slices.Clone(b.about), func(p property) bool { return !ofHost(p) }))
	b.conclude(err, "a pod on the host network of the node %s", observe.OnHostNetwork.Text(became(!gone)))
}

// conclude adds to the summary, or keeps why there is nothing to add.
func (b *bisection) conclude(err error, format string, args ...any) {
	if err != nil {
		b.broke = err
		return
	}
	if b.summary != "" {
		b.summary += "; "
	}
	b.summary += fmt.Sprintf(format, args...)
}

// became is what a pod that fails, or does not, says of the fault.
func became(fails bool) observe.Elsewhere {
	if fails {
		return observe.FailsToo
	}
	return observe.GoneThere
}

// gone says whether a pod that does without some properties does not fail; one runs where no other
// has told that already.
func (b *bisection) gone(ctx context.Context, dropped []property) (bool, error) {
	for _, p := range b.pods {
		switch {
		case p.fails && len(others(dropped, p.dropped)) == 0:
			return false, nil // what fails without much fails without less
		case !p.fails && len(others(p.dropped, dropped)) == 0:
			return true, nil
		}
	}
	one, err := b.try(ctx, dropped)
	return !one.fails, err
}

// failsIn says whether the fault is in a report: the same check fails, and for a cause that remains.
func (b *bisection) failsIn(r report.Report) (bool, error) {
	i := slices.IndexFunc(r.Results, func(result observe.Result) bool { return result.ID == b.check })
	switch {
	case i < 0 || r.Results[i].Status == observe.Skip:
		return false, errors.New("did not come to " + b.check)
	case r.Results[i].Status == observe.Pass:
		return false, nil
	case !slices.ContainsFunc(r.Verdict.Causes, func(f diagnose.Finding) bool { return slices.Contains(b.codes, f.Code) }):
		return false, errors.New("fails otherwise: " + r.Verdict.Summary)
	}
	return true, nil
}

// try has a pod run that does without some properties.
func (b *bisection) try(ctx context.Context, dropped []property) (tried, error) {
	what := lacking(dropped)
	if len(b.pods) == mostPods {
		return tried{}, fmt.Errorf("%d pods have not pinned it down", mostPods)
	}
	c, err := b.copy(ctx, differing(dropped))
	for _, note := range c.notes {
		if !slices.Contains(b.notes, note) {
			b.notes = append(b.notes, note)
		}
	}
	if err != nil {
		return tried{}, fmt.Errorf("a pod %s: %w", what, err)
	}
	fails, err := b.failsIn(c.report)
	if err != nil {
		return tried{}, fmt.Errorf("a pod %s %w", what, err)
	}
	if lost := b.lost(c.labels, dropped); !fails && len(lost) > 0 {
		return tried{}, fmt.Errorf("a pod %s does not fail, but a copy cannot be %s", what, words(lost, property.having, " and "))
	}
	one := tried{dropped, c.report.Pod.Node, fails}
	b.pods = append(b.pods, one)
	b.say(fmt.Sprintf("pod %d, %s", len(b.pods), one))
	return one, nil
}

// lacking is in words a pod that does without some properties.
func lacking(dropped []property) string {
	if len(dropped) == 0 {
		return "like it in everything"
	}
	return words(dropped, property.lacking, ", ")
}

// lost are labels that a copy was meant to have, and did not get.
func (b *bisection) lost(labels map[string]string, dropped []property) []property {
	return slices.DeleteFunc(others(b.about, dropped), func(p property) bool {
		key, _, isLabel := strings.Cut(p.label, "=")
		_, has := labels[key]
		return !isLabel || has
	})
}

// observed is what the pods say of each subject: gone, where one was that differed in nothing
// else, and there as well, where one failed that differed in all that there is of it.
func (b *bisection) observed() observe.Set {
	var log observe.Log
	byDropped := slices.SortedStableFunc(slices.Values(b.pods), func(a, b tried) int { return len(b.dropped) - len(a.dropped) })
	for _, p := range byDropped { // the fewest labels last
		if len(p.dropped) == 0 || p.fails && !slices.ContainsFunc(p.dropped, ofHost) {
			observe.InNewPod.Saw(&log, became(p.fails))
		}
		for _, about := range b.about {
			other := func(d property) bool { return !d.of(about.subject) }
			mine, all := slices.DeleteFunc(slices.Clone(p.dropped), other), slices.DeleteFunc(slices.Clone(b.about), other)
			switch {
			case p.fails && len(mine) == len(all):
				about.subject.Saw(&log, observe.FailsToo)
			case !p.fails && len(mine) > 0 && len(mine) == len(p.dropped):
				about.subject.Saw(&log, observe.GoneThere)
				if about.label != "" {
					observe.WithoutLabelsAre.Saw(&log, words(mine, func(p property) string { return p.label }, ","))
				}
			}
		}
	}
	return log.Seen()
}

// added is the report with what was seen, judged again.
func (b *bisection) added(r report.Report) report.Report {
	var e observe.Evidence
	for i, p := range b.pods {
		e.Add(fmt.Sprintf("pod %d", i+1), "%s", p)
	}
	result := observe.Result{ID: "cluster.bisect", Title: "what pods meet that differ from it", Status: observe.Pass, Summary: b.summary, Evidence: e, Observations: b.observed()}
	if b.summary == "" {
		result.Status, result.Summary = observe.Skip, "the pods that were made do not tell"
	}
	r.Results = slices.DeleteFunc(slices.Clone(r.Results), func(other observe.Result) bool { return other.ID == result.ID })
	at := slices.IndexFunc(r.Results, func(other observe.Result) bool { return !strings.HasPrefix(other.ID, "cluster.") })
	if at < 0 {
		at = len(r.Results)
	}
	r.Results = slices.Insert(r.Results, at, redact.PrintableResult(result))
	return r.Rediagnosed()
}
