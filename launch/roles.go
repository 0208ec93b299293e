package launch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/predict"
)

// right is some verbs for some resources of a group, in the namespace of the pod.
type right struct {
	group            string
	resources, verbs []string
}

// role is what a way of running needs beside what Find needs.
type role struct {
	way, what string
	rights    []right
	// cluster are rights in the whole cluster.
	cluster []right
}

// finding the pod is the beginning of every way.
var finding = []right{
	{"", []string{"pods"}, []string{"get", "list"}},
	{"", []string{"services"}, []string{"get"}},
	{"apps", []string{"deployments", "statefulsets", "daemonsets", "replicasets"}, []string{"get"}},
	{"batch", []string{"cronjobs"}, []string{"get"}},
	{"batch", []string{"jobs"}, []string{"get", "list"}},
}

// roles are those of the ways. To 1.34, WebSocket needs get and SPDY create; from 1.35 on both
// need create (AuthorizePodWebsocketUpgradeCreatePermission,
// https://github.com/kubernetes/kubernetes/issues/78741).
var roles = []role{
	{"exec", "into the container, the first way", []right{{"", []string{"pods/exec"}, []string{"get", "create"}}}, nil},
	{"ephemeral", "by an ephemeral container", []right{
		{"", []string{"pods/ephemeralcontainers"}, []string{"patch"}},
		{"", []string{"pods/attach"}, []string{"get", "create"}},
		{"metrics.k8s.io", []string{"pods"}, []string{"get"}},
	}, nil},
	{"like", "in a pod like it", []right{
		{"", []string{"pods"}, []string{"create", "delete"}},
		{"", []string{"pods/exec"}, []string{"get", "create"}},
		{"", []string{"pods/log"}, []string{"get"}},
		{"", []string{"events"}, []string{"list"}},
		{"batch", []string{"jobs"}, []string{"create", "delete"}},
		{"", []string{"services", "resourcequotas", "limitranges", "replicationcontrollers"}, []string{"list"}},
		{"apps", []string{"replicasets", "daemonsets", "statefulsets"}, []string{"list"}},
		{"policy", []string{"poddisruptionbudgets"}, []string{"list"}},
		{"autoscaling", []string{"horizontalpodautoscalers"}, []string{"list"}},
	}, nil},
	{"run", "kubectl k8sdoctor run", []right{
		{"batch", []string{"jobs"}, []string{"create", "get", "list", "watch", "delete"}},
		{"", []string{"pods", "events"}, []string{"get", "list", "watch"}},
		{"", []string{"pods/log"}, []string{"get"}},
	}, nil},
	{"nodes", "kubectl k8sdoctor nodes", []right{
		{"batch", []string{"jobs"}, []string{"create", "delete"}},
		{"apps", []string{"daemonsets"}, []string{"create", "list", "watch", "delete"}},
		{"", []string{"pods", "events"}, []string{"list", "watch"}},
		{"", []string{"pods/log"}, []string{"get"}},
		{"policy", []string{"poddisruptionbudgets"}, []string{"list"}},
	}, []right{{"", []string{"nodes"}, []string{"list"}}}},
}

// WriteRoles writes, as YAML, a Role for each way of running, the roles for what is read of the
// cluster, where who lacks one is told what was not seen, and those of predict.
func WriteRoles(w io.Writer, namespace string) error {
	for _, r := range roles {
		rights := r.rights
		if r.way != "run" && r.way != "nodes" {
			rights = slices.Concat(finding, r.rights)
		}
		if err := writeRole(w, r.what, namespace, "k8sdoctor-"+r.way, rulesOf(rights)); err != nil {
			return err
		}
		if len(r.cluster) > 0 {
			if err := writeRole(w, r.what+", for the whole cluster", "", "k8sdoctor-"+r.way, rulesOf(r.cluster)); err != nil {
				return err
			}
		}
	}
	one, all := predict.Rules(namespace)
	return errors.Join(
		writeRules(w, "k8sdoctor-read", "what is read", cluster.Rules(namespace)),
		writeRules(w, "k8sdoctor-predict", "what kubectl k8sdoctor predict reads", one),
		writeRules(w, "k8sdoctor-predict-all", "what it reads beside that for changes of the DNS servers' policies, of their namespace and of EndpointSlices", all))
}

// writeRules writes a role of this name for each namespace of the rules.
func writeRules(w io.Writer, name, what string, rules []cluster.Rule) error {
	byNamespace := map[string][]rbacv1.PolicyRule{}
	var order []string
	for _, r := range rules {
		if !slices.Contains(order, r.Namespace) {
			order = append(order, r.Namespace)
		}
		byNamespace[r.Namespace] = append(byNamespace[r.Namespace], rbacv1.PolicyRule{APIGroups: []string{r.Group}, Resources: []string{r.Resource}, Verbs: []string{r.Verb}})
	}
	for _, in := range order {
		where := " in namespace " + in
		if in == "" {
			where = " of the whole cluster"
		}
		if err := writeRole(w, what+where, in, name, byNamespace[in]); err != nil {
			return err
		}
	}
	return nil
}

func rulesOf(rights []right) (rules []rbacv1.PolicyRule) {
	for _, r := range rights {
		rules = append(rules, rbacv1.PolicyRule{APIGroups: []string{r.group}, Resources: r.resources, Verbs: r.verbs})
	}
	return rules
}

// writeRole writes a Role, or a ClusterRole where no namespace is named.
func writeRole(w io.Writer, what, namespace, name string, rules []rbacv1.PolicyRule) error {
	meta := metav1.ObjectMeta{Name: name, Namespace: namespace}
	var object any = &rbacv1.Role{TypeMeta: metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "Role"}, ObjectMeta: meta, Rules: rules}
	if namespace == "" {
		object = &rbacv1.ClusterRole{TypeMeta: metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRole"}, ObjectMeta: meta, Rules: rules}
	}
	data, err := yaml.Marshal(object)
	if err != nil {
		return err
	}
	data = bytes.ReplaceAll(data, []byte("  creationTimestamp: null\n"), nil)
	_, err = fmt.Fprintf(w, "---\n# %s\n%s", what, data)
	return err
}
