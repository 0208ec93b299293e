package predict

import (
	"context"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// right is a Rule for resources of a group, such as "list pods".
func right(verb, namespace, group, resource string) cluster.Rule {
	return cluster.Rule{Namespace: namespace, Group: group, Resource: resource, Verb: verb}
}

// everywhere is what is read for every change.
func (r *reader) everywhere() []call {
	const apart = "what enforces NetworkPolicies is known by the names of agents alone"
	return append(r.ofNamespace(cluster.DNSNamespace),
		call{right("get", cluster.APINamespace, "", "services"), "", func(ctx context.Context) (err error) {
			r.API, err = r.client.CoreV1().Services(cluster.APINamespace).Get(ctx, cluster.APIService, metav1.GetOptions{})
			return err
		}},
		call{right("get", cluster.DNSNamespace, "", "services"), "", func(ctx context.Context) error {
			service, err := r.client.CoreV1().Services(cluster.DNSNamespace).Get(ctx, cluster.DNSService, metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				return nil
			}
			r.DNS = service
			return err
		}},
		r.slicesOf(cluster.APINamespace), r.slicesOf(cluster.DNSNamespace),
		call{right("list", "", "", "pods"), "agents that enforce NetworkPolicies are looked for in kube-system alone", func(ctx context.Context) (err error) {
			r.Agents, err = paged(ctx, metav1.ListOptions{FieldSelector: "spec.hostNetwork=true"}, r.pods(metav1.NamespaceAll))
			return err
		}},
		call{right("list", "", rbacv1.GroupName, "clusterroles"), apart, func(ctx context.Context) (err error) {
			r.Roles, err = paged(ctx, metav1.ListOptions{}, func(ctx context.Context, o metav1.ListOptions) ([]rbacv1.ClusterRole, string, error) {
				list, err := r.client.RbacV1().ClusterRoles().List(ctx, o)
				return list.Items, list.Continue, err
			})
			return err
		}},
		call{right("list", "", rbacv1.GroupName, "clusterrolebindings"), apart, func(ctx context.Context) (err error) {
			r.Bindings, err = paged(ctx, metav1.ListOptions{}, func(ctx context.Context, o metav1.ListOptions) ([]rbacv1.ClusterRoleBinding, string, error) {
				list, err := r.client.RbacV1().ClusterRoleBindings().List(ctx, o)
				return list.Items, list.Continue, err
			})
			return err
		}})
}

// inNamespaces is what is read of these namespaces beside everywhere; "" stands for all.
func (r *reader) inNamespaces(names []string) (calls []call) {
	for _, name := range names {
		if name != cluster.DNSNamespace {
			calls = append(calls, r.ofNamespace(name)...)
		}
	}
	return append(calls, call{cluster.Rule{}, "whether there are policies of other kinds is not known", func(ctx context.Context) (err error) {
		var unread []cluster.NotSeen
		r.OtherPolicies, unread, err = cluster.OtherPolicies(ctx, r.client, slices.Compact(append(slices.Clone(names), cluster.DNSNamespace))...)
		for _, not := range unread {
			r.note(not.What + " is not known (missing right: " + not.Rule.String() + ")")
		}
		return err
	}})
}

// ofNamespace reads the pods, the NetworkPolicies and the labels of one namespace, or of all.
func (r *reader) ofNamespace(name string) []call {
	verb := "get"
	if name == metav1.NamespaceAll {
		verb = "list"
	}
	return []call{
		{right("list", name, "", "pods"), "", func(ctx context.Context) error {
			list, err := paged(ctx, metav1.ListOptions{}, r.pods(name))
			r.mu.Lock()
			defer r.mu.Unlock()
			if name == cluster.DNSNamespace {
				r.DNSPods = orNone(list)
			} else {
				r.Pods = append(r.Pods, list...)
			}
			return err
		}},
		{right("list", name, networkingv1.GroupName, "networkpolicies"), "", func(ctx context.Context) error {
			list, err := paged(ctx, metav1.ListOptions{}, func(ctx context.Context, o metav1.ListOptions) ([]networkingv1.NetworkPolicy, string, error) {
				list, err := r.client.NetworkingV1().NetworkPolicies(name).List(ctx, o)
				return list.Items, list.Continue, err
			})
			r.mu.Lock()
			defer r.mu.Unlock()
			byNamespace := map[string][]networkingv1.NetworkPolicy{}
			for _, p := range list {
				byNamespace[p.Namespace] = append(byNamespace[p.Namespace], p)
			}
			maps.Copy(r.Policies, byNamespace)
			return err
		}},
		{right(verb, "", "", "namespaces"), "", func(ctx context.Context) error {
			var list []corev1.Namespace
			var err error
			if name == metav1.NamespaceAll {
				list, err = paged(ctx, metav1.ListOptions{}, func(ctx context.Context, o metav1.ListOptions) ([]corev1.Namespace, string, error) {
					list, err := r.client.CoreV1().Namespaces().List(ctx, o)
					return list.Items, list.Continue, err
				})
			} else if one, of := r.client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{}); of == nil {
				list = append(list, *one)
			} else if err = of; apierrors.IsNotFound(of) {
				err = nil
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			for _, n := range list {
				r.Namespaces[n.Name] = &n
			}
			return err
		}},
	}
}

// objects reads the objects of the change that are in no list, and what they are judged by.
func (r *reader) objects(c *Change) (calls []call) {
	nodes := false
	for _, o := range slices.Concat(c.Applied, c.Deleted) {
		switch o.Kind {
		case "EndpointSlice":
			nodes = true
		case "ServiceAccount":
			calls = append(calls, call{right("get", o.Namespace, "", "serviceaccounts"), "", func(ctx context.Context) error {
				account, err := r.client.CoreV1().ServiceAccounts(o.Namespace).Get(ctx, o.Name, metav1.GetOptions{})
				if apierrors.IsNotFound(err) {
					return nil
				} else if err != nil {
					return err
				}
				r.mu.Lock()
				defer r.mu.Unlock()
				r.Accounts[o.Namespace] = copied(r.Accounts[o.Namespace])
				r.Accounts[o.Namespace][o.Name] = account
				return nil
			}})
		}
	}
	if nodes {
		calls = append(calls, call{right("list", "", "", "nodes"), "", func(ctx context.Context) (err error) {
			r.Nodes, err = paged(ctx, metav1.ListOptions{}, func(ctx context.Context, o metav1.ListOptions) ([]corev1.Node, string, error) {
				list, err := r.client.CoreV1().Nodes().List(ctx, o)
				return list.Items, list.Continue, err
			})
			return err
		}})
	}
	return calls
}

func (r *reader) slicesOf(namespace string) call {
	return call{right("list", namespace, discoveryv1.GroupName, "endpointslices"), "", func(ctx context.Context) error {
		list, err := paged(ctx, metav1.ListOptions{}, func(ctx context.Context, o metav1.ListOptions) ([]discoveryv1.EndpointSlice, string, error) {
			list, err := r.client.DiscoveryV1().EndpointSlices(namespace).List(ctx, o)
			return list.Items, list.Continue, err
		})
		r.mu.Lock()
		defer r.mu.Unlock()
		r.Slices[namespace] = list
		return err
	}}
}

func (r *reader) pods(namespace string) func(context.Context, metav1.ListOptions) ([]corev1.Pod, string, error) {
	return func(ctx context.Context, o metav1.ListOptions) ([]corev1.Pod, string, error) {
		list, err := r.client.CoreV1().Pods(namespace).List(ctx, o)
		for i := range list.Items {
			list.Items[i].ManagedFields = nil // more than half of a pod
		}
		return list.Items, list.Continue, err
	}
}

// page is how many objects a list returns at once.
const page = 500

// paged reads a list to its end; it is never nil where there is no error.
func paged[T any](ctx context.Context, options metav1.ListOptions, list func(context.Context, metav1.ListOptions) ([]T, string, error)) ([]T, error) {
	all := []T{}
	for options.Limit = page; ; {
		items, more, err := list(ctx, options)
		if err != nil {
			return nil, err
		}
		if all, options.Continue = append(all, items...), more; more == "" {
			return all, nil
		}
	}
}
