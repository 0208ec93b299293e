// Package job runs k8sdoctor as the Job of manifests/job.yaml, brings its report back and
// removes what it made.
package job

import (
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	utilrand "k8s.io/apimachinery/pkg/util/rand"
	"sigs.k8s.io/yaml"

	"github.com/k8sdoctor/k8sdoctor/manifests"
)

// Options are what a run changes in manifests/job.yaml.
type Options struct {
	Namespace, Image string
	// PullPolicy, ServiceAccount and Node stay as they are where they are empty.
	PullPolicy     corev1.PullPolicy
	ServiceAccount string
	// Node gets the pod without the scheduler, and so with any taint.
	Node string
	// Arguments are for the doctor's command check.
	Arguments []string
	// StartTimeout is for the pod to start, and Timeout for the doctor's run after that.
	StartTimeout, Timeout time.Duration
}

// margin is for the end of the pod, and for reading its log.
const margin = 10 * time.Second

// New is the Job of manifests/job.yaml, for one run. It has a name of its own, so that runs
// stand side by side.
func New(o Options) (*batchv1.Job, error) {
	var job batchv1.Job
	if err := yaml.UnmarshalStrict([]byte(manifests.Job), &job); err != nil {
		return nil, fmt.Errorf("manifests/job.yaml: %w", err)
	}
	deadline, ttl := int64(o.limit()/time.Second), int32(KeptFor/time.Second)
	job.Name, job.Namespace = "k8sdoctor-run-"+utilrand.String(5), o.Namespace
	job.Spec.ActiveDeadlineSeconds, job.Spec.TTLSecondsAfterFinished = &deadline, &ttl
	spec := &job.Spec.Template.Spec
	spec.ServiceAccountName, spec.NodeName = o.ServiceAccount, o.Node
	doctor := &spec.Containers[0]
	doctor.Image, doctor.Args = o.Image, append([]string{"check", "--output=json"}, o.Arguments...)
	if o.PullPolicy != "" {
		doctor.ImagePullPolicy = o.PullPolicy
	}
	return &job, nil
}

// limit is how long the Job may take, in whole seconds.
func (o Options) limit() time.Duration {
	return (o.StartTimeout + o.Timeout + margin + time.Second - 1).Truncate(time.Second)
}

// Text is the Job as YAML or JSON, without what only the API server writes.
func Text(job *batchv1.Job, format string) ([]byte, error) {
	job = job.DeepCopy()
	job.SetGroupVersionKind(batchv1.SchemeGroupVersion.WithKind("Job"))
	data, err := yaml.Marshal(struct {
		*batchv1.Job `json:",inline"`
		Status       any `json:"status,omitempty"`
	}{Job: job})
	if err != nil || format == "yaml" {
		return data, err
	}
	data, err = yaml.YAMLToJSON(data)
	return append(data, '\n'), err
}
