package predict

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// MissingRightsError lists what the caller would have to be allowed.
type MissingRightsError struct{ Rules []cluster.Rule }

// Error implements error.
func (e *MissingRightsError) Error() string {
	var texts []string
	for _, r := range e.Rules {
		texts = append(texts, r.String())
	}
	return "missing rights: " + strings.Join(texts, ", ")
}

// call is one thing to be read, with the right that it needs.
type call struct {
	rule cluster.Rule
	// without says what is not known without; "" where nothing can be said at all.
	without string
	read    func(context.Context) error
}

// Read reads what the change concerns: first what tells which namespaces those are, then their
// pods and policies. The error is a MissingRightsError where rights are missing.
func Read(ctx context.Context, client kubernetes.Interface, c *Change) (*State, error) {
	s := &State{Objects: Objects{
		Namespaces: map[string]*corev1.Namespace{}, Policies: map[string][]networkingv1.NetworkPolicy{},
		Slices: map[string][]discoveryv1.EndpointSlice{}, Accounts: map[string]map[string]*corev1.ServiceAccount{},
	}}
	r := &reader{State: s, client: client}
	if err := r.all(ctx, r.everywhere()); err != nil {
		return nil, err
	}
	namespaces := concerned(s, c)
	if err := r.all(ctx, append(r.inNamespaces(namespaces), r.objects(c)...)); err != nil {
		return nil, err
	}
	if namespaces[0] != metav1.NamespaceAll && slices.Contains(namespaces, cluster.DNSNamespace) {
		s.Pods = append(s.Pods, s.DNSPods...)
	}
	for _, o := range c.Applied {
		made := slices.ContainsFunc(c.Applied, func(n Object) bool { return n.Kind == "Namespace" && n.Name == o.Namespace })
		if o.Namespace != "" && s.Namespaces[o.Namespace] == nil && !made {
			return nil, fmt.Errorf("%s: there is no namespace %s", o.Source, o.Namespace)
		}
	}
	s.Pods = slices.DeleteFunc(s.Pods, func(p corev1.Pod) bool { return !runs(&p) })
	return s, nil
}

// Rules are the rights for changes that concern one namespace, and those for changes that
// concern all.
func Rules(namespace string) (one, all []cluster.Rule) {
	r := &reader{State: &State{}}
	of := &Change{Applied: []Object{{Kind: "ServiceAccount", Namespace: namespace}, {Kind: "EndpointSlice"}}}
	for _, c := range slices.Concat(r.everywhere(), r.inNamespaces([]string{namespace}), r.objects(of)) {
		one = append(one, c.rule)
	}
	for _, c := range r.inNamespaces([]string{metav1.NamespaceAll}) {
		all = append(all, c.rule)
	}
	return cluster.Unique(one), cluster.Unique(all)
}

// reader reads into a state; what is read at once keeps to the mutex.
type reader struct {
	*State
	client kubernetes.Interface
	mu     sync.Mutex
}

// all makes the calls at once.
func (r *reader) all(ctx context.Context, calls []call) error {
	errs := make([]error, len(calls))
	var wait sync.WaitGroup
	for i, c := range calls {
		wait.Go(func() { errs[i] = c.read(ctx) })
	}
	wait.Wait()
	var missing MissingRightsError
	for i, err := range errs {
		switch c := calls[i]; {
		case err == nil:
		case c.without != "":
			r.note(fmt.Sprintf("%s (%s)", c.without, reason(err, c.rule)))
		case apierrors.IsForbidden(err):
			missing.Rules = append(missing.Rules, c.rule)
		case context.Cause(ctx) != nil:
			return context.Cause(ctx)
		default:
			return fmt.Errorf("%s: %w", c.rule, err)
		}
	}
	if len(missing.Rules) > 0 {
		missing.Rules = cluster.Unique(missing.Rules)
		return &missing
	}
	return nil
}

func (r *reader) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Notes = append(r.Notes, text)
}

func reason(err error, rule cluster.Rule) string {
	if apierrors.IsForbidden(err) {
		return "missing right: " + rule.String()
	}
	return err.Error()
}
