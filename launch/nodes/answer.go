package nodes

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8sdoctor/k8sdoctor/internal/handover"
	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/redact"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// answer is what came of the pod of one node.
type answer struct {
	pod    *corev1.Pod // as it was seen last; nil where there never was one
	events []corev1.Event
	// observed is what its doctor has written; nil where it has not, and because says why.
	observed *observe.Compact
	because  string
	// whole is the report of its log, where that was fetched.
	whole *report.Report
}

// ended is how the doctor of a pod ended, nil before that.
func ended(p *corev1.Pod) *corev1.ContainerStateTerminated {
	for _, c := range p.Status.InitContainerStatuses {
		switch {
		case c.Name != doctor:
		case c.State.Terminated != nil:
			return c.State.Terminated
		default:
			return c.LastTerminationState.Terminated // it failed, and was started again
		}
	}
	return nil
}

// read takes what the doctor of the pod has left, once it has ended.
func (a *answer) read(image, launcher string) (done bool) {
	if a.pod == nil {
		return false
	}
	end := ended(a.pod)
	if end == nil {
		return false
	}
	observed, err := observe.ReadCompact([]byte(end.Message))
	if err == nil && end.ExitCode == 0 {
		a.observed = &observed
		return true
	}
	says := strings.TrimSpace(end.Message)
	flag, missing := handover.MissingFlag(says)
	switch {
	case end.ExitCode == 0 && errors.Is(err, observe.ErrNotCompact) && says == "":
		a.because = fmt.Sprintf("image %s ended without a message: it is no k8sdoctor, or one of another version than this launcher, which is %s", image, launcher)
	case missing:
		a.because = fmt.Sprintf("the k8sdoctor of image %s has no flag %s: it is of another version than this launcher, which is %s", image, flag, launcher)
	case err != nil && !errors.Is(err, observe.ErrNotCompact):
		a.because = fmt.Sprintf("the k8sdoctor of image %s is of another version than this launcher, which is %s: %s", image, launcher, err)
	default:
		a.because = fmt.Sprintf("k8sdoctor ended without a report: %s, exit status %d%s", end.Reason, end.ExitCode, behind(says))
	}
	a.because = redact.Printable(a.because)
	return true
}

func behind(says string) string {
	if says == "" {
		return ""
	}
	return ": " + says
}

// stateOf is what the cluster's API knows of a pod of the doctors.
func (f *fleet) stateOf(object *corev1.Node, a answer) *cluster.State {
	pod := a.pod
	if pod == nil {
		pod = f.runner.unnamed(object.Name)
	}
	return f.shared.OfPod(pod, object, a.events)
}

// patience is how long what keeps a pod from starting is given to pass: a second try comes
// within it (controllers and kubelets wait for 10 s at first).
const patience = 15 * time.Second

// neverPasses are reasons of a container that waits for what no second try can change.
var neverPasses = []string{"ErrImageNeverPull", "InvalidImageName"}

// hopeless says whether a pod that has not started does not start by itself either, if that
// stays so for the time that is returned.
func hopeless(s *cluster.State) (time.Duration, bool) {
	how, _ := s.Started()
	switch how {
	case observe.NodeLost:
		return 0, true
	case observe.NotAdmitted, observe.OverQuota, observe.Unscheduled, observe.NoSandbox, observe.NoVolume, observe.NoConfiguration, observe.CannotRun:
		return patience, true
	case observe.NoImage:
		for _, c := range s.Pod.Status.InitContainerStatuses {
			if c.State.Waiting != nil && slices.Contains(neverPasses, c.State.Waiting.Reason) {
				return 0, true
			}
		}
		return patience, true
	}
	return 0, false
}
