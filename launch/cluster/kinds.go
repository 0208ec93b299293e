package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/kubernetes"
)

// otherPolicies are resources that say who may send to whom, beside NetworkPolicies, as the
// plugins that enforce them name them.
var otherPolicies = []string{
	"ciliumnetworkpolicies", "ciliumclusterwidenetworkpolicies", "globalnetworkpolicies", "stagednetworkpolicies",
	"adminnetworkpolicies", "baselineadminnetworkpolicies", "clusternetworkpolicies", "fqdnnetworkpolicies", "applicationnetworkpolicies", "egressfirewalls", "securitygrouppolicies",
}

// readKinds reads which other kinds of policies there may be: every account may ask which
// kinds the API serves.
func (s *State) readKinds(ctx context.Context, client kubernetes.Interface) (err error) {
	var not []NotSeen
	s.OtherPolicies, not, err = OtherPolicies(ctx, client, s.Pod.Namespace, DNSNamespace)
	s.NotSeen = append(s.NotSeen, not...)
	return err
}

// OtherPolicies are the kinds of policies, beside NetworkPolicies, of which there are some in
// the namespaces or of the whole cluster, or may be, as far as the caller may read; the namespace
// "" stands for all. The list is nil only where there is an error.
func OtherPolicies(ctx context.Context, client kubernetes.Interface, namespaces ...string) (kinds []string, not []NotSeen, err error) {
	_, lists, err := discovery.ToDiscoveryInterfaceWithContext(client.Discovery()).ServerGroupsAndResourcesWithContext(ctx)
	if len(lists) == 0 && err != nil {
		return nil, nil, err
	}
	kinds = []string{}
	for _, l := range lists {
		group, _, _ := strings.Cut(l.GroupVersion, "/")
		for _, r := range l.APIResources {
			name := fmt.Sprintf("%s.%s", r.Name, group)
			other := slices.Contains(otherPolicies, r.Name) || r.Name == "networkpolicies" && group != policiesGroup
			if !other || slices.Contains(kinds, name) {
				continue
			}
			none, unread := noneOf(ctx, client, l.GroupVersion, r, namespaces)
			if not = append(not, unread...); !none {
				kinds = append(kinds, name)
			}
		}
	}
	return kinds, not, nil
}

// noneOf says that there is no object of a kind, in the namespaces that matter where it has
// namespaces.
func noneOf(ctx context.Context, client kubernetes.Interface, groupVersion string, kind metav1.APIResource, in []string) (none bool, not []NotSeen) {
	group, _, _ := strings.Cut(groupVersion, "/")
	if !kind.Namespaced {
		in = []string{""}
	}
	none = true
	for _, namespace := range in {
		path := []string{"/apis", groupVersion}
		if namespace != "" {
			path = append(path, "namespaces", namespace)
		}
		var list metav1.PartialObjectMetadataList
		data, err := client.Discovery().RESTClient().Get().AbsPath(append(path, kind.Name)...).Param("limit", "1").DoRaw(ctx)
		none = none && err == nil && json.Unmarshal(data, &list) == nil && list.Kind != "" && len(list.Items) == 0
		if apierrors.IsForbidden(err) {
			not = append(not, NotSeen{What: "whether there are " + kind.Name, Rule: Rule{namespace, group, kind.Name, "list"}, Decides: []string{"net.policy-denies", "dns.policy-denies"}})
		}
	}
	return none, not
}
