package nodes

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/job"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// fleet are the nodes of one run.
type fleet struct {
	runner *Runner
	began  time.Time
	// shared is what holds for the pods of the namespace on any node.
	shared *cluster.State
	nodes  map[string]*node
	// agents are the network agents of each node, each with its image and state.
	agents map[string]map[string]string
}

// node is what is known of one node.
type node struct {
	object *corev1.Node
	pods   answer
	// host is what a pod on the host network has answered, where no pod gets a network.
	host *answer
}

// examine makes the doctors, waits for their answers, and removes them.
func (f *fleet) examine(ctx context.Context) error {
	r := f.runner
	affinity, err := selecting(r.Selector)
	if err != nil {
		return err
	}
	answers, err := f.round(ctx, affinity, false, slices.Collect(maps.Keys(f.nodes)))
	if err != nil {
		return err
	}
	var dark []string
	silent := false
	for name, a := range answers {
		f.nodes[name].pods = a
		silent = silent || a.observed == nil
		if state, _ := f.stateOf(f.nodes[name].object, a).Started(); a.observed == nil && state == observe.NoSandbox {
			dark = append(dark, name)
		}
	}
	if silent {
		f.lookAgain(ctx)
	}
	dark = slices.DeleteFunc(dark, func(name string) bool { return f.nodes[name] == nil })
	if len(dark) == 0 {
		return nil
	}
	slices.Sort(dark)
	r.Progress(fmt.Sprintf("no pod gets a network on %s: trying the host network", observe.Plural(len(dark), "node")))
	answers, err = f.round(ctx, named(dark), true, dark)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for _, name := range dark {
		a, ok := answers[name]
		if !ok { // what the others have answered stays
			a.because = "the host network could not be tried: " + err.Error()
		}
		f.nodes[name].host = &a
	}
	return nil
}

// lookAgain reads the nodes once more, as those that have not answered may have fallen silent, or
// are no longer there.
func (f *fleet) lookAgain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, reading)
	defer cancel()
	now, err := cluster.Nodes(ctx, f.runner.Client, f.runner.Selector.String())
	if err != nil { // what was read before still holds
		return
	}
	for name, n := range f.nodes {
		i := slices.IndexFunc(now, func(o corev1.Node) bool { return o.Name == name })
		switch {
		case i >= 0:
			n.object = &now[i]
		case n.pods.observed == nil:
			delete(f.nodes, name)
		}
	}
}

// round has one DaemonSet run on the nodes.
func (f *fleet) round(ctx context.Context, affinity *corev1.Affinity, hostNetwork bool, names []string) (map[string]answer, error) {
	r := f.runner
	set, err := daemonSet(r.Options, affinity, hostNetwork)
	if err != nil {
		return nil, err
	}
	owner := job.Owner(metav1.ObjectMeta{Name: set.Name, Namespace: set.Namespace, Labels: set.Labels}, set.Spec.Template.Spec.Containers[0], r.longest()+job.KeptFor)
	r.Progress(fmt.Sprintf("creating daemonset/%s in namespace %s, for %s", set.Name, set.Namespace, observe.Plural(len(names), "node")))
	defer r.remove(ctx, owner, set)
	if err := r.create(ctx, owner, set); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	following := follow(ctx, r.Client, set)
	defer following.running.Wait()
	defer cancel()
	answers, err := f.collect(ctx, following, names)
	if err == nil && r.Logs {
		f.fetchLogs(ctx, answers)
	}
	return answers, err
}

// create makes the DaemonSet, and before it the Job that owns it, with which the cluster deletes
// it should this program be killed. No interruption stops that halfway: what was made has to
// be known.
func (r *Runner) create(ctx context.Context, owner *batchv1.Job, set *appsv1.DaemonSet) error {
	lasting, cancel := context.WithTimeout(context.WithoutCancel(ctx), asking)
	defer cancel()
	made, err := r.Client.BatchV1().Jobs(owner.Namespace).Create(lasting, owner, metav1.CreateOptions{})
	if err != nil {
		return job.NotCreated(owner.Namespace, "the Job that owns the DaemonSet", err)
	}
	set.OwnerReferences = []metav1.OwnerReference{{APIVersion: "batch/v1", Kind: "Job", Name: made.Name, UID: made.UID}}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	created, err := r.Client.AppsV1().DaemonSets(set.Namespace).Create(lasting, set, metav1.CreateOptions{})
	if err != nil {
		return job.NotCreated(set.Namespace, "the DaemonSet", err)
	}
	set.UID = created.UID
	return nil
}

// remove deletes what create has made, as far as it has, whatever ended the run: the pods go
// with the DaemonSet.
func (r *Runner) remove(ctx context.Context, owner *batchv1.Job, set *appsv1.DaemonSet) {
	lasting, cancel := context.WithTimeout(context.WithoutCancel(ctx), asking)
	defer cancel()
	options := metav1.DeleteOptions{PropagationPolicy: new(metav1.DeletePropagationBackground)}
	for what, err := range map[string]error{
		"daemonset/" + set.Name: r.Client.AppsV1().DaemonSets(set.Namespace).Delete(lasting, set.Name, options),
		"job/" + owner.Name:     r.Client.BatchV1().Jobs(owner.Namespace).Delete(lasting, owner.Name, options),
	} {
		if err != nil && !apierrors.IsNotFound(err) {
			kept := time.Duration(*owner.Spec.TTLSecondsAfterFinished) * time.Second
			r.Complain(fmt.Errorf("%s was not removed; the cluster removes both within %s: %w", what, observe.FormatDuration(kept), err))
		}
	}
}

// longest is how long a pod may take from its creation to its answer.
func (r *Runner) longest() time.Duration { return r.Options.StartTimeout + r.Options.Timeout + asking }

// unnamed is a pod of the doctors of which nothing is there yet.
func (r *Runner) unnamed(node string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: r.Options.Namespace},
		Spec:       corev1.PodSpec{NodeName: node, ServiceAccountName: r.Options.ServiceAccount},
	}
}
