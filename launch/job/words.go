package job

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Error says why there is no report, and what to look at next.
type Error struct {
	Seen, Advice, Command string
}

// Error implements error.
func (e *Error) Error() string { return e.Seen }

// NoLogError says that the log of a pod that ended cannot be read.
type NoLogError struct {
	Pod string
	Err error
	// Message is the termination message of the doctor, and ExitCode its exit status.
	Message  string
	ExitCode int
}

// Error implements error.
func (e *NoLogError) Error() string {
	return fmt.Sprintf("the log of pod/%s cannot be read: %s", e.Pod, e.Err)
}

// Unwrap returns why.
func (e *NoLogError) Unwrap() error { return e.Err }

// NotCreated says why the API server does not create an object, such as "the Job".
func NotCreated(namespace, what string, err error) error {
	switch says := err.Error(); {
	case terminating(says), apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause):
		return &Error{Seen: "namespace " + namespace + " is being deleted: " + says}
	case apierrors.IsNotFound(err):
		return &Error{"there is no namespace " + namespace, "which ones there are", "kubectl get namespaces"}
	case overQuota(says), byAdmission(says):
		return denied(namespace, what, says)
	case apierrors.IsForbidden(err):
		return &Error{"the API server does not create " + what + ": " + says, "what you may do there", "kubectl -n " + namespace + " auth can-i --list"}
	}
	return fmt.Errorf("the API server does not create %s: %w", what, err)
}

// denied says what keeps an object from being created in a namespace.
func denied(namespace, what, says string) *Error {
	switch {
	case terminating(says):
		return &Error{Seen: "namespace " + namespace + " is being deleted: " + says}
	case strings.Contains(says, "error looking up service account"):
		return &Error{"namespace " + namespace + " does not have the ServiceAccount: " + says, "which ones there are", "kubectl -n " + namespace + " get serviceaccounts"}
	case overQuota(says):
		return &Error{"a ResourceQuota of namespace " + namespace + " does not allow " + what + ": " + says, "what the quotas allow, and what is used", "kubectl -n " + namespace + " describe quota"}
	case violatesPodSecurity(says):
		return &Error{"Pod Security Admission does not allow " + what + ": " + says, "the level that the namespace enforces", "kubectl get namespace " + namespace + " --show-labels"}
	case strings.Contains(says, "admission webhook"):
		return &Error{"an admission webhook does not allow " + what + ": " + says, "the webhooks of the cluster", "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations"}
	case strings.Contains(says, "ValidatingAdmissionPolicy"):
		return &Error{"a ValidatingAdmissionPolicy does not allow " + what + ": " + says, "the policies of the cluster", "kubectl get validatingadmissionpolicies"}
	}
	return &Error{"admission does not allow " + what + ": " + says, "its limits are often those of a LimitRange", "kubectl -n " + namespace + " describe limitrange"}
}

// What the API server says, see pkg/quota, staging/src/k8s.io/apiserver/pkg/admission and
// pod-security-admission in Kubernetes.

func terminating(says string) bool {
	return strings.Contains(says, "because it is being terminated")
}

func overQuota(says string) bool {
	return strings.Contains(says, "exceeded quota") || strings.Contains(says, "failed quota")
}

func violatesPodSecurity(says string) bool { return strings.Contains(says, "violates PodSecurity") }

func byAdmission(says string) bool {
	return strings.Contains(says, "admission webhook") || strings.Contains(says, "ValidatingAdmissionPolicy")
}
