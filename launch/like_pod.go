package launch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/job"
	"github.com/k8sdoctor/k8sdoctor/launch/like"
)

const (
	pollEvery = 250 * time.Millisecond
	// startWithin is how long a copy may take until its container runs, and scheduleWithin
	// until a node has it.
	startWithin    = 45 * time.Second
	scheduleWithin = 10 * time.Second
	// completeWithin is how long the Job may take that completes by itself.
	completeWithin = 10 * time.Second
	// cleanup is how long it may take to delete what was created.
	cleanup = 20 * time.Second
)

// create creates the copy, and before it the Job that owns it.
func (l *Launcher) create(ctx context.Context, pod *corev1.Pod, t *Target) (*corev1.Pod, error) {
	guarded := pod.OwnerReferences[0].Controller
	lasting, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanup) // what was created has to be known
	defer cancel()
	owner, err := l.Client.BatchV1().Jobs(pod.Namespace).Create(lasting, ownerOf(pod), metav1.CreateOptions{})
	switch {
	case err == nil:
		pod.OwnerReferences[0].UID = owner.UID
	case ctx.Err() != nil:
		return nil, err
	case guarded == nil:
		pod.OwnerReferences = nil
	case t.Pod.UID == "":
		return nil, NotPossibleError{"no Job can be created, and the copy needs one as its controller: " + err.Error()}
	default: // it goes with the failing pod
		pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Pod", Name: t.Pod.Name, UID: t.Pod.UID, Controller: guarded}}
	}
	if err != nil {
		l.notes = append(l.notes, fmt.Sprintf("no Job could be created (%v): should this command be killed, kubectl -n %s delete pod %s deletes the copy", err, pod.Namespace, pod.Name))
	}
	if err == nil && guarded != nil {
		if err := l.completed(ctx, owner); err != nil {
			return nil, err
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	got, err := l.Client.CoreV1().Pods(pod.Namespace).Create(lasting, pod, metav1.CreateOptions{})
	if err != nil {
		return nil, NotPossibleError{"the copy cannot be created: " + err.Error()}
	}
	return got, nil
}

// ownerOf is the Job that owns a copy. A Job that has completed lets go of no pod
// (pkg/controller/job/job_controller.go, syncJob).
func ownerOf(pod *corev1.Pod) *batchv1.Job {
	ttl := max(job.KeptFor, time.Duration(*pod.Spec.ActiveDeadlineSeconds)*time.Second+time.Minute)
	meta := metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace, Annotations: map[string]string{like.ForPod: pod.Annotations[like.ForPod]}}
	return job.Owner(meta, pod.Spec.Containers[0], ttl)
}

// completed waits until the Job has: before, it would let go of a pod that it did not make.
func (l *Launcher) completed(ctx context.Context, owner *batchv1.Job) error {
	ctx, cancel := context.WithTimeoutCause(ctx, completeWithin, NotPossibleError{fmt.Sprintf("Job %s did not complete within %s, and the copy needs it as its controller", owner.Name, completeWithin)})
	defer cancel()
	return poll(ctx, func() (bool, error) {
		got, err := l.Client.BatchV1().Jobs(owner.Namespace).Get(ctx, owner.Name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		return slices.ContainsFunc(got.Status.Conditions, func(c batchv1.JobCondition) bool {
			return c.Type == batchv1.JobComplete && c.Status == corev1.ConditionTrue
		}), nil
	})
}

// poll asks again and again, until there is an answer or the context ends.
func poll(ctx context.Context, done func() (bool, error)) error {
	for {
		if ok, err := done(); ok || err != nil {
			return ended(ctx, err)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pollEvery):
		}
	}
}

// copyStarted waits until the container of the copy runs, and those of a mesh are ready: before,
// they take no connection.
func (l *Launcher) copyStarted(ctx context.Context, pod *corev1.Pod, container string) (running *corev1.Pod, err error) {
	began := time.Now()
	err = poll(ctx, func() (bool, error) {
		if running, err = l.Client.CoreV1().Pods(pod.Namespace).Get(ctx, pod.Name, metav1.GetOptions{}); err != nil {
			return false, err
		}
		if why := l.stuck(running, container, time.Since(began)); why != "" {
			return false, NotPossibleError{why}
		}
		if time.Since(began) > startWithin {
			return false, NotPossibleError{fmt.Sprintf("the copy did not start within %s: %s", startWithin, l.waitsFor(ctx, running, container))}
		}
		status, ok := statusOf(running, container)
		others := slices.ContainsFunc(running.Status.ContainerStatuses, func(s corev1.ContainerStatus) bool { return s.Name != container && !s.Ready })
		return ok && (status.State.Terminated != nil || status.State.Running != nil && (l.doctorImage() || !others)), nil
	})
	return running, err
}

