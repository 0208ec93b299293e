package nodes

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/k8sdoctor/k8sdoctor/launch/job"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

const (
	// looking is how often what has come is looked at.
	looking = 250 * time.Millisecond
	// telling is how often progress is told at most.
	telling = 2 * time.Second
)

// waiting is what is known of a node whose answer has not come.
type waiting struct {
	answer
	since   time.Time // since when there is a pod
	in      observe.Started
	hopeFor time.Time // since when it is as it is
	gone    time.Time // since when its pod is gone; zero while it is there
}

// collect waits until each node has answered, or no answer is to be expected.
func (f *fleet) collect(ctx context.Context, from *follower, names []string) (map[string]answer, error) {
	answers, open := map[string]answer{}, map[string]*waiting{}
	for _, name := range names {
		open[name] = &waiting{}
	}
	tick, began, told, latest, pods := time.NewTicker(looking), time.Now(), time.Time{}, time.Now(), 0
	defer tick.Stop()
	for {
		now := from.now()
		if !now.known && time.Since(began) > f.runner.longest() {
			return nil, fmt.Errorf("the pods of daemonset/%s cannot be listed: %w", from.set.Name, from.lastError())
		}
		if now.gone {
			return nil, &job.Error{Seen: fmt.Sprintf("daemonset/%s was deleted before its pods had answered, not by k8sdoctor", from.set.Name)}
		}
		if len(now.pods) > pods {
			pods, latest = len(now.pods), time.Now()
		}
		for name, w := range open {
			if now.known && f.settled(w, f.nodes[name], now, from.set.UID, latest) {
				answers[name] = w.answer
				delete(open, name)
			}
		}
		if len(open) == 0 {
			return answers, nil
		}
		if time.Since(told) > telling {
			f.runner.Progress(fmt.Sprintf("answers: %d of %s", len(answers), observe.Plural(len(names), "node")))
			told = time.Now()
		}
		select {
		case <-tick.C:
		case err := <-from.refused:
			return nil, fmt.Errorf("daemonset/%s can no longer be watched: %w", from.set.Name, err)
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// settled takes what is known now of a node, and says whether that is all that will be; latest is
// when the last pod of the DaemonSet was created.
func (f *fleet) settled(w *waiting, n *node, now state, set types.UID, latest time.Time) bool {
	r := f.runner
	w.take(now, n.object.Name, set)
	if w.read(r.Options.Image, r.Version) {
		return true
	}
	s := f.stateOf(n.object, w.answer)
	how, says := s.Started()
	if how != w.in {
		w.in, w.hopeFor = how, time.Now()
	}
	since := w.hopeFor
	if w.pod == nil && latest.After(since) { // others are still being created
		since = latest
	}
	limit, vain := inVain(s)
	switch {
	case vain && time.Since(since) >= limit:
		if how == observe.Ended {
			w.because = "the node does not run the pod: " + says
		}
	case !w.gone.IsZero() && time.Since(w.gone) > patience:
		w.because = "the pod was deleted before it had answered, not by k8sdoctor"
	case w.pod == nil && time.Since(latest) > r.Options.StartTimeout:
		w.because = fmt.Sprintf("the DaemonSet has no pod for the node within %s (--start-timeout)", observe.FormatDuration(r.Options.StartTimeout))
	case w.pod != nil && time.Since(w.since) > r.longest():
		w.because = fmt.Sprintf("no answer within %s (--start-timeout, --timeout)", observe.FormatDuration(r.longest()))
	default:
		return false
	}
	return true
}

// take keeps what is known of the pod of a node.
func (w *waiting) take(now state, node string, set types.UID) {
	p := now.pods[node]
	if p == nil && w.pod != nil {
		if w.gone.IsZero() {
			w.gone = time.Now()
		}
		return
	}
	uid := set // the events of the DaemonSet say why it has no pod
	if p != nil {
		if w.since.IsZero() {
			w.since = time.Now()
		}
		w.pod, w.gone, uid = p, time.Time{}, p.UID
	}
	if w.events = now.events[uid]; w.events == nil && now.told {
		w.events = []corev1.Event{}
	}
}
