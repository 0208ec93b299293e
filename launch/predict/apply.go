package predict

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// After are the objects that a change leaves: what is deleted goes first.
func (o *Objects) After(c *Change) (*Objects, error) {
	after := &Objects{copied(o.Namespaces), copied(o.Policies), copied(o.Slices), copied(o.Accounts)}
	for _, gone := range c.Deleted {
		found := false
		switch in := gone.Namespace; gone.Kind {
		case "NetworkPolicy":
			after.Policies[in], found = without(after.Policies[in], gone.Name)
		case "EndpointSlice":
			after.Slices[in], found = without(after.Slices[in], gone.Name)
		case "ServiceAccount":
			found = after.Accounts[in][gone.Name] != nil
			after.Accounts[in] = copied(after.Accounts[in])
			delete(after.Accounts[in], gone.Name)
		}
		if !found {
			return nil, fmt.Errorf("%s: %s is not in the cluster, and cannot be deleted", gone.Source, gone)
		}
	}
	for _, given := range c.Applied {
		if err := after.apply(given); err != nil {
			return nil, fmt.Errorf("%s (%s): %w", given.Source, given, err)
		}
	}
	return after, nil
}

func (o *Objects) apply(given Object) (err error) {
	switch in := given.Namespace; given.Kind {
	case "NetworkPolicy":
		o.Policies[in], err = put(o.Policies[in], given)
	case "EndpointSlice":
		o.Slices[in], err = put(o.Slices[in], given)
	case "ServiceAccount":
		var account *corev1.ServiceAccount
		account, err = merged(o.Accounts[in][given.Name], given)
		o.Accounts[in] = copied(o.Accounts[in])
		o.Accounts[in][given.Name] = account
	case "Namespace":
		o.Namespaces[given.Name], err = merged(o.Namespaces[given.Name], given)
	}
	return err
}

// copied is a map with the same values, which is not nil.
func copied[T any](of map[string]T) map[string]T {
	m := make(map[string]T, len(of))
	maps.Copy(m, of)
	return m
}

// item is an object that is kept in a list.
type item[T any] interface {
	*T
	metav1.Object
}

func named[T any, P item[T]](name string) func(T) bool {
	return func(t T) bool { return P(&t).GetName() == name }
}

// without is a list without the object of that name.
func without[T any, P item[T]](list []T, name string) (rest []T, found bool) {
	rest = slices.DeleteFunc(slices.Clone(list), named[T, P](name))
	return rest, len(rest) < len(list)
}

// put is a list with an object in the place of the one that has its name.
func put[T any, P item[T]](list []T, given Object) ([]T, error) {
	i := slices.IndexFunc(list, named[T, P](given.Name))
	var live *T
	if i >= 0 && !strings.HasSuffix(given.Name, completed) {
		live = &list[i]
	}
	made, err := merged[T, P](live, given)
	if err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	if live == nil {
		return append(list, *made), nil
	}
	list[i] = *made
	return list, nil
}

// merged is what kubectl apply leaves of an object: what its annotation says was applied
// before, and is given no more, goes; what others have set stays
// (https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#how-apply-calculates-differences-and-merges-changes).
// As the API server does, it gives a policy its policyTypes, which later applies keep.
func merged[T any, P item[T]](live *T, given Object) (*T, error) {
	made := new(T)
	data := given.given
	if live != nil {
		current, err := json.Marshal(live)
		if err != nil {
			return nil, err
		}
		schema, err := strategicpatch.NewPatchMetaFromStruct(made)
		if err != nil {
			return nil, err
		}
		before := P(live).GetAnnotations()[corev1.LastAppliedConfigAnnotation]
		patch, err := strategicpatch.CreateThreeWayMergePatch([]byte(before), data, current, schema, true)
		if err != nil {
			return nil, err
		}
		if data, err = strategicpatch.StrategicMergePatchUsingLookupPatchMeta(current, patch, schema); err != nil {
			return nil, err
		}
	}
	if err := json.Unmarshal(data, made); err != nil {
		return nil, err
	}
	P(made).SetNamespace(given.Namespace)
	P(made).SetName(given.Name)
	if policy, ok := any(made).(*networkingv1.NetworkPolicy); ok {
		setPolicyTypes(policy)
	}
	if slice, ok := any(made).(*discoveryv1.EndpointSlice); ok && live != nil && any(live).(*discoveryv1.EndpointSlice).AddressType != slice.AddressType {
		return nil, fmt.Errorf("addressType: cannot be changed")
	}
	if wrong := validate(P(made)); live != nil && len(wrong) > 0 {
		return nil, fmt.Errorf("merged with what is in the cluster: %w", wrong[0])
	}
	return made, nil
}

// setPolicyTypes is SetDefaults_NetworkPolicy of the API server.
func setPolicyTypes(p *networkingv1.NetworkPolicy) {
	if len(p.Spec.PolicyTypes) > 0 {
		return
	}
	p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
	if len(p.Spec.Egress) > 0 {
		p.Spec.PolicyTypes = append(p.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
	}
}
