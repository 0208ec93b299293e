package cluster

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	discoveryGroup = "discovery.k8s.io"
	rbacGroup      = "rbac.authorization.k8s.io"
)

// Rule is one right that a call needs; no Namespace is for the whole cluster.
type Rule struct{ Namespace, Group, Resource, Verb string }

// String is the right in words, such as "list pods in namespace kube-system".
func (r Rule) String() string {
	text := r.Verb + " " + r.Resource
	if r.Group != "" {
		text += "." + r.Group
	}
	if r.Namespace == "" {
		return text
	}
	return text + " in namespace " + r.Namespace
}

// Compare orders rules by where they hold.
func (r Rule) Compare(o Rule) int {
	return cmp.Or(strings.Compare(r.Namespace, o.Namespace), strings.Compare(r.Group, o.Group), strings.Compare(r.Resource, o.Resource), strings.Compare(r.Verb, o.Verb))
}

// Unique sorts rules, each once.
func Unique(rules []Rule) []Rule {
	rules = slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool { return r == Rule{} })
	slices.SortFunc(rules, Rule.Compare)
	return slices.Compact(rules)
}

// Rules are the rights with which all is read that is known of a pod of the namespace.
func Rules(namespace string) []Rule {
	s := &State{Pod: &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace}, Spec: corev1.PodSpec{NodeName: "NODE"}}}
	var rules []Rule
	for _, r := range s.reads(nil) {
		rules = append(rules, r.rule)
	}
	return Unique(rules)
}
