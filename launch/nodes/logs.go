package nodes

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/k8sdoctor/k8sdoctor/launch/job"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// readers is how many logs are read at a time.
const readers = 8

// fetchLogs reads the whole report of each doctor that found something.
func (f *fleet) fetchLogs(ctx context.Context, answers map[string]answer) {
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		room = make(chan struct{}, readers)
	)
	for name, a := range maps.Clone(answers) {
		if a.observed == nil || !found(a.observed.Results) {
			continue
		}
		wait.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			r, err := job.Log(ctx, f.runner.Client, a.pod, doctor)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				f.runner.Complain(fmt.Errorf("the log of pod/%s on node %s cannot be read: %w", a.pod.Name, name, err))
				return
			}
			a.whole = &r
			answers[name] = a
		})
	}
	wait.Wait()
}

func found(results []observe.Result) bool {
	for _, r := range results {
		if r.Status == observe.Fail || r.Status == observe.Warn {
			return true
		}
	}
	return false
}
