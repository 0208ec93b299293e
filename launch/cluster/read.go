// Package cluster observes what the cluster's API knows of a pod, and no process in the pod
// can see: it reads objects, and returns results with observations of the same vocabulary
// as the checks.
package cluster

import (
	"context"
	"sync"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/kubernetes"
)

// The places of the Services that are looked at.
const (
	APINamespace  = "default"
	APIService    = "kubernetes"
	DNSNamespace  = "kube-system"
	DNSService    = "kube-dns" // by the specification of DNS for Services, whatever serves it
	policiesGroup = "networking.k8s.io"
)

// State is what was read of the cluster. What could not be read is nil, and why is in
// NotSeen.
type State struct {
	Pod       *corev1.Pod
	Events    []corev1.Event
	Node      *corev1.Node
	OnNode    []corev1.Pod // pods on the node, or as many of them as may be read
	Agents    []corev1.Pod // pods of kube-system on any node
	Policies  []networkingv1.NetworkPolicy
	Namespace *corev1.Namespace
	Account   *corev1.ServiceAccount
	// NoAccount says that the API server has no such ServiceAccount.
	NoAccount    bool
	API          *corev1.Service
	APISlices    []discoveryv1.EndpointSlice
	DNS          *corev1.Service
	DNSSlices    []discoveryv1.EndpointSlice
	DNSPolicies  []networkingv1.NetworkPolicy
	DNSNamespace *corev1.Namespace
	// OtherPolicies are kinds of policies that the API serves, of which there are some, or
	// may be, and that are not read.
	OtherPolicies []string
	Roles         []rbacv1.ClusterRole
	Bindings      []rbacv1.ClusterRoleBinding

	NotSeen []NotSeen
}

// NotSeen is what the caller could not read.
type NotSeen struct {
	What string
	// Rule would allow it; Because is the reason where it is not a missing right.
	Rule    Rule
	Because string
	Decides []string
}

// read is one thing to be read, with the right that it needs and what it decides.
type read struct {
	what    string
	rule    Rule
	decides []string
	into    func(context.Context) error
}

// Read reads what is known of the pod, as far as the caller may: many things at once, each
// by itself.
func Read(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod) *State {
	s := &State{Pod: pod}
	list := s.reads(client)
	errs := make([]error, len(list))
	var wait sync.WaitGroup
	for i, r := range list {
		wait.Go(func() { errs[i] = r.into(ctx) })
	}
	wait.Wait()
	for i, r := range list {
		if errs[i] == nil {
			continue
		}
		not := NotSeen{What: r.what, Rule: r.rule, Decides: r.decides}
		if !apierrors.IsForbidden(errs[i]) {
			not.Because = errs[i].Error()
		}
		s.NotSeen = append(s.NotSeen, not)
	}
	return s
}

