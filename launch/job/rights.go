package job

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// rights are what a run calls. A right to read events is missed only by who wants to know
// why a pod does not start.
func (r *Runner) rights(namespace string) []cluster.Rule {
	list := []cluster.Rule{
		{Namespace: namespace, Group: "batch", Resource: "jobs", Verb: "create"},
		{Namespace: namespace, Group: "batch", Resource: "jobs", Verb: "get"},
		{Namespace: namespace, Group: "batch", Resource: "jobs", Verb: "list"},
		{Namespace: namespace, Group: "batch", Resource: "jobs", Verb: "watch"},
		{Namespace: namespace, Resource: "pods", Verb: "list"},
		{Namespace: namespace, Resource: "pods", Verb: "watch"},
		{Namespace: namespace, Resource: "pods/log", Verb: "get"},
	}
	if !r.Keep {
		list = append(list, cluster.Rule{Namespace: namespace, Group: "batch", Resource: "jobs", Verb: "delete"})
	}
	return list
}

// allowed asks for every right before anything is made, so that nothing is left that may
// not be removed. Where the question itself is not allowed, the calls will tell.
func (r *Runner) allowed(ctx context.Context, namespace string) error {
	list := r.rights(namespace)
	denied, errs := make([]bool, len(list)), make([]error, len(list))
	var wait sync.WaitGroup
	for i, rule := range list {
		wait.Go(func() {
			resource, sub, _ := strings.Cut(rule.Resource, "/")
			review, err := r.Client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, &authorizationv1.SelfSubjectAccessReview{
				Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{
					Namespace: rule.Namespace, Group: rule.Group, Resource: resource, Subresource: sub, Verb: rule.Verb,
				}},
			}, metav1.CreateOptions{})
			denied[i] = err == nil && !review.Status.Allowed
			if _, answered := errors.AsType[*apierrors.StatusError](err); !answered {
				errs[i] = err
			}
		})
	}
	wait.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	var missing []string
	for i, rule := range list {
		if errs[i] != nil {
			return errs[i]
		}
		if denied[i] {
			missing = append(missing, strings.TrimSuffix(rule.String(), " in namespace "+namespace))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &Error{
		Seen:    fmt.Sprintf("you have no right to %s in namespace %s", strings.Join(missing, ", "), namespace),
		Advice:  "what you may do there",
		Command: "kubectl -n " + namespace + " auth can-i --list",
	}
}
