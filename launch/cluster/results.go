package cluster

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

// finding is what a look at a part of the state comes to.
type finding struct {
	status   observe.Status
	summary  string
	evidence observe.Evidence
}

func passed(e observe.Evidence, format string, args ...any) finding {
	return finding{observe.Pass, fmt.Sprintf(format, args...), e}
}

func warned(e observe.Evidence, format string, args ...any) finding {
	return finding{observe.Warn, fmt.Sprintf(format, args...), e}
}

func failed(e observe.Evidence, format string, args ...any) finding {
	return finding{observe.Fail, fmt.Sprintf(format, args...), e}
}

// notSeen is a look at what the caller may not read.
func notSeen(what string) finding { return finding{observe.Skip, what + " may not be read", nil} }

// looks are the parts of the state, each with the id of its result.
var looks = []struct {
	id, title string
	look      func(s *State, in view, log *observe.Log) finding
}{
	{"cluster.pod", "the pod has started", lookAtPod},
	{"cluster.node", "the pod's node is ready, with its network agents", lookAtNode},
	{"cluster.account", "the ServiceAccount of the pod's token is there", lookAtAccount},
	{"cluster.endpoints", "the Services of the API server and of DNS have endpoints", lookAtEndpoints},
	{"cluster.policies", "NetworkPolicies allow the API server and DNS", lookAtPolicies},
}

// view is from when, and beside what of the pod itself, the state is looked at.
type view struct {
	now time.Time
	// inside is what was observed in the pod; nil where nothing was.
	inside observe.Set
}

// Results are what the state says of the pod, as results of checks, beside what was observed
// in the pod itself.
func (s *State) Results(now time.Time, inside observe.Set) (list []observe.Result) {
	for _, l := range looks {
		var log observe.Log
		f := l.look(s, view{now, inside}, &log)
		list = append(list, redact.PrintableResult(observe.Result{
			ID: l.id, Title: l.title, Status: f.status, Summary: f.summary, Evidence: f.evidence.Unique(), Observations: log.Seen(),
		}))
	}
	return list
}

// ResultsOfCopy are those of a copy of a pod, which has a node and an account of its own; why
// the pod itself has not started is what is said of that.
func (s *State) ResultsOfCopy(original *State, now time.Time, inside observe.Set) []observe.Result {
	of := *original
	of.Pod = original.Pod.DeepCopy()
	of.Pod.DeletionTimestamp = nil // the copy's token is not bound to it
	list := s.Results(now, inside)
	list[0] = of.Results(now, inside)[0]
	return list
}

// ready says whether a pod is ready.
func ready(p *corev1.Pod) bool {
	return podCondition(p, corev1.PodReady).Status == corev1.ConditionTrue
}
