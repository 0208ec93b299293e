package cluster

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// tokenGrace is more than how long the API server accepts the token of a pod whose grace period
// is over, a minute, as the clock of this machine may be wrong (https://github.com/kubernetes/kubernetes, pkg/serviceaccount).
const tokenGrace = 5 * time.Minute

func lookAtPod(s *State, in view, log *observe.Log) finding {
	var e observe.Evidence
	e.Add("phase", "%s", s.Pod.Status.Phase)
	if s.Pod.Status.Reason != "" {
		e.Add("reason", "%s: %s", s.Pod.Status.Reason, s.Pod.Status.Message)
	}
	deleted := s.Pod.DeletionTimestamp
	if deleted != nil {
		e.Add("to end at", "%s", deleted.UTC().Format(time.RFC3339))
		observe.PodDeleted.Saw(log, in.now.Sub(deleted.Time) > tokenGrace)
	}
	state, says := s.Started()
	observe.PodStarted.Saw(log, state)
	if says != "" {
		observe.PodStartedSays.Saw(log, says)
		e.Add("message", "%s", says)
	}
	text := observe.PodStarted.Text(state)
	switch {
	case slices.Contains([]observe.Started{observe.Crashes, observe.Ended, observe.StartsYet}, state):
		return passed(e, "%s%s", text, behind(says))
	case state != observe.StartedWell:
		return failed(e, "%s%s", text, behind(says))
	}
	return passed(e, "pod %s runs", s.Pod.Name)
}

// behind is a message behind what it is about.
func behind(says string) string {
	if says == "" {
		return ""
	}
	return ": " + says
}

