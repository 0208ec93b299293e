package lab

import (
	"net/http"
	"slices"
	"strings"
)

// groupVersions is what the API server offers beyond the core: the groups of
// Kubernetes and one that another server provides.
var groupVersions = []struct {
	group, version string
	resources      []string
}{
	{"apiregistration.k8s.io", "v1", []string{"apiservices"}},
	{"apps", "v1", []string{"controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"}},
	{"authentication.k8s.io", "v1", []string{"selfsubjectreviews", "tokenreviews"}},
	{"authorization.k8s.io", "v1", []string{"localsubjectaccessreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews"}},
	{"batch", "v1", []string{"cronjobs", "jobs"}},
	{"discovery.k8s.io", "v1", []string{"endpointslices"}},
	{"networking.k8s.io", "v1", []string{"ingressclasses", "ingresses", "ipaddresses", "networkpolicies", "servicecidrs"}},
	{"rbac.authorization.k8s.io", "v1", []string{"clusterrolebindings", "clusterroles", "rolebindings", "roles"}},
	{"storage.k8s.io", "v1", []string{"csidrivers", "csinodes", "csistoragecapacities", "storageclasses", "volumeattachments"}},
	{aggregatedGroup, "v1beta1", []string{"nodes", "pods"}},
}

const aggregatedGroup = "metrics.k8s.io"

// groups answers GET /apis in the form that was asked for.
func (s *apiServer) groups(w http.ResponseWriter, r *http.Request) {
	const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
	if !strings.Contains(r.Header.Get("Accept"), aggregated) {
		s.groupList(w, r)
		return
	}
	var items []any
	for _, gv := range groupVersions {
		version := map[string]any{"version": gv.version, "freshness": "Current"}
		var resources []any
		for _, name := range gv.resources {
			resources = append(resources, map[string]any{
				"resource": name, "scope": "Namespaced", "singularResource": strings.TrimSuffix(name, "s"),
				"responseKind": map[string]string{"group": "", "version": "", "kind": strings.TrimSuffix(name, "s")},
				"verbs":        []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"},
			})
		}
		if slices.Contains(s.plan.api.stale, gv.group+"/"+gv.version) {
			version["freshness"] = "Stale" // and no resources, as nobody could be asked for them
		} else {
			version["resources"] = resources
		}
		items = append(items, map[string]any{"metadata": map[string]string{"name": gv.group}, "versions": []any{version}})
	}
	answerAs(w, aggregated, http.StatusOK, map[string]any{
		"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": map[string]any{}, "items": items,
	})
}

// groupList is the form that older servers know.
func (s *apiServer) groupList(w http.ResponseWriter, _ *http.Request) {
	var groups []any
	for _, gv := range groupVersions {
		version := map[string]string{"groupVersion": gv.group + "/" + gv.version, "version": gv.version}
		groups = append(groups, map[string]any{"name": gv.group, "versions": []any{version}, "preferredVersion": version})
	}
	answer(w, http.StatusOK, map[string]any{"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}
