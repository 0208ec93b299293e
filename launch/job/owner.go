package job

import (
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// KeptFor is how long the cluster keeps what nobody has deleted, such as a launcher that was
// killed.
const KeptFor = 10 * time.Minute

// Owner is a Job that wants no pod: it is complete at once, and the cluster deletes it and
// what it owns when its time is over, should nobody else
// (https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/). Its template,
// which has to be valid, has the image and the resources of a container.
func Owner(meta metav1.ObjectMeta, like corev1.Container, ttl time.Duration) *batchv1.Job {
	none := new(int32(0))
	return &batchv1.Job{
		ObjectMeta: meta,
		Spec: batchv1.JobSpec{
			Completions: none, Parallelism: none, TTLSecondsAfterFinished: new(int32(ttl / time.Second)),
			Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
				RestartPolicy: corev1.RestartPolicyNever, AutomountServiceAccountToken: new(false),
				SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: new(true), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
				Containers: []corev1.Container{{
					Name: "none", Image: like.Image, Resources: like.Resources,
					SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: new(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
				}},
			}},
		},
	}
}
