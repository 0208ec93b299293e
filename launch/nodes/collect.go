package nodes

import (
	"context"
	"fmt"
	"time"

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
}

// collect waits until each node has answered, or no answer is to be expected.
func (f *fleet) collect(ctx context.Context, from *follower, names []string) (map[string]answer, error) {
	answers, open := map[string]answer{}, map[string]*waiting{}
	for _, name := range names {
		open[name] = &waiting{}
	}
	tick, told, latest, pods := time.NewTicker(looking), time.Time{}, time.Now(), 0
	defer tick.Stop()
	for {
		now := from.now()
		if now.gone {
			return nil, &job.Error{Seen: fmt.Sprintf("daemonset/%s was deleted before its pods had answered, not by k8sdoctor", from.set.Name)}
		}
		if len(now.pods) > pods {
			pods, latest = len(now.pods), time.Now()
		}
		for name, w := range open {
			if f.settled(w, f.nodes[name], now, from.set.UID, latest) {
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

// settled takes what is known now of a node, and says whether that is all that will be.
func (f *fleet) settled(w *waiting, n *node, now state, set types.UID, latest time.Time) bool {
	r := f.runner
	if p := now.pods[n.object.Name]; p != nil {
		if w.since.IsZero() {
			w.since = time.Now()
		}
		w.pod, w.events = p, now.events[p.UID]
	} else if w.pod == nil {
		w.events = now.events[set]
	}
	if w.read(r.Options.Image, r.Version) {
		return true
	}
	s := f.stateOf(n.object, w.answer)
	how, _ := s.Started()
	if how != w.in {
		w.in, w.hopeFor = how, time.Now()
	}
	if limit, is := hopeless(s); is && time.Since(w.hopeFor) >= limit {
		return true
	}
	switch {
	case w.pod == nil && time.Since(latest) > r.Options.StartTimeout:
		w.because = fmt.Sprintf("the DaemonSet has no pod for the node within %s (--start-timeout)", observe.FormatDuration(r.Options.StartTimeout))
		return true
	case w.pod != nil && time.Since(w.since) > r.longest():
		w.because = fmt.Sprintf("no answer of pod/%s within %s (--start-timeout, --timeout)", w.pod.Name, observe.FormatDuration(r.longest()))
		return true
	}
	return false
}
