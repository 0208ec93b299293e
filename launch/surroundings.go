package launch

import (
	"context"
	"slices"
	"sync"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/like"
)

// surroundings reads what might take notice of a copy, as far as the caller may: many things
// at once, each by itself.
func (l *Launcher) surroundings(ctx context.Context, state *cluster.State) like.Surroundings {
	s := like.Surroundings{Namespace: state.Namespace, OtherPolicies: state.OtherPolicies, Controller: metav1.GetControllerOf(state.Pod)}
	if state.Policies != nil && state.DNSPolicies != nil {
		s.Policies = append(slices.Clone(state.Policies), state.DNSPolicies...)
	}
	in := state.Pod.Namespace
	core, apps, admission := l.Client.CoreV1(), l.Client.AppsV1(), l.Client.AdmissionregistrationV1()
	var wait sync.WaitGroup
	for _, read := range []func(context.Context){
		list(&s.Services, core.Services(in).List, func(l *corev1.ServiceList) []corev1.Service { return l.Items }),
		list(&s.Quotas, core.ResourceQuotas(in).List, func(l *corev1.ResourceQuotaList) []corev1.ResourceQuota { return l.Items }),
		list(&s.LimitRanges, core.LimitRanges(in).List, func(l *corev1.LimitRangeList) []corev1.LimitRange { return l.Items }),
		list(&s.ReplicationControllers, core.ReplicationControllers(in).List, func(l *corev1.ReplicationControllerList) []corev1.ReplicationController { return l.Items }),
		list(&s.ReplicaSets, apps.ReplicaSets(in).List, func(l *appsv1.ReplicaSetList) []appsv1.ReplicaSet { return l.Items }),
		list(&s.DaemonSets, apps.DaemonSets(in).List, func(l *appsv1.DaemonSetList) []appsv1.DaemonSet { return l.Items }),
		list(&s.StatefulSets, apps.StatefulSets(in).List, func(l *appsv1.StatefulSetList) []appsv1.StatefulSet { return l.Items }),
		list(&s.Jobs, l.Client.BatchV1().Jobs(in).List, func(l *batchv1.JobList) []batchv1.Job { return l.Items }),
		list(&s.Budgets, l.Client.PolicyV1().PodDisruptionBudgets(in).List, func(l *policyv1.PodDisruptionBudgetList) []policyv1.PodDisruptionBudget { return l.Items }),
		list(&s.Autoscalers, l.Client.AutoscalingV2().HorizontalPodAutoscalers(in).List, func(l *autoscalingv2.HorizontalPodAutoscalerList) []autoscalingv2.HorizontalPodAutoscaler {
			return l.Items
		}),
		list(&s.Mutating, admission.MutatingWebhookConfigurations().List, func(l *admissionv1.MutatingWebhookConfigurationList) []admissionv1.MutatingWebhookConfiguration {
			return l.Items
		}),
		list(&s.Validating, admission.ValidatingWebhookConfigurations().List, func(l *admissionv1.ValidatingWebhookConfigurationList) []admissionv1.ValidatingWebhookConfiguration {
			return l.Items
		}),
	} {
		wait.Go(func() { read(ctx) })
	}
	wait.Wait()
	return s
}

// list reads a list and keeps it, never nil then; one that cannot be read stays nil.
func list[T, L any](into *[]T, get func(context.Context, metav1.ListOptions) (*L, error), items func(*L) []T) func(context.Context) {
	return func(ctx context.Context) {
		if got, err := get(ctx, metav1.ListOptions{}); err == nil {
			*into = append([]T{}, items(got)...)
		}
	}
}