const noNodeFor = "the scheduler finds no node for the copy: "

// notFound is what runtimes say where the image has no shell.
const notFound = "executable file not found"

// stuck says why waiting for the copy is of no use; "" where it may be.
func (l *Launcher) stuck(pod *corev1.Pod, container string, waited time.Duration) string {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse && waited > scheduleWithin {
			return noNodeFor + c.Message + " (--same-node needs no scheduler)"
		}
	}
	for _, s := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		waiting, ended := s.State.Waiting, s.State.Terminated
		switch {
		case s.Name == container && (ended != nil && strings.Contains(ended.Message, notFound) || waiting != nil && strings.Contains(waiting.Message, notFound)):
			return fmt.Sprintf("image %s has no shell: give one that has, or one of k8sdoctor, as --image IMAGE", s.Image)
		case waiting != nil && cluster.WaitsInVain(waiting.Reason):
			return fmt.Sprintf("container %s of the copy does not start: %s: %s", s.Name, waiting.Reason, waiting.Message)
		case s.Name == container && !l.doctorImage() && ended != nil:
			return fmt.Sprintf("container %s of the copy has ended: %s, exit status %d: %s", s.Name, ended.Reason, ended.ExitCode, ended.Message)
		}
	}
	if pod.Status.Phase == corev1.PodFailed && pod.Status.Reason != "" {
		return fmt.Sprintf("the copy has failed: %s: %s", pod.Status.Reason, pod.Status.Message)
	}
	return ""
}

// waitsFor is what the latest event of the copy says, or else its state.
func (l *Launcher) waitsFor(ctx context.Context, pod *corev1.Pod, container string) string {
	list, err := l.Client.CoreV1().Events(pod.Namespace).List(ctx, metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("involvedObject.uid", string(pod.UID)).String()})
	if err == nil && len(list.Items) > 0 {
		last := slices.MaxFunc(list.Items, func(a, b corev1.Event) int { return a.LastTimestamp.Compare(b.LastTimestamp.Time) })
		return last.Reason + ": " + strings.TrimSpace(last.Message)
	}
	status, _ := statusOf(pod, container)
	return stateOf(status.State)
}

// terminated waits until the container has ended.
func (l *Launcher) terminated(ctx context.Context, pod *corev1.Pod, container string) error {
	return poll(ctx, func() (bool, error) {
		got, err := l.Client.CoreV1().Pods(pod.Namespace).Get(ctx, pod.Name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		status, _ := statusOf(got, container)
		if got.Status.Phase == corev1.PodFailed && status.State.Terminated == nil {
			return false, fmt.Errorf("the copy has failed: %s: %s", got.Status.Reason, got.Status.Message)
		}
		return status.State.Terminated != nil, nil
	})
}

// remove deletes the copy and its Job, also where the call was interrupted, and waits until
// they are gone.
func (l *Launcher) remove(ctx context.Context, pod *corev1.Pod) {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), cleanup, fmt.Errorf("it is still there after %s", cleanup))
	defer cancel()
	pods, jobs := l.Client.CoreV1().Pods(pod.Namespace), l.Client.BatchV1().Jobs(pod.Namespace)
	background := metav1.DeleteOptions{PropagationPolicy: new(metav1.DeletePropagationBackground)}
	err := errors.Join(absent404(pods.Delete(ctx, pod.Name, background)), absent404(jobs.Delete(ctx, pod.Name, background)))
	if err == nil {
		err = poll(ctx, func() (bool, error) {
			_, err := pods.Get(ctx, pod.Name, metav1.GetOptions{})
			return apierrors.IsNotFound(err), absent404(err)
		})
	}
	if l.left = err; err != nil {
		l.Progress(fmt.Sprintf("pod %s was not deleted: %v: kubectl -n %s delete pod,job %s deletes it", pod.Name, err, pod.Namespace, pod.Name))
	}
}

// absent404 is no error where the object is not there.
func absent404(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