// Reasons of a container that waits, see pkg/kubelet/images/types.go and
// pkg/kubelet/kuberuntime/kuberuntime_container.go in Kubernetes.
var (
	noImage   = []string{"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "RegistryUnavailable", "SignatureValidationFailed", "ErrImagePullCredentialsUnavailable"}
	cannotRun = []string{"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
)

// WaitsInVain says that a container with this reason waits for what will not come by itself
// within a minute.
func WaitsInVain(reason string) bool {
	return slices.Contains(noImage, reason) || slices.Contains(cannotRun, reason)
}

// Started says how far the pod came, and what the cluster says of it. What its containers
// say is later, and so better, than what an event says.
func (s *State) Started() (observe.Started, string) {
	if s.Pod.UID == "" {
		return s.notCreated()
	}
	scheduled := podCondition(s.Pod, corev1.PodScheduled)
	if scheduled.Status == corev1.ConditionFalse && s.Pod.Spec.NodeName == "" {
		if scheduled.Reason == corev1.PodReasonSchedulingGated { // the scheduler has not looked for a node
			return observe.StartsYet, scheduled.Message
		}
		return observe.Unscheduled, scheduled.Message
	}
	if s.Node != nil && nodeState(s.Node) == observe.NodeSilent {
		return observe.NodeLost, nodeCondition(s.Node, corev1.NodeReady).Message
	}
	switch s.Pod.Status.Phase {
	case corev1.PodSucceeded, corev1.PodFailed:
		return observe.Ended, cmp.Or(s.Pod.Status.Message, endOf(s.Pod))
	case corev1.PodUnknown:
		return observe.NodeLost, s.Pod.Status.Message
	}
	running := false
	for _, c := range slices.Concat(s.Pod.Status.InitContainerStatuses, s.Pod.Status.ContainerStatuses) {
		waiting := c.State.Waiting
		running = running || c.State.Running != nil
		switch {
		case waiting == nil:
		case slices.Contains(noImage, waiting.Reason):
			return observe.NoImage, fmt.Sprintf("container %s: %s: %s", c.Name, waiting.Reason, cmp.Or(s.saidOf(c.Name, "Failed"), waiting.Message))
		case waiting.Reason == "CreateContainerConfigError" && missing.MatchString(waiting.Message):
			return observe.NoConfiguration, fmt.Sprintf("container %s: %s: %s", c.Name, waiting.Reason, waiting.Message)
		case slices.Contains(cannotRun, waiting.Reason):
			return observe.CannotRun, fmt.Sprintf("container %s: %s: %s", c.Name, waiting.Reason, waiting.Message)
		case waiting.Reason == "CrashLoopBackOff":
			return observe.Crashes, fmt.Sprintf("container %s: %s", c.Name, lastEnd(c))
		}
	}
	if running || s.Pod.Status.Phase == corev1.PodRunning {
		return observe.StartedWell, ""
	}
	if podCondition(s.Pod, corev1.PodReadyToStartContainers).Status == corev1.ConditionTrue { // since 1.29: volumes and sandbox are there
		return observe.StartsYet, ""
	}
	switch last := s.last("", append(progress, "FailedCreatePodSandBox", "NetworkNotReady", "FailedMount", "FailedAttachVolume")...); last.Reason {
	case "FailedCreatePodSandBox", "NetworkNotReady":
		return observe.NoSandbox, message(last)
	case "FailedMount", "FailedAttachVolume":
		return observe.NoVolume, message(last)
	}
	return observe.StartsYet, ""
}

// notCreated says why a controller cannot create the pod.
func (s *State) notCreated() (observe.Started, string) {
	says := s.said("FailedCreate")
	switch {
	case strings.Contains(says, "exceeded quota") || strings.Contains(says, "failed quota"):
		return observe.OverQuota, says
	case refused.MatchString(says):
		return observe.NotAdmitted, says
	case says != "":
		return observe.StartsYet, says
	case s.Events == nil:
		return observe.StartsYet, "no pod has been created yet, and events could not be read"
	}
	return observe.StartsYet, "no pod has been created yet, and no event says why"
}

var (
	// missing is how the kubelet says that an object or a key of it is not there.
	missing = regexp.MustCompile(`not found|couldn't find key|references non-existent`)
	// refused is how admission says that it does not take a pod.
	refused = regexp.MustCompile(`is forbidden|is invalid|admission webhook|denied the request|failed calling webhook|violates PodSecurity`)
	// progress are events after which what has failed before has passed.
	progress = []string{"Pulling", "Pulled", "Created", "Started"}
)

// said is the message of the latest event that has one of the reasons.
func (s *State) said(reasons ...string) string { return message(s.last("", reasons...)) }

// saidOf is the same of one container's events.
func (s *State) saidOf(container string, reasons ...string) string {
	return message(s.last("{"+container+"}", reasons...))
}

// last is the latest event that has one of the reasons, is about a part of the pod, and says
// more than the name of an error.
func (s *State) last(part string, reasons ...string) (last corev1.Event) {
	for _, e := range s.Events {
		of := e.InvolvedObject.FieldPath
		if s.concerns(e) && slices.Contains(reasons, e.Reason) && (of == "" || strings.Contains(of, part)) && !strings.HasPrefix(e.Message, "Error: ") &&
			(last.Reason == "" || timeOf(e).After(timeOf(last))) {
			last = e
		}
	}
	return last
}

// hash is what a ReplicaSet's name has behind that of its Deployment: letters without vowels,
// and digits (k8s.io/apimachinery/pkg/util/rand, SafeEncodeString).
var hash = regexp.MustCompile(`^-[bcdfghjklmnpqrstvwxz2456789]{1,10}$`)

// concerns says that an event is of the pod or, where that was never created, of its workload
// or a ReplicaSet of that; all are where the workload is not named, as who gives them knows.
func (s *State) concerns(e corev1.Event) bool {
	if s.Pod.UID != "" || s.Pod.GenerateName == "" {
		return true
	}
	rest, ok := strings.CutPrefix(e.InvolvedObject.Name, strings.TrimSuffix(s.Pod.GenerateName, "-"))
	return ok && (rest == "" || hash.MatchString(rest))
}

func message(e corev1.Event) string {
	return strings.TrimPrefix(strings.TrimSpace(e.Message), "(combined from similar events): ")
}

func timeOf(e corev1.Event) time.Time {
	if e.Series != nil {
		return e.Series.LastObservedTime.Time
	}
	return cmp.Or(e.LastTimestamp.Time, e.EventTime.Time, e.CreationTimestamp.Time)
}

func lastEnd(c corev1.ContainerStatus) string {
	if end := c.LastTerminationState.Terminated; end != nil {
		return fmt.Sprintf("%s, exit status %d, %d restarts", end.Reason, end.ExitCode, c.RestartCount)
	}
	return fmt.Sprintf("%d restarts", c.RestartCount)
}

func endOf(p *corev1.Pod) string {
	for _, c := range p.Status.ContainerStatuses {
		if end := c.State.Terminated; end != nil && end.ExitCode != 0 {
			return fmt.Sprintf("container %s: %s, exit status %d", c.Name, end.Reason, end.ExitCode)
		}
	}
	return ""
}

// podCondition is the one of that type, and empty where there is none.
func podCondition(p *corev1.Pod, kind corev1.PodConditionType) corev1.PodCondition {
	i := slices.IndexFunc(p.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == kind })
	if i < 0 {
		return corev1.PodCondition{}
	}
	return p.Status.Conditions[i]
}
