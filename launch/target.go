// Package launch takes k8sdoctor into a pod of a cluster, and brings its report back.
package launch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/k8sdoctor/k8sdoctor/launch/like"
)

// Target is the container that is examined.
type Target struct {
	// Asked is what was asked for, such as "deployment/web".
	Asked     string
	Pod       *corev1.Pod
	Container string
	// Chosen says why it is this one of several pods; empty where there is one only.
	Chosen string
}

// kinds are the resources that have pods, by the names that kubectl takes.
var kinds = map[string][]string{
	"pod": {"pods", "po"}, "deployment": {"deployments", "deploy"}, "statefulset": {"statefulsets", "sts"}, "daemonset": {"daemonsets", "ds"},
	"job": {"jobs"}, "cronjob": {"cronjobs", "cj"}, "replicaset": {"replicasets", "rs"}, "service": {"services", "svc"},
}

// ParseTarget reads TYPE/NAME, TYPE NAME, or the NAME of a pod.
func ParseTarget(args []string) (kind, name string, err error) {
	kind, name = "pod", ""
	switch len(args) {
	case 0:
		return "", "", errors.New("which pod? kubectl k8sdoctor TYPE/NAME, such as deployment/web or pod/web-0")
	case 1:
		if of, rest, typed := strings.Cut(args[0], "/"); typed {
			kind, name = of, rest
		} else {
			name = args[0]
		}
	case 2:
		kind, name = args[0], args[1]
	default:
		return "", "", fmt.Errorf("unexpected argument %q: one TYPE/NAME at a time", args[2])
	}
	kind, _, _ = strings.Cut(strings.ToLower(kind), ".") // deployments.apps
	for known, others := range kinds {
		if kind == known || slices.Contains(others, kind) {
			kind = known
		}
	}
	if _, known := kinds[kind]; !known {
		return "", "", fmt.Errorf("%q has no pods that are known here: TYPE is one of pod, deployment, statefulset, daemonset, job, cronjob, replicaset and service", kind)
	}
	if name == "" {
		return "", "", fmt.Errorf("which %s? %s/NAME", kind, kind)
	}
	return kind, name, nil
}

// Find returns the pod that was asked for; of several pods the least ready one.
func Find(ctx context.Context, client kubernetes.Interface, namespace, kind, name, container string) (*Target, error) {
	t := &Target{Asked: kind + "/" + name}
	if kind == "pod" {
		pod, err := client.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		t.Pod = pod
	} else if err := t.choose(ctx, client, namespace, kind, name); err != nil {
		return nil, err
	}
	var err error
	t.Container, err = containerOf(t.Pod, container)
	return t, err
}

func (t *Target) choose(ctx context.Context, client kubernetes.Interface, namespace, kind, name string) error {
	w, err := findWorkload(ctx, client, namespace, kind, name)
	if err != nil {
		return err
	}
	list, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: w.selector.String()})
	if err != nil {
		return err
	}
	pods := slices.DeleteFunc(list.Items, func(p corev1.Pod) bool {
		_, copied := p.Annotations[like.ForPod] // of somebody else's call
		return copied || w.owner != nil && !metav1.IsControlledBy(&p, w.owner)
	})
	if len(pods) == 0 {
		t.Pod, err = w.wanted(namespace)
		return err
	}
	slices.SortStableFunc(pods, func(a, b corev1.Pod) int { return healthOf(&a).compare(healthOf(&b)) })
	t.Pod = &pods[0]
	if len(pods) > 1 {
		t.Chosen = fmt.Sprintf("the least ready of %d pods", len(pods))
		if healthOf(&pods[0]) == healthOf(&pods[len(pods)-1]) {
			t.Chosen = fmt.Sprintf("the first of %d pods that are equally ready", len(pods))
		}
	}
	return nil
}

// health is how far a pod is from being ready: less is worse.
type health struct {
	ready, running, ended bool
	containers            int // that are ready
}

func healthOf(p *corev1.Pod) health {
	h := health{
		running: p.Status.Phase == corev1.PodRunning && p.DeletionTimestamp == nil,
		ended:   p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed,
	}
	for _, c := range p.Status.Conditions {
		h.ready = h.ready || c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	}
	for _, c := range p.Status.ContainerStatuses {
		if c.Ready {
			h.containers++
		}
	}
	return h
}

