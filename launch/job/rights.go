package job

import (
	"context"
	"fmt"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// rights are what a run calls. A right to read events is missed only by who wants to know
// why a pod does not start.
func (r *Runner) rights(namespace string) []cluster.Rule {
	list := []cluster.Rule{
		{Namespace: namespace, Group: "batch", Resource: "jobs", Verb: "create"},
		{Namespace: namespace, Group: "batch", Resource: "jobs", Verb: "get"},
		{Namespace: namespace, Group: "batch", Resource: "jobs", Verb: "list"},
		{Namespace: namespace, Group: "batch", Resource: "jobs", Verb: "watch"},
		{Namespace: namespace, Resource: "pods", Verb: "list"},
		{Namespace: namespace, Resource: "pods", Verb: "watch"},
		{Namespace: namespace, Resource: "pods/log", Verb: "get"},
	}
	if !r.Keep {
		list = append(list, cluster.Rule{Namespace: namespace, Group: "batch", Resource: "jobs", Verb: "delete"})
	}
	return list
}

// allowed asks for every right before anything is made, so that nothing is left that may
// not be removed.
func (r *Runner) allowed(ctx context.Context, namespace string) error {
	missing, err := cluster.Missing(ctx, r.Client, r.rights(namespace))
	if err != nil || len(missing) == 0 {
		return err
	}
	var texts []string
	for _, rule := range missing {
		texts = append(texts, strings.TrimSuffix(rule.String(), " in namespace "+namespace))
	}
	return &Error{
		Seen:    fmt.Sprintf("you have no right to %s in namespace %s", strings.Join(texts, ", "), namespace),
		Advice:  "what you may do there",
		Command: "kubectl -n " + namespace + " auth can-i --list",
	}
}
