package like

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Surroundings are the objects that might take notice of a copy: those of its namespace,
// its namespace itself, and the webhooks of the cluster. A list that could not be read is
// nil; one that has nothing is empty.
type Surroundings struct {
	Namespace              *corev1.Namespace
	Services               []corev1.Service
	Budgets                []policyv1.PodDisruptionBudget
	Autoscalers            []autoscalingv2.HorizontalPodAutoscaler
	Quotas                 []corev1.ResourceQuota
	LimitRanges            []corev1.LimitRange
	ReplicaSets            []appsv1.ReplicaSet
	DaemonSets             []appsv1.DaemonSet
	StatefulSets           []appsv1.StatefulSet
	ReplicationControllers []corev1.ReplicationController
	Jobs                   []batchv1.Job
	Mutating               []admissionv1.MutatingWebhookConfiguration
	Validating             []admissionv1.ValidatingWebhookConfiguration
	// Policies are those that may select the copy as a sender, or as a peer of DNS.
	Policies []networkingv1.NetworkPolicy
	// OtherPolicies are kinds of policies that are not read.
	OtherPolicies []string
	// Controller is the owner of the failing pod; nil where it has none.
	Controller *metav1.OwnerReference
}

// kind is a kind of objects, with the right to read it.
type kind struct {
	name, resource string
	read           bool
}

// kinds says which were read.
func (s Surroundings) kinds() []kind {
	return []kind{
		{"Services", "services", s.Services != nil},
		{"PodDisruptionBudgets", "poddisruptionbudgets.policy", s.Budgets != nil},
		{"HorizontalPodAutoscalers", "horizontalpodautoscalers.autoscaling", s.Autoscalers != nil},
		{"ResourceQuotas", "resourcequotas", s.Quotas != nil},
		{"LimitRanges", "limitranges", s.LimitRanges != nil},
		{"ReplicaSets", "replicasets.apps", s.ReplicaSets != nil},
		{"DaemonSets", "daemonsets.apps", s.DaemonSets != nil},
		{"StatefulSets", "statefulsets.apps", s.StatefulSets != nil},
		{"ReplicationControllers", "replicationcontrollers", s.ReplicationControllers != nil},
		{"Jobs", "jobs.batch", s.Jobs != nil},
		{"MutatingWebhookConfigurations", "mutatingwebhookconfigurations.admissionregistration.k8s.io", s.Mutating != nil},
		{"ValidatingWebhookConfigurations", "validatingwebhookconfigurations.admissionregistration.k8s.io", s.Validating != nil},
	}
}
