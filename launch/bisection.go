package launch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/launch/like"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/redact"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// mostPods is how many pods one fault is worth. Where one of eight properties decides it takes
// eight at most, and where two do about twice as many.
const mostPods = 18

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
	seen    observe.Log // what has been concluded
	alone   bool        // a copy of it does not fail
	// other is the node of the first pod that was on another one; all others that are go there.
	other string
	notes []string
	broke error
}

// tried is a pod that differed in what it was without.
type tried struct {
	dropped    []property
	node       string
	containers []string
	fails      bool
}

func (p tried) String() string {
	return fmt.Sprintf("%s (%s): %s", lacking(p.dropped), p.node, observe.InNewPod.Text(became(p.fails)))
}

// judged is the report with what pods that differ have shown.
func (b *bisection) judged(ctx context.Context, t *Target, r report.Report) report.Report {
	varied := slices.DeleteFunc(slices.Clone(b.about), ofHost)
	host := others(b.about, varied)
	if len(varied) > 0 {
		b.pin(ctx, varied)
		if b.summary == "" {
			return b.added(r)
		}
		r = b.added(r)
		host = slices.DeleteFunc(questionOf(t, r).about, func(p property) bool { return !ofHost(p) })
	}
	if len(host) > 0 && !b.alone {
		b.toHostNetwork(ctx, host)
	}
	return b.added(r)
}

func ofHost(p property) bool { return p.of(observe.OnHostNetwork) }
func ofNode(p property) bool { return p.of(observe.OnOtherNode) }

// pin finds what decides: first a pod that shares nothing with the failing one, then one that
// shares everything, and then others that share a part.
func (b *bisection) pin(ctx context.Context, varied []property) {
	gone, err := b.gone(ctx, varied)
	if no, ok := errors.AsType[NotPossibleError](err); ok && strings.HasPrefix(no.Because, noNodeFor) && len(varied) > 1 && slices.ContainsFunc(varied, ofNode) {
		b.notes = append(b.notes, "--bisect leaves the node as it is: "+no.Because)
		varied = slices.DeleteFunc(varied, ofNode)
		gone, err = b.gone(ctx, varied)
	}
	if err == nil && !gone {
		for _, p := range varied {
			p.subject.Saw(&b.seen, observe.FailsToo)
		}
		b.conclude("a pod %s fails as well", words(varied, property.lacking, ", "))
		return
	}
	if err == nil {
		gone, err = b.gone(ctx, nil)
	}
	if err == nil && gone {
		if err = b.itself(ctx); err == nil {
			b.alone = true
			observe.InNewPod.Saw(&b.seen, observe.GoneThere)
			b.conclude("a copy of it on the same node does not fail")
			return
		}
	}
	var decide []property
	if err == nil {
		decide, err = decisive(varied, func(dropped []property) (bool, error) { return b.gone(ctx, dropped) })
	}
	if err == nil {
		err = b.confirm(ctx, decide)
	}
	if err != nil {
		b.broke = err
		return
	}
	observe.InNewPod.Saw(&b.seen, observe.FailsToo)
	b.decided(decide)
}

// decided observes what decides. Where several things do, each by itself does not.
func (b *bisection) decided(decide []property) {
	first := decide[0]
	if !slices.ContainsFunc(decide, func(p property) bool { return !p.of(first.subject) }) {
		first.subject.Saw(&b.seen, observe.GoneThere)
		if first.label != "" {
			observe.WithoutLabelsAre.Saw(&b.seen, words(decide, func(p property) string { return p.label }, ","))
		}
	}
	if len(decide) == 1 && ofNode(first) {
		b.conclude("it fails %s, and not on %s", first.with, b.other)
		return
	}
	b.conclude("it fails only %s", words(decide, property.having, " or "))
}

// confirm has two more pods run, like it in everything and without what decides. A fault that has
// ended meanwhile, or comes and goes, is not pinned on anything.
func (b *bisection) confirm(ctx context.Context, decide []property) error {
	same, err := b.try(ctx, nil)
	if err == nil && !same.fails {
		return errors.New("a pod like it in everything fails no longer: the fault has ended, or comes and goes")
	}
	if err != nil {
		return err
	}
	without, err := b.try(ctx, decide)
	switch {
	case err != nil:
		return err
	case without.fails:
		return fmt.Errorf("a pod %s did not fail, and does now: the fault comes and goes", lacking(decide))
	case !slices.ContainsFunc(decide, func(p property) bool { return p.of(observe.WithoutMesh) || ofHost(p) }) && !slices.Equal(same.containers, without.containers):
		return fmt.Errorf("a pod %s has other containers: %s in place of %s", lacking(decide), strings.Join(without.containers, ", "), strings.Join(same.containers, ", "))
	}
	return nil
}

// itself looks again whether the pod itself fails, where a new one like it does not.
func (b *bisection) itself(ctx context.Context) error {
	if b.again == nil {
		return errors.New("a copy of it does not fail; whether the pod itself still does is not known")
	}
	r, err := b.again(ctx)
	if err != nil {
		return fmt.Errorf("the pod itself: %w", err)
	}
	fails, err := b.failsIn(r)
	if err != nil {
		return fmt.Errorf("the pod itself %w", err)
	}
	if !fails {
		return errors.New("the pod itself fails no longer: the fault has ended, or comes and goes")
	}
	return nil
}

// toHostNetwork asks for a pod on the host network of the same node.
func (b *bisection) toHostNetwork(ctx context.Context, host []property) {
	one, err := b.try(ctx, host)
	if err == nil && !one.fails {
		err = b.confirm(ctx, host)
	}
	if err != nil {
		b.broke = err
		return
	}
	observe.OnHostNetwork.Saw(&b.seen, became(one.fails))
	b.conclude("a pod on the host network of the node %s", observe.OnHostNetwork.Text(became(one.fails)))
}

// conclude adds to the summary.
func (b *bisection) conclude(format string, args ...any) {
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

// failsIn says whether the fault is in a report: the same checks fail, and for a cause that remains.
func (b *bisection) failsIn(r report.Report) (bool, error) {
	fail, pass := 0, 0
	for _, check := range b.checks {
		i := slices.IndexFunc(r.Results, func(result observe.Result) bool { return result.ID == check })
		switch {
		case i < 0 || r.Results[i].Status == observe.Skip:
			return false, errors.New("did not come to " + check)
		case r.Results[i].Status == observe.Pass:
			pass++
		default:
			fail++
		}
	}
	switch {
	case fail == 0:
		return false, nil
	case pass > 0:
		return false, errors.New("fails in part: " + r.Verdict.Summary)
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
	d := differing(dropped)
	d.To = b.other
	c, err := b.copy(ctx, d)
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
	if back := slices.IndexFunc(d.Labels, func(key string) bool { _, has := c.labels[key]; return has }); back >= 0 {
		return tried{}, fmt.Errorf("a pod %s was given the label %s again", what, d.Labels[back])
	}
	if d.Node {
		b.other = c.report.Pod.Node
	}
	one := tried{dropped, c.report.Pod.Node, c.containers, fails}
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

// added is the report with what was seen, judged again.
func (b *bisection) added(r report.Report) report.Report {
	if len(b.pods) == 0 {
		return r
	}
	var e observe.Evidence
	for i, p := range b.pods {
		e.Add(fmt.Sprintf("pod %d", i+1), "%s", p)
	}
	result := observe.Result{ID: "cluster.bisect", Title: "what pods meet that differ from it", Status: observe.Pass, Summary: b.summary, Evidence: e, Observations: b.seen.Seen()}
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
