package job

import (
	"context"
	"strings"
	"sync"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// follower keeps what the API server says of a Job, of its pod and of both of their events.
type follower struct {
	ctx     context.Context
	client  kubernetes.Interface
	made    *batchv1.Job
	changed chan struct{} // after every change, with room for one
	refused cluster.Refusals
	running sync.WaitGroup

	jobs, pods cache.SharedInformer
	events     map[types.UID]cache.SharedInformer
	pod        *corev1.Pod // as it was seen last
}

// follow begins to follow a Job, until ctx ends; running is done some time after that.
func follow(ctx context.Context, client kubernetes.Interface, job *batchv1.Job) *follower {
	f := &follower{
		ctx: ctx, client: client, made: job, changed: make(chan struct{}, 1), refused: cluster.NewRefusals(), events: map[types.UID]cache.SharedInformer{},
	}
	f.jobs = f.watch(client.BatchV1().RESTClient(), "jobs", &batchv1.Job{}, f.refused.Tell, func(o *metav1.ListOptions) {
		o.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, job.Name).String()
	})
	f.pods = f.watch(client.CoreV1().RESTClient(), "pods", &corev1.Pod{}, f.refused.Tell, func(o *metav1.ListOptions) {
		o.LabelSelector = "job-name=" + job.Name // which API servers of every version set
	})
	f.eventsOf(job.UID)
	return f
}

// watch keeps objects of a resource up to date.
func (f *follower) watch(of cache.Getter, resource string, example runtime.Object, failed func(error), selecting func(*metav1.ListOptions)) cache.SharedInformer {
	informer := cluster.Informer(f.client, of, resource, f.made.Namespace, example, failed, selecting)
	informer.AddEventHandler(cache.ResourceEventHandlerFuncs{ // is not refused before the informer runs
		AddFunc: func(any) { f.change() }, UpdateFunc: func(any, any) { f.change() }, DeleteFunc: func(any) { f.change() },
	})
	f.running.Go(func() { informer.RunWithContext(f.ctx) })
	return informer
}

func (f *follower) change() {
	select {
	case f.changed <- struct{}{}:
	default: // it is told already
	}
}

// eventsOf begins to follow the events of an object, once. They are not needed: who may not
// read them is told less.
func (f *follower) eventsOf(uid types.UID) {
	if _, known := f.events[uid]; known {
		return
	}
	f.events[uid] = f.watch(f.client.CoreV1().RESTClient(), "events", &corev1.Event{}, func(error) {}, func(o *metav1.ListOptions) {
		o.FieldSelector = fields.OneTermEqualSelector("involvedObject.uid", string(uid)).String()
	})
}

// now is what is known now.
func (f *follower) now() state {
	s := state{made: f.made}
	for _, o := range f.jobs.GetStore().List() {
		s.job = o.(*batchv1.Job)
	}
	s.jobGone = f.jobs.HasSynced() && (s.job == nil || s.job.DeletionTimestamp != nil)
	s.podGone = f.pod != nil
	for _, o := range f.pods.GetStore().List() {
		f.pod, s.podGone = o.(*corev1.Pod), false
		f.eventsOf(f.pod.UID)
	}
	s.pod = f.pod
	for _, events := range f.events {
		for _, o := range events.GetStore().List() {
			if e := o.(*corev1.Event); !strings.HasPrefix(e.Message, "Error: ") { // of the kubelet, and less than the container's state says
				s.events = append(s.events, *e)
			}
		}
	}
	return s
}