func (s *State) reads(client kubernetes.Interface) []read {
	namespace := s.Pod.Namespace
	reads := []read{
		{"events of the pod", Rule{namespace, "", "events", "list"}, []string{"launch.sandbox", "launch.volume", "launch.admission", "launch.quota"}, func(ctx context.Context) error {
			return take(&s.Events, func() ([]corev1.Event, error) {
				list, err := client.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: eventsOf(s.Pod).String()})
				return list.Items, err
			})
		}},
		{"NetworkPolicies of namespace " + namespace, Rule{namespace, policiesGroup, "networkpolicies", "list"}, ofPolicies, func(ctx context.Context) error {
			return take(&s.Policies, func() ([]networkingv1.NetworkPolicy, error) {
				list, err := client.NetworkingV1().NetworkPolicies(namespace).List(ctx, metav1.ListOptions{})
				return list.Items, err
			})
		}},
		{"ServiceAccount " + AccountOf(s.Pod), Rule{namespace, "", "serviceaccounts", "get"}, []string{"token.account-gone", "token.rejected"}, func(ctx context.Context) error {
			account, err := client.CoreV1().ServiceAccounts(namespace).Get(ctx, AccountOf(s.Pod), metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				s.NoAccount = true
				return nil
			}
			return keep(&s.Account, account, err)
		}},
		{"the Service kubernetes", Rule{APINamespace, "", "services", "get"}, []string{"net.policy-denies", "env.overridden"}, func(ctx context.Context) error {
			service, err := client.CoreV1().Services(APINamespace).Get(ctx, APIService, metav1.GetOptions{})
			return keep(&s.API, service, err)
		}},
		{"EndpointSlices of the Service kubernetes", Rule{APINamespace, discoveryGroup, "endpointslices", "list"}, []string{"net.no-endpoints", "net.policy-denies", "net.service-ips-dead", "net.api-down"}, func(ctx context.Context) error {
			return take(&s.APISlices, func() ([]discoveryv1.EndpointSlice, error) { return slicesOf(ctx, client, APINamespace, APIService) })
		}},
		{"the Service kube-dns", Rule{DNSNamespace, "", "services", "get"}, []string{"dns.policy-denies"}, func(ctx context.Context) error {
			service, err := client.CoreV1().Services(DNSNamespace).Get(ctx, DNSService, metav1.GetOptions{})
			return keep(&s.DNS, service, err)
		}},
		{"EndpointSlices of the Service kube-dns", Rule{DNSNamespace, discoveryGroup, "endpointslices", "list"}, []string{"dns.no-endpoints", "dns.policy-denies"}, func(ctx context.Context) error {
			return take(&s.DNSSlices, func() ([]discoveryv1.EndpointSlice, error) { return slicesOf(ctx, client, DNSNamespace, DNSService) })
		}},
		{"pods of kube-system", Rule{DNSNamespace, "", "pods", "list"}, []string{"net.service-ips-dead", "net.pod-network-down", "net.egress-blocked", "dns.policy-denies"}, func(ctx context.Context) error {
			return take(&s.Agents, func() ([]corev1.Pod, error) { return Pods(ctx, client, DNSNamespace, metav1.ListOptions{}) })
		}},
		{"NetworkPolicies of kube-system", Rule{DNSNamespace, policiesGroup, "networkpolicies", "list"}, []string{"dns.policy-denies"}, func(ctx context.Context) error {
			return take(&s.DNSPolicies, func() ([]networkingv1.NetworkPolicy, error) {
				list, err := client.NetworkingV1().NetworkPolicies(DNSNamespace).List(ctx, metav1.ListOptions{})
				return list.Items, err
			})
		}},
		{"namespace " + namespace, Rule{"", "", "namespaces", "get"}, []string{"dns.policy-denies"}, func(ctx context.Context) error {
			object, err := client.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{})
			return keep(&s.Namespace, object, err)
		}},
		{"namespace kube-system", Rule{"", "", "namespaces", "get"}, []string{"dns.policy-denies"}, func(ctx context.Context) error {
			object, err := client.CoreV1().Namespaces().Get(ctx, DNSNamespace, metav1.GetOptions{})
			return keep(&s.DNSNamespace, object, err)
		}},
		{"which agents may watch NetworkPolicies (ClusterRoles)", Rule{"", rbacGroup, "clusterroles", "list"}, []string{"net.policy-denies"}, func(ctx context.Context) error {
			return take(&s.Roles, func() ([]rbacv1.ClusterRole, error) {
				list, err := client.RbacV1().ClusterRoles().List(ctx, metav1.ListOptions{})
				return list.Items, err
			})
		}},
		{"which agents may watch NetworkPolicies (ClusterRoleBindings)", Rule{"", rbacGroup, "clusterrolebindings", "list"}, []string{"net.policy-denies"}, func(ctx context.Context) error {
			return take(&s.Bindings, func() ([]rbacv1.ClusterRoleBinding, error) {
				list, err := client.RbacV1().ClusterRoleBindings().List(ctx, metav1.ListOptions{})
				return list.Items, err
			})
		}},
		{"the kinds of objects that the API serves", Rule{}, []string{"net.policy-needs-endpoint"}, func(ctx context.Context) error {
			return s.readKinds(ctx, client)
		}},
	}
	if node := s.Pod.Spec.NodeName; node != "" {
		reads = append(reads,
			read{"node " + node, Rule{"", "", "nodes", "get"}, []string{"launch.node-lost", "net.pod-network-down"}, func(ctx context.Context) error {
				object, err := client.CoreV1().Nodes().Get(ctx, node, metav1.GetOptions{})
				return keep(&s.Node, object, err)
			}},
			read{"pods on node " + node, Rule{"", "", "pods", "list"}, []string{"net.pod-network-down", "net.policy-denies"}, func(ctx context.Context) error {
				return take(&s.OnNode, func() ([]corev1.Pod, error) {
					return Pods(ctx, client, metav1.NamespaceAll, metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("spec.nodeName", node).String()})
				})
			}})
	}
	return reads
}

// ofPolicies are the causes between which the NetworkPolicies of the pod's namespace decide.
var ofPolicies = []string{
	"net.policy-denies", "net.api-blocked", "net.egress-blocked", "net.policy-needs-endpoint", "net.policy-rejects", "net.api-down",
	"dns.policy-denies", "dns.silent", "dns.no-endpoints",
}

// take keeps a list that was read, which is never nil then.
func take[T any](into *[]T, get func() ([]T, error)) error {
	list, err := get()
	if err == nil {
		*into = append([]T{}, list...)
	}
	return err
}

func keep[T any](into **T, object *T, err error) error {
	if err == nil {
		*into = object
	}
	return err
}

func slicesOf(ctx context.Context, client kubernetes.Interface, namespace, service string) ([]discoveryv1.EndpointSlice, error) {
	list, err := client.DiscoveryV1().EndpointSlices(namespace).List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + service})
	return list.Items, err
}

// eventsOf selects the events of a pod, or, where it was never created, of what was to
// create it.
func eventsOf(pod *corev1.Pod) fields.Selector {
	if pod.UID != "" {
		return fields.OneTermEqualSelector("involvedObject.uid", string(pod.UID))
	}
	return fields.OneTermEqualSelector("reason", "FailedCreate")
}

// AccountOf is the name of a pod's ServiceAccount.
func AccountOf(pod *corev1.Pod) string {
	if pod.Spec.ServiceAccountName == "" {
		return "default"
	}
	return pod.Spec.ServiceAccountName
}
