package nodes

import (
	"context"
	"strings"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// follower keeps what the API server says of a DaemonSet, of its pods and of what went wrong
// with them, by one watch for each kind.
type follower struct {
	set     *appsv1.DaemonSet // as it was created
	refused cluster.Refusals
	running sync.WaitGroup

	sets, pods, events cache.SharedInformer
}

// follow begins to follow a DaemonSet, until ctx ends; running is done some time after that.
func follow(ctx context.Context, client kubernetes.Interface, set *appsv1.DaemonSet) *follower {
	f := &follower{set: set, refused: cluster.NewRefusals()}
	watch := func(of cache.Getter, resource string, example runtime.Object, failed func(error), selecting func(*metav1.ListOptions)) cache.SharedInformer {
		informer := cluster.Informer(client, of, resource, set.Namespace, example, failed, selecting)
		informer.SetTransform(f.small) // is not refused before the informer runs
		f.running.Go(func() { informer.RunWithContext(ctx) })
		return informer
	}
	f.sets = watch(client.AppsV1().RESTClient(), "daemonsets", &appsv1.DaemonSet{}, f.refused.Tell, func(o *metav1.ListOptions) {
		o.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, set.Name).String()
	})
	f.pods = watch(client.CoreV1().RESTClient(), "pods", &corev1.Pod{}, f.refused.Tell, func(o *metav1.ListOptions) {
		o.LabelSelector = runLabel + "=" + set.Name
	})
	f.events = watch(client.CoreV1().RESTClient(), "events", &corev1.Event{}, func(error) {}, func(o *metav1.ListOptions) {
		o.FieldSelector = fields.OneTermEqualSelector("type", corev1.EventTypeWarning).String()
	})
	return f
}

// small leaves out of an object what is not looked at, and of an event of something else all
// but its name.
func (f *follower) small(object any) (any, error) {
	switch o := object.(type) {
	case *corev1.Pod:
		return cluster.Slim(o), nil
	case *corev1.Event:
		o.ManagedFields = nil
		if !strings.HasPrefix(o.InvolvedObject.Name, f.set.Name) {
			return &corev1.Event{ObjectMeta: metav1.ObjectMeta{Name: o.Name, Namespace: o.Namespace, ResourceVersion: o.ResourceVersion}}, nil
		}
	}
	return object, nil
}

// state is what is known of the pods at one time.
type state struct {
	gone   bool // the DaemonSet
	pods   map[string]*corev1.Pod
	events map[types.UID][]corev1.Event
	newest time.Time // when the latest pod was created, by the API server's clock
}

func (f *follower) now() state {
	s := state{pods: map[string]*corev1.Pod{}, events: map[types.UID][]corev1.Event{}}
	s.gone = f.sets.HasSynced() && len(f.sets.GetStore().List()) == 0
	for _, o := range f.pods.GetStore().List() {
		p := o.(*corev1.Pod)
		if before := s.pods[nodeOf(p)]; before == nil || before.DeletionTimestamp != nil {
			s.pods[nodeOf(p)] = p
		}
		if p.CreationTimestamp.After(s.newest) {
			s.newest = p.CreationTimestamp.Time
		}
	}
	for _, o := range f.events.GetStore().List() {
		if e := o.(*corev1.Event); e.InvolvedObject.UID != "" && !strings.HasPrefix(e.Message, "Error: ") { // of the kubelet, and less than the container's state says
			s.events[e.InvolvedObject.UID] = append(s.events[e.InvolvedObject.UID], *e)
		}
	}
	return s
}
