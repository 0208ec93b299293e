package cluster

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// Informer keeps objects of a resource up to date once it runs: those of a namespace that
// selecting leaves. It goes on after an error, which failed is told.
func Informer(client kubernetes.Interface, of cache.Getter, resource, namespace string, example runtime.Object, failed func(error), selecting func(*metav1.ListOptions)) cache.SharedInformer {
	list := cache.NewFilteredListWatchFromClient(of, resource, namespace, selecting)
	informer := cache.NewSharedInformer(cache.ToListWatcherWithWatchListSemantics(list, client), example, 0)
	// is not refused before the informer runs
	informer.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *cache.Reflector, err error) { failed(err) })
	return informer
}

// Refusals are the errors of an informer that no second try changes, with room for the first.
type Refusals chan error

// NewRefusals has none yet.
func NewRefusals() Refusals { return make(Refusals, 1) }

// Tell keeps an error that says that the caller may not watch; all others may pass.
func (r Refusals) Tell(err error) {
	if !apierrors.IsForbidden(err) && !apierrors.IsUnauthorized(err) {
		return
	}
	select {
	case r <- err:
	default:
	}
}
