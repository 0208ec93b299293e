package job

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// TestDocumentedRights demands that the Role of docs/ci.md has the rights of a run, and
// those to read events.
func TestDocumentedRights(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)\n## Rights\n.*?```yaml\n(.*?)\n```").FindSubmatch(page)
	if block == nil {
		t.Fatal("docs/ci.md has no Role")
	}
	var role rbacv1.Role
	if err := yaml.UnmarshalStrict(block[1], &role); err != nil {
		t.Fatal(err)
	}
	var got []cluster.Rule
	for _, rule := range role.Rules {
		for _, verb := range rule.Verbs {
			got = append(got, cluster.Rule{Namespace: ns, Group: rule.APIGroups[0], Resource: rule.Resources[0], Verb: verb})
		}
	}
	want := slices.Concat((&Runner{}).rights(ns), []cluster.Rule{{Namespace: ns, Resource: "events", Verb: "list"}, {Namespace: ns, Resource: "events", Verb: "watch"}})
	if diff := cmp.Diff(cluster.Unique(want), cluster.Unique(got)); diff != "" {
		t.Errorf("the Role differs from what run needs (-want +got):\n%s", diff)
	}
}
