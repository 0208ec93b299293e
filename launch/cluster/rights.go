package cluster

import (
	"context"
	"errors"
	"strings"
	"sync"

	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// Missing are the rights of a list that the caller does not have, by one
// SelfSubjectAccessReview for each. Where that question itself is not allowed, none is missing:
// the calls will tell.
func Missing(ctx context.Context, client kubernetes.Interface, list []Rule) (missing []Rule, err error) {
	denied, errs := make([]bool, len(list)), make([]error, len(list))
	var wait sync.WaitGroup
	for i, rule := range list {
		wait.Go(func() {
			resource, sub, _ := strings.Cut(rule.Resource, "/")
			review, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, &authorizationv1.SelfSubjectAccessReview{
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
		return nil, err
	}
	for i, rule := range list {
		if errs[i] != nil {
			return nil, errs[i]
		}
		if denied[i] {
			missing = append(missing, rule)
		}
	}
	return missing, nil
}
