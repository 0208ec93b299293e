package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/k8sdoctor/k8sdoctor/internal/handover"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// Runner runs Jobs in one cluster.
type Runner struct {
	Client kubernetes.Interface
	// Version is that of this launcher.
	Version string
	// StartTimeout is how long the pod may take to start.
	StartTimeout time.Duration
	// Keep leaves the Job where it is.
	Keep bool
	// Progress is told each step, and Complain what does not keep the report away.
	Progress func(text string)
	Complain func(error)
}

const (
	// asking is for one call that changes something, and that no interruption stops.
	asking = 10 * time.Second
	// looking is how often time is looked at.
	looking = 250 * time.Millisecond
)

// Run makes the Job, waits for its report, and removes the Job. It returns the pod, too, as it
// was seen last.
func (r *Runner) Run(ctx context.Context, job *batchv1.Job) (report.Report, *corev1.Pod, error) {
	if err := r.ready(ctx, job); err != nil {
		return report.Report{}, nil, err
	}
	r.Progress(fmt.Sprintf("creating job/%s in namespace %s", job.Name, job.Namespace))
	made, err := r.create(ctx, job)
	if err != nil {
		return report.Report{}, nil, err
	}
	defer r.remove(ctx, made)
	limit := time.Duration(*job.Spec.ActiveDeadlineSeconds)*time.Second + margin
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no report of job/%s within %s", job.Name, observe.FormatDuration(limit)))
	f := follow(ctx, r.Client, made)
	defer f.running.Wait()
	defer cancel()
	got, err := r.wait(ctx, f)
	return got, f.now().pod, err
}

// ready looks for what would only show once the Job is there.
func (r *Runner) ready(ctx context.Context, job *batchv1.Job) error {
	ctx, cancel := context.WithTimeoutCause(ctx, asking, fmt.Errorf("the API server does not answer within %s", observe.FormatDuration(asking)))
	defer cancel()
	if err := r.allowed(ctx, job.Namespace); err != nil {
		return err
	}
	if name := job.Spec.Template.Spec.ServiceAccountName; name != "" {
		_, err := r.Client.CoreV1().ServiceAccounts(job.Namespace).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return &Error{fmt.Sprintf("namespace %s has no ServiceAccount %s", job.Namespace, name), "which ones there are", "kubectl -n " + job.Namespace + " get serviceaccounts"}
		}
	}
	return context.Cause(ctx)
}

// create makes the Job. No interruption stops that halfway: what was made has to be known.
func (r *Runner) create(ctx context.Context, job *batchv1.Job) (*batchv1.Job, error) {
	lasting, cancel := context.WithTimeout(context.WithoutCancel(ctx), asking)
	defer cancel()
	made, err := r.Client.BatchV1().Jobs(job.Namespace).Create(lasting, job, metav1.CreateOptions{})
	if err == nil {
		return made, nil
	}
	if status, answered := errors.AsType[*apierrors.StatusError](err); !answered || status.ErrStatus.Code >= 500 {
		r.remove(ctx, job) // it may be there all the same
	}
	return nil, NotCreated(job.Namespace, "the Job", err)
}

// remove deletes the Job, whatever ended the run. Its pod is deleted by its owner reference.
func (r *Runner) remove(ctx context.Context, job *batchv1.Job) {
	if r.Keep {
		return
	}
	lasting, cancel := context.WithTimeout(context.WithoutCancel(ctx), asking)
	defer cancel()
	background := metav1.DeletePropagationBackground
	options := metav1.DeleteOptions{PropagationPolicy: &background}
	if job.UID != "" {
		options.Preconditions = metav1.NewUIDPreconditions(string(job.UID))
	}
	err := r.Client.BatchV1().Jobs(job.Namespace).Delete(lasting, job.Name, options)
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) { // by now it may be another's
		r.Complain(fmt.Errorf("job/%s was not removed, and stays for %s after its end: %w", job.Name, observe.FormatDuration(KeptFor), err))
	}
}

// wait waits for the report.
func (r *Runner) wait(ctx context.Context, f *follower) (report.Report, error) {
	var (
		began, tick = time.Now(), time.NewTicker(looking)
		wrong       patience
		read        = reading{launcher: r.Version}
		step        string
		cut         *report.Report // by the end of the pod
		cutAt       time.Time
	)
	defer tick.Stop()
	defer read.stop()
	for {
		s := f.now()
		if next, text := s.step(); next != step {
			step = next
			r.Progress(text)
		}
		wrongNow := s.trouble()
		if err := wrong.over(wrongNow); err != nil {
			return report.Report{}, r.gone(ctx, s, err)
		}
		if cut != nil && time.Since(cutAt) > settling {
			return *cut, r.gone(ctx, s, wrongNow.err)
		}
		if !s.runs() && time.Since(began) > r.StartTimeout {
			return report.Report{}, cmp.Or(wrongNow.err, s.slow(r.StartTimeout))
		}
		if s.runs() && !s.podGone && cut == nil {
			read.begin(ctx, r.Client, s)
		}
		select {
		case <-f.changed:
		case <-tick.C:
		case got := <-read.answers:
			switch {
			case got.err == nil && got.report.Incomplete == "":
				r.say(got.said)
				if note := handover.DifferentVersions(got.report.Version, r.Version); note != "" {
					r.Complain(errors.New(note))
				}
				return got.report, nil
			case got.err == nil: // what interrupted the doctor may show within a moment
				cut, cutAt = &got.report, time.Now()
				continue
			}
			if err := read.failed(got, f.now()); err != nil {
				return report.Report{}, err
			}
		case err := <-f.refused:
			return report.Report{}, fmt.Errorf("job/%s can no longer be watched: %w", f.made.Name, err)
		case <-ctx.Done():
			return report.Report{}, context.Cause(ctx)
		}
	}
}

// gone says what was deleted with the pod, where that is more than the pod.
func (r *Runner) gone(ctx context.Context, s state, err error) error {
	if err == nil || !s.jobGone && !s.podDeleted() {
		return err
	}
	ns, name := s.made.Namespace, s.made.Name
	if space, getErr := r.Client.CoreV1().Namespaces().Get(ctx, ns, metav1.GetOptions{}); getErr == nil && space.DeletionTimestamp != nil {
		return &Error{Seen: fmt.Sprintf("namespace %s is being deleted, and job/%s with it", ns, name)}
	}
	if s.jobGone {
		return &Error{Seen: fmt.Sprintf("job/%s was deleted before its report was read, not by k8sdoctor", name)}
	}
	return err
}

// patience measures how long something is wrong without a pause.
type patience struct{ since time.Time }

// over is the error of what is wrong for too long.
func (p *patience) over(t trouble) error {
	switch {
	case t.err == nil:
		p.since = time.Time{}
		return nil
	case p.since.IsZero():
		p.since = time.Now()
	}
	if time.Since(p.since) < t.patience {
		return nil
	}
	return t.err
}
