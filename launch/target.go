// Package launch takes k8sdoctor into a pod of a cluster, and brings its report back.
package launch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"
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
	selector, owner, err := podsOf(ctx, client, namespace, kind, name)
	if err != nil {
		return err
	}
	list, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector.String()})
	if err != nil {
		return err
	}
	pods := slices.DeleteFunc(list.Items, func(p corev1.Pod) bool { return owner != nil && !metav1.IsControlledBy(&p, owner) })
	if len(pods) == 0 {
		return NoPodsError{Namespace: namespace, Kind: kind, Name: name, Selector: selector.String()}
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

// NoPodsError says that a workload has no pod.
type NoPodsError struct{ Namespace, Kind, Name, Selector string }

// Error implements error.
func (e NoPodsError) Error() string {
	return fmt.Sprintf("%s/%s in namespace %s has no pod: none has the labels %s", e.Kind, e.Name, e.Namespace, cmp.Or(e.Selector, "that it selects"))
}

// podsOf returns what selects the pods of a workload and, where a selector is not enough,
// the object that controls them.
func podsOf(ctx context.Context, client kubernetes.Interface, namespace, kind, name string) (labels.Selector, metav1.Object, error) {
	switch kind {
	case "deployment":
		o, err := client.AppsV1().Deployments(namespace).Get(ctx, name, metav1.GetOptions{})
		selector, _, err := selectorOf(o, err, func(o *appsv1.Deployment) *metav1.LabelSelector { return o.Spec.Selector })
		return selector, nil, err // a ReplicaSet of it controls them
	case "statefulset":
		o, err := client.AppsV1().StatefulSets(namespace).Get(ctx, name, metav1.GetOptions{})
		return selectorOf(o, err, func(o *appsv1.StatefulSet) *metav1.LabelSelector { return o.Spec.Selector })
	case "daemonset":
		o, err := client.AppsV1().DaemonSets(namespace).Get(ctx, name, metav1.GetOptions{})
		return selectorOf(o, err, func(o *appsv1.DaemonSet) *metav1.LabelSelector { return o.Spec.Selector })
	case "replicaset":
		o, err := client.AppsV1().ReplicaSets(namespace).Get(ctx, name, metav1.GetOptions{})
		return selectorOf(o, err, func(o *appsv1.ReplicaSet) *metav1.LabelSelector { return o.Spec.Selector })
	case "job":
		o, err := client.BatchV1().Jobs(namespace).Get(ctx, name, metav1.GetOptions{})
		return selectorOf(o, err, func(o *batchv1.Job) *metav1.LabelSelector { return o.Spec.Selector })
	case "cronjob":
		o, err := lastJob(ctx, client, namespace, name)
		return selectorOf(o, err, func(o *batchv1.Job) *metav1.LabelSelector { return o.Spec.Selector })
	}
	o, err := client.CoreV1().Services(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, nil, err
	}
	if len(o.Spec.Selector) == 0 {
		return nil, nil, fmt.Errorf("service/%s has no selector: which pods are behind it is not known", name)
	}
	return labels.SelectorFromSet(o.Spec.Selector), nil, nil
}

func selectorOf[O metav1.Object](o O, err error, of func(O) *metav1.LabelSelector) (labels.Selector, metav1.Object, error) {
	if err != nil {
		return nil, nil, err
	}
	selector, err := metav1.LabelSelectorAsSelector(of(o))
	return selector, o, err
}

// lastJob is the latest Job of a CronJob.
func lastJob(ctx context.Context, client kubernetes.Interface, namespace, name string) (*batchv1.Job, error) {
	cron, err := client.BatchV1().CronJobs(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	list, err := client.BatchV1().Jobs(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	jobs := slices.DeleteFunc(list.Items, func(j batchv1.Job) bool { return !metav1.IsControlledBy(&j, cron) })
	if len(jobs) == 0 {
		return nil, fmt.Errorf("cronjob/%s has no job yet: kubectl -n %s create job --from=cronjob/%s NAME makes one", name, namespace, name)
	}
	last := slices.MaxFunc(jobs, func(a, b batchv1.Job) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	return &last, nil
}

// health is how far a pod is from being ready: less is worse.
type health struct {
	ready, running bool
	containers     int // that are ready
}

func healthOf(p *corev1.Pod) health {
	h := health{running: p.Status.Phase == corev1.PodRunning && p.DeletionTimestamp == nil}
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
// tells more than one that does not run.
func (h health) compare(o health) int {
	rank := func(h health) int {
		switch {
		case h.ready:
			return 2
		case h.running:
			return 0
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
