package nodes

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/job"
	"github.com/k8sdoctor/k8sdoctor/launch/like"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// asking is for calls before anything is made, and for one that changes something, which no
// interruption stops.
const asking = 10 * time.Second

// Rights are what a run in a namespace calls. Who may not list events is told less of why a pod
// does not start.
func Rights(namespace string) []cluster.Rule {
	return []cluster.Rule{
		{Namespace: namespace, Group: "batch", Resource: "jobs", Verb: "create"},
		{Namespace: namespace, Group: "batch", Resource: "jobs", Verb: "delete"},
		{Namespace: namespace, Group: "apps", Resource: "daemonsets", Verb: "create"},
		{Namespace: namespace, Group: "apps", Resource: "daemonsets", Verb: "delete"},
		{Namespace: namespace, Group: "apps", Resource: "daemonsets", Verb: "list"},
		{Namespace: namespace, Group: "apps", Resource: "daemonsets", Verb: "watch"},
		{Namespace: namespace, Resource: "pods", Verb: "list"},
		{Namespace: namespace, Resource: "pods", Verb: "watch"},
		{Namespace: namespace, Group: "policy", Resource: "poddisruptionbudgets", Verb: "list"},
		{Resource: "nodes", Verb: "list"},
	}
}

// ready looks for what would only show once something is there, and for whom that would hurt.
func (r *Runner) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, asking, fmt.Errorf("the API server does not answer within %s", observe.FormatDuration(asking)))
	defer cancel()
	rights := Rights(r.Options.Namespace)
	if r.Logs {
		rights = append(rights, cluster.Rule{Namespace: r.Options.Namespace, Resource: "pods/log", Verb: "get"})
	}
	missing, err := cluster.Missing(ctx, r.Client, rights)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		var texts []string
		for _, rule := range missing {
			texts = append(texts, rule.String())
		}
		return &job.Error{Seen: "you have no right to " + strings.Join(texts, ", "), Advice: "the roles that are needed", Command: "kubectl k8sdoctor check --print-role -n " + r.Options.Namespace}
	}
	if _, err := r.Client.CoreV1().ServiceAccounts(r.Options.Namespace).Get(ctx, r.account(), metav1.GetOptions{}); apierrors.IsNotFound(err) {
		return &job.Error{Seen: fmt.Sprintf("namespace %s has no ServiceAccount %s", r.Options.Namespace, r.account()), Advice: "which ones there are", Command: "kubectl -n " + r.Options.Namespace + " get serviceaccounts"}
	}
	return r.noBudget(ctx)
}

// account is the ServiceAccount of the doctors.
func (r *Runner) account() string {
	return cluster.AccountOf(&corev1.Pod{Spec: corev1.PodSpec{ServiceAccountName: r.Options.ServiceAccount}})
}

// noBudget refuses a namespace with a PodDisruptionBudget that would count the doctors: a
// DaemonSet cannot say how many pods there are to be, and such a budget then allows no
// disruption of others either.
func (r *Runner) noBudget(ctx context.Context) error {
	budgets, err := r.Client.PolicyV1().PodDisruptionBudgets(r.Options.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("the PodDisruptionBudgets of namespace %s cannot be listed: %w", r.Options.Namespace, err)
	}
	set, err := daemonSet(r.Options, nil, false)
	if err != nil {
		return err
	}
	for _, budget := range budgets.Items {
		if like.CountsByController(budget) && selects(budget, set.Spec.Template.Labels) {
			return &job.Error{
				Seen:   fmt.Sprintf("PodDisruptionBudget %s of namespace %s selects the doctors' pods as well, and would allow no disruption of any pod while they are there", budget.Name, r.Options.Namespace),
				Advice: "another namespace, for example", Command: "kubectl create namespace k8sdoctor && kubectl k8sdoctor nodes -n k8sdoctor --image " + r.Options.Image,
			}
		}
	}
	return nil
}

func selects(budget policyv1.PodDisruptionBudget, of map[string]string) bool {
	selector, err := metav1.LabelSelectorAsSelector(budget.Spec.Selector)
	return err == nil && selector.Matches(labels.Set(of))
}
