package launch

import (
	"context"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"
)

// workload is what has pods.
type workload struct {
	kind, name string
	selector   labels.Selector
	// owner controls its pods, where a selector is not enough; nil where a ReplicaSet of it
	// does, or nothing.
	owner metav1.Object
	// template is what its pods are made of; nil for a Service.
	template *corev1.PodTemplateSpec
	// replicas is how many it is to have; nil where it says no number.
	replicas *int32
}

func findWorkload(ctx context.Context, client kubernetes.Interface, namespace, kind, name string) (w workload, err error) {
	w = workload{kind: kind, name: name}
	var selector *metav1.LabelSelector
	switch kind {
	case "deployment":
		var o *appsv1.Deployment
		if o, err = client.AppsV1().Deployments(namespace).Get(ctx, name, metav1.GetOptions{}); err == nil {
			selector, w.template, w.replicas = o.Spec.Selector, &o.Spec.Template, o.Spec.Replicas
		}
	case "statefulset":
		var o *appsv1.StatefulSet
		if o, err = client.AppsV1().StatefulSets(namespace).Get(ctx, name, metav1.GetOptions{}); err == nil {
			selector, w.owner, w.template, w.replicas = o.Spec.Selector, o, &o.Spec.Template, o.Spec.Replicas
		}
	case "daemonset":
		var o *appsv1.DaemonSet
		if o, err = client.AppsV1().DaemonSets(namespace).Get(ctx, name, metav1.GetOptions{}); err == nil {
			selector, w.owner, w.template = o.Spec.Selector, o, &o.Spec.Template
		}
	case "replicaset":
		var o *appsv1.ReplicaSet
		if o, err = client.AppsV1().ReplicaSets(namespace).Get(ctx, name, metav1.GetOptions{}); err == nil {
			selector, w.owner, w.template, w.replicas = o.Spec.Selector, o, &o.Spec.Template, o.Spec.Replicas
		}
	case "job":
		var o *batchv1.Job
		if o, err = client.BatchV1().Jobs(namespace).Get(ctx, name, metav1.GetOptions{}); err == nil {
			selector, w.owner, w.template, w.replicas = o.Spec.Selector, o, &o.Spec.Template, o.Spec.Parallelism
		}
	case "cronjob":
		var o *batchv1.Job
		if o, err = lastJob(ctx, client, namespace, name); err == nil {
			selector, w.owner, w.template, w.replicas = o.Spec.Selector, o, &o.Spec.Template, o.Spec.Parallelism
		}
	default:
		var o *corev1.Service
		if o, err = client.CoreV1().Services(namespace).Get(ctx, name, metav1.GetOptions{}); err == nil {
			if len(o.Spec.Selector) == 0 {
				return w, fmt.Errorf("service/%s has no selector: which pods are behind it is not known", name)
			}
			selector = &metav1.LabelSelector{MatchLabels: o.Spec.Selector}
		}
	}
	if err != nil {
		return w, err
	}
	w.selector, err = metav1.LabelSelectorAsSelector(selector)
	return w, err
}

// wanted is the pod that a workload without pods is to have: it has no UID, as it was never
// created.
func (w workload) wanted(namespace string) (*corev1.Pod, error) {
	switch {
	case w.template == nil:
		return nil, fmt.Errorf("%s/%s selects no pod: none in namespace %s has the labels %s", w.kind, w.name, namespace, w.selector)
	case w.replicas != nil && *w.replicas == 0:
		return nil, fmt.Errorf("%s/%s is to have 0 pods: kubectl -n %s scale %s/%s --replicas=1", w.kind, w.name, namespace, w.kind, w.name)
	}
	pod := &corev1.Pod{ObjectMeta: *w.template.ObjectMeta.DeepCopy(), Spec: *w.template.Spec.DeepCopy()}
	pod.Namespace, pod.GenerateName = namespace, w.name+"-"
	return pod, nil
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