// compare puts the pod first that is worth to be examined: one that runs and is not ready
// tells more than one that does not run, and one that has ended tells least.
func (h health) compare(o health) int {
	rank := func(h health) int {
		switch {
		case h.running && !h.ready:
			return 0
		case h.ended:
			return 3
		case h.ready:
			return 2
		}
		return 1
	}
	return cmp.Or(rank(h)-rank(o), h.containers-o.containers)
}

// containerOf is the container that was named, or else the one that kubectl takes.
func containerOf(p *corev1.Pod, name string) (string, error) {
	if len(p.Spec.Containers) == 0 {
		return "", fmt.Errorf("pod/%s has no container", p.Name)
	}
	asked := name != ""
	if !asked {
		name = p.Annotations["kubectl.kubernetes.io/default-container"]
	}
	var names []string
	for _, c := range p.Spec.Containers {
		if c.Name == name {
			return name, nil
		}
		names = append(names, c.Name)
	}
	if asked {
		return "", fmt.Errorf("pod/%s has no container %q; it has %s", p.Name, name, strings.Join(names, ", "))
	}
	return names[0], nil
}

// ofWindows says that the pod is one of Windows, by itself or by its node.
func ofWindows(pod *corev1.Pod, node *corev1.Node) bool {
	return pod.Spec.OS != nil && pod.Spec.OS.Name == corev1.Windows || node != nil && node.Status.NodeInfo.OperatingSystem == string(corev1.Windows) ||
		pod.Spec.NodeSelector[corev1.LabelOSStable] == string(corev1.Windows)
}

// notToBeTouched says why nothing may be run in the container, as far as that is known
// without running anything there; "" where nothing speaks against it.
func notToBeTouched(t *Target) string {
	status, ok := statusOf(t.Pod, t.Container)
	switch {
	case t.Pod.DeletionTimestamp != nil:
		return "the pod is being deleted"
	case t.Pod.UID == "":
		return "there is no pod"
	case !ok || status.State.Running == nil:
		return fmt.Sprintf("container %s does not run (%s)", t.Container, stateOf(status.State))
	}
	for _, limited := range limitsOf(t.Pod, t.Container) {
		if limit, ok := limited[corev1.ResourceMemory]; ok && limit.Value() < spare*needed {
			return fmt.Sprintf("its memory limit is %s, and %d MiB are to be free", limit.String(), spare*needed>>20)
		}
		if limit, ok := limited[corev1.ResourceEphemeralStorage]; ok && limit.Value() < spare*needed {
			return fmt.Sprintf("its limit of ephemeral storage is %s, and %d MiB are to be free", limit.String(), spare*needed>>20)
		}
	}
	if last := status.LastTerminationState.Terminated; last != nil && last.Reason == "OOMKilled" {
		return "it was killed for its memory before (OOMKilled)"
	}
	return ""
}

// limitsOf are the limits that hold for a container: its own, and those of the pod.
func limitsOf(p *corev1.Pod, container string) []corev1.ResourceList {
	var limits []corev1.ResourceList
	for _, c := range p.Spec.Containers {
		if c.Name == container {
			limits = append(limits, c.Resources.Limits)
		}
	}
	if p.Spec.Resources != nil {
		limits = append(limits, p.Spec.Resources.Limits)
	}
	return limits
}

func statusOf(p *corev1.Pod, container string) (corev1.ContainerStatus, bool) {
	i := slices.IndexFunc(p.Status.ContainerStatuses, func(s corev1.ContainerStatus) bool { return s.Name == container })
	if i < 0 {
		return corev1.ContainerStatus{}, false
	}
	return p.Status.ContainerStatuses[i], true
}

// stateOf is the state of a container in a few words.
func stateOf(s corev1.ContainerState) string {
	switch {
	case s.Running != nil:
		return "running"
	case s.Terminated != nil:
		return fmt.Sprintf("%s, exit status %d", s.Terminated.Reason, s.Terminated.ExitCode)
	case s.Waiting != nil && s.Waiting.Reason != "":
		return s.Waiting.Reason
	}
	return "not started"
}
