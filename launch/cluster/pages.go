package cluster

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/pager"
)

// Pods reads the pods of a namespace in pages of 500, each as Slim leaves it: a large cluster
// has thousands of them.
func Pods(ctx context.Context, client kubernetes.Interface, namespace string, options metav1.ListOptions) (pods []corev1.Pod, err error) {
	list := func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return client.CoreV1().Pods(namespace).List(ctx, o)
	}
	err = inPages(list).EachListItem(ctx, options, func(o runtime.Object) error {
		pods = append(pods, *Slim(o.(*corev1.Pod)))
		return nil
	})
	return pods, err
}

// Nodes reads the nodes that a selector of labels selects in pages of 500, without the images
// that they have.
func Nodes(ctx context.Context, client kubernetes.Interface, selector string) (nodes []corev1.Node, err error) {
	list := func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return client.CoreV1().Nodes().List(ctx, o)
	}
	err = inPages(list).EachListItem(ctx, metav1.ListOptions{LabelSelector: selector}, func(o runtime.Object) error {
		n := o.(*corev1.Node)
		n.ManagedFields, n.Annotations, n.Status.Images, n.Status.VolumesInUse, n.Status.VolumesAttached = nil, nil, nil, nil, nil
		nodes = append(nodes, *n)
		return nil
	})
	return nodes, err
}

// inPages reads a page while the one before it is looked at, and not more ahead: a page of nodes
// is large.
func inPages(list pager.ListPageFunc) *pager.ListPager {
	p := pager.New(list)
	p.PageBufferSize = 0
	return p
}

// Slim takes from a pod what is large and nothing here looks at.
func Slim(p *corev1.Pod) *corev1.Pod {
	p.ManagedFields, p.Annotations = nil, nil
	for _, containers := range [][]corev1.Container{p.Spec.InitContainers, p.Spec.Containers} {
		for i := range containers {
			c := &containers[i]
			*c = corev1.Container{Name: c.Name, Image: c.Image, Ports: c.Ports}
		}
	}
	return p
}
