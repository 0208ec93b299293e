package launch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilexec "k8s.io/client-go/util/exec"
)

const (
	// starting is how long an ephemeral container may take to start, with the pull of its
	// image; it ends by itself where it starts later.
	starting = 40 * time.Second
	// ending is how long the kubelet may take to say how a container ended.
	ending = 5 * time.Second
	// between two looks at the pod; a watch would need one right more.
	between = 250 * time.Millisecond
)

// beginnings are the reasons for which a container waits without anything being wrong.
var beginnings = []string{"", "ContainerCreating", "PodInitializing", "Pulling"}

// errNoImage says that an image is not where the container is to run.
var errNoImage = errors.New("the image is not there")

// startOf says whether a container has started, or what keeps it from that.
func startOf(name string, s corev1.ContainerState) (bool, error) {
	switch {
	case s.Running != nil:
		return true, nil
	case s.Terminated != nil && absent.MatchString(s.Terminated.Message), s.Waiting != nil && absent.MatchString(s.Waiting.Message) && s.Waiting.Reason == "RunContainerError":
		return false, unfitError{}
	case s.Terminated != nil:
		return false, NotPossibleError{oneLine(fmt.Sprintf("container %s ended at once: %s %s", name, stateOf(s), s.Terminated.Message))}
	case s.Waiting != nil && s.Waiting.Reason == "ErrImageNeverPull":
		return false, errNoImage
	case s.Waiting != nil && !slices.Contains(beginnings, s.Waiting.Reason):
		return false, NotPossibleError{oneLine(fmt.Sprintf("container %s does not start: %s: %s", name, s.Waiting.Reason, s.Waiting.Message))}
	}
	return false, nil
}

// started waits until a container has started.
func (l *Launcher) started(ctx context.Context, pod *corev1.Pod, name string) error {
	limited, cancel := context.WithTimeout(ctx, starting)
	defer cancel()
	var last corev1.ContainerState
	err := l.look(limited, pod, name, func(s corev1.ContainerState) (bool, error) {
		last = s
		return startOf(name, s)
	})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return NotPossibleError{fmt.Sprintf("container %s has not started within %s (%s)", name, starting, stateOf(last))}
	}
	return err
}

// ended is how a container ended, and nil if that is not known.
func (l *Launcher) ended(ctx context.Context, pod *corev1.Pod, name string) (end error) {
	ctx, cancel := context.WithTimeout(ctx, ending)
	defer cancel()
	l.look(ctx, pod, name, func(s corev1.ContainerState) (bool, error) {
		if t := s.Terminated; t != nil {
			end = utilexec.CodeExitError{Err: errors.New(oneLine("it ended: " + stateOf(s) + " " + t.Message)), Code: int(t.ExitCode)}
		}
		return end != nil, nil
	})
	return end
}

// look looks at the state of an ephemeral container again and again, until done says that
// it is enough, or fails. What the API server does not answer is asked again.
func (l *Launcher) look(ctx context.Context, pod *corev1.Pod, name string, done func(corev1.ContainerState) (bool, error)) error {
	for {
		p, err := l.Client.CoreV1().Pods(pod.Namespace).Get(ctx, pod.Name, metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err) || err == nil && p.UID != pod.UID:
			return NotPossibleError{"the pod is gone"}
		case err == nil:
			i := slices.IndexFunc(p.Status.EphemeralContainerStatuses, func(s corev1.ContainerStatus) bool { return s.Name == name })
			if i >= 0 {
				if enough, err := done(p.Status.EphemeralContainerStatuses[i].State); enough || err != nil {
					return err
				}
			}
		}
		select {
		case <-time.After(between):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
