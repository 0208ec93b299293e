package job

import (
	"fmt"
	"slices"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// state is what is known of a run at one time.
type state struct {
	made    *batchv1.Job // as it was created
	job     *batchv1.Job // as it is; nil before it was seen, and once it is gone
	jobGone bool         // or about to go
	pod     *corev1.Pod  // as it was seen last; nil before there is one
	podGone bool
	events  []corev1.Event
}

// trouble is what keeps the run from a report, unless it passes.
type trouble struct {
	err error
	// patience is how long it is given to pass.
	patience time.Duration
}

const (
	// secondTry is enough for controllers and kubelets to try again what failed once:
	// they wait for 10 s at first.
	secondTry = 15 * time.Second
	// settling is for what belongs together and comes one after the other: the end of a
	// pod, of its Job and of its namespace.
	settling = time.Second
)

// started says how far the pod came, and what the cluster says of it.
func (s *state) started() (observe.Started, string) {
	seen := cluster.State{Pod: &corev1.Pod{}, Events: s.events}
	if s.pod != nil {
		seen.Pod = s.pod
	}
	return seen.Started()
}

// container is the status of the doctor's container; a webhook may have added others.
func (s *state) container() corev1.ContainerStatus {
	if s.pod != nil {
		for _, c := range s.pod.Status.ContainerStatuses {
			if c.Name == s.doctor().Name {
				return c
			}
		}
	}
	return corev1.ContainerStatus{}
}

// doctor is the doctor's container as it was created.
func (s *state) doctor() corev1.Container { return s.made.Spec.Template.Spec.Containers[0] }

// runs says whether the doctor has begun, and ended whether it has ended as well.
func (s *state) runs() bool {
	return s.container().State.Running != nil || s.ended()
}

// podDeleted says whether the pod is gone, or about to go.
func (s *state) podDeleted() bool {
	return s.podGone || s.pod != nil && s.pod.DeletionTimestamp != nil
}

func (s *state) ended() bool { return s.container().State.Terminated != nil }

// trouble is what is wrong now, with a nil error where nothing is.
func (s *state) trouble() trouble {
	if s.job != nil {
		for _, c := range s.job.Status.Conditions {
			switch {
			case c.Status != corev1.ConditionTrue:
			case c.Reason == batchv1.JobReasonDeadlineExceeded:
				return trouble{err: &Error{Seen: fmt.Sprintf("job/%s reached its deadline of %d s (activeDeadlineSeconds): set a longer --start-timeout or --timeout", s.made.Name, *s.made.Spec.ActiveDeadlineSeconds)}}
			case c.Type == batchv1.JobFailed && s.pod == nil:
				return trouble{fmt.Errorf("job/%s failed without a pod: %s%s", s.made.Name, c.Reason, behind(c.Message)), settling}
			}
		}
	}
	if s.jobGone {
		return trouble{fmt.Errorf("job/%s was deleted", s.made.Name), settling}
	}
	if s.pod != nil {
		if t := s.podEnded(); t.err != nil {
			return t
		}
	}
	if s.runs() {
		return trouble{}
	}
	return s.notStarted()
}

// podEnded is how a pod ended other than by the end of the doctor.
func (s *state) podEnded() trouble {
	name := "pod/" + s.pod.Name
	evicted := condition(s.pod, corev1.DisruptionTarget)
	switch end := s.container().State.Terminated; {
	case evicted.Status == corev1.ConditionTrue:
		return trouble{fmt.Errorf("%s was evicted: %s: %s", name, evicted.Reason, evicted.Message), settling}
	case s.pod.Status.Reason == "Evicted":
		return trouble{fmt.Errorf("%s was evicted: %s", name, s.pod.Status.Message), settling}
	case s.podDeleted():
		return trouble{&Error{Seen: name + " was deleted before its report was read, not by k8sdoctor"}, settling}
	case end != nil && !slices.Contains([]int32{0, 1, 2}, end.ExitCode):
		return trouble{err: fmt.Errorf("k8sdoctor ended in %s without a report: %s, exit status %d%s", name, end.Reason, end.ExitCode, behind(end.Message))}
	case end == nil && s.pod.Status.Phase == corev1.PodFailed:
		return trouble{fmt.Errorf("node %s does not run %s: %s%s", s.pod.Spec.NodeName, name, s.pod.Status.Reason, behind(s.pod.Status.Message)), settling}
	}
	return trouble{}
}

// notStarted is what keeps the pod from starting. What may take its time, as a node that
// is added, has until the end of --start-timeout.
func (s *state) notStarted() trouble {
	switch how, says := s.started(); how {
	case observe.OverQuota, observe.NotAdmitted:
		t := trouble{denied(s.made.Namespace, "the pod of job/"+s.made.Name, says), secondTry}
		if violatesPodSecurity(says) {
			t.patience = 0
		}
		return t
	case observe.NoImage:
		t := trouble{&Error{fmt.Sprintf("image %s is not on node %s and cannot be pulled: %s", s.doctor().Image, s.pod.Spec.NodeName, strings.TrimPrefix(says, "container "+s.container().Name+": ")), "to push it to a registry that the node can pull from", "make push IMAGE=registry.example/k8sdoctor"}, secondTry}
		if cluster.NeverPasses(s.container().State.Waiting.Reason) {
			t.patience = 0
		}
		return t
	case observe.NoConfiguration, observe.CannotRun:
		return trouble{fmt.Errorf("node %s cannot create the container: %s", s.pod.Spec.NodeName, says), secondTry}
	}
	return trouble{}
}

// slow says what a pod waits for that does not start in time.
func (s *state) slow(limit time.Duration) error {
	ns := s.made.Namespace
	how, says := s.started()
	longer := fmt.Sprintf("within %s (--start-timeout)", observe.FormatDuration(limit))
	switch {
	case s.pod == nil:
		return &Error{fmt.Sprintf("job/%s has no pod %s%s", s.made.Name, longer, behind(says)), "the events of the Job, after another run with --keep", "kubectl -n " + ns + " describe job " + s.made.Name}
	case how == observe.Unscheduled:
		return &Error{fmt.Sprintf("no node takes pod/%s %s: %s", s.pod.Name, longer, says), "the nodes, one of which --node can choose", "kubectl get nodes"}
	case s.pulling():
		return &Error{Seen: fmt.Sprintf("node %s has not pulled image %s %s", s.pod.Spec.NodeName, s.doctor().Image, longer)}
	case how == observe.StartsYet && s.pod.Status.StartTime == nil && s.pod.Spec.NodeName != "":
		return &Error{fmt.Sprintf("the kubelet of node %s has not taken pod/%s %s", s.pod.Spec.NodeName, s.pod.Name, longer), "the state of the node, if there is such a node", "kubectl get node " + s.pod.Spec.NodeName}
	}
	if waiting := s.container().State.Waiting; waiting != nil && says == "" {
		says = waiting.Reason + behind(waiting.Message)
	}
	return &Error{Seen: fmt.Sprintf("pod/%s has not started on node %s %s%s", s.pod.Name, s.pod.Spec.NodeName, longer, behind(says))}
}

// pulling says that the kubelet of a known node pulls the image; an event may arrive before
// the pod that it is about.
func (s *state) pulling() bool {
	pulling := false
	for _, e := range s.events {
		pulling = pulling || e.Reason == "Pulling"
	}
	for _, e := range s.events {
		pulling = pulling && e.Reason != "Pulled"
	}
	return pulling && s.pod.Spec.NodeName != ""
}

// step is what the run does now, in words for who waits for it; key is the same as long as
// only the words change.
func (s *state) step() (key, text string) {
	how, says := s.started()
	key = string(how)
	switch {
	case s.pod == nil && how != observe.StartsYet:
		return key, "no pod of job/" + s.made.Name + " yet" + behind(says)
	case s.pod == nil:
		return "created", "waiting for the pod of job/" + s.made.Name
	case s.ended():
		return "ended", "reading the report of pod/" + s.pod.Name
	case s.runs():
		return "runs", fmt.Sprintf("k8sdoctor runs in pod/%s on node %s", s.pod.Name, s.pod.Spec.NodeName)
	case how == observe.Unscheduled:
		return key, "pod/" + s.pod.Name + " waits for a node" + behind(says)
	case how != observe.StartsYet:
		return key, "pod/" + s.pod.Name + " does not start yet" + behind(says)
	case s.pulling():
		return "pulling", fmt.Sprintf("node %s pulls image %s", s.pod.Spec.NodeName, s.doctor().Image)
	case s.pod.Spec.NodeName == "":
		return "pending", "pod/" + s.pod.Name + " waits for a node"
	}
	return "starting", fmt.Sprintf("pod/%s starts on node %s", s.pod.Name, s.pod.Spec.NodeName)
}

// behind is a message behind what it is about.
func behind(says string) string {
	if says = strings.TrimSpace(says); says == "" {
		return ""
	}
	return ": " + says
}

func condition(p *corev1.Pod, kind corev1.PodConditionType) corev1.PodCondition {
	i := slices.IndexFunc(p.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == kind })
	if i < 0 {
		return corev1.PodCondition{}
	}
	return p.Status.Conditions[i]
}
