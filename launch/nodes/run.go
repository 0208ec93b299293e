package nodes

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/job"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// Runner examines the nodes of one cluster.
type Runner struct {
	Client  kubernetes.Interface
	Version string // of the launcher
	Options job.Options
	// Selector is of the nodes.
	Selector labels.Selector
	// Logs fetches the whole report of each node on which something was found.
	Logs bool
	// Progress is told each step, and Complain what does not keep the report away.
	Progress func(text string)
	Complain func(error)
}

// Run has a doctor run on each node, removes what it has made, and returns what was seen.
func (r *Runner) Run(ctx context.Context) (report.Nodes, error) {
	began := time.Now()
	if err := r.ready(ctx); err != nil {
		return report.Nodes{}, err
	}
	r.Progress("reading the nodes, and what the cluster's API knows of their network")
	shared := cluster.Read(ctx, r.Client, r.unnamed(""))
	all, err := cluster.Nodes(ctx, r.Client, r.Selector.String())
	if err != nil {
		return report.Nodes{}, fmt.Errorf("the nodes cannot be listed: %w", err)
	}
	f := &fleet{runner: r, began: began.UTC().Truncate(time.Millisecond), shared: shared, nodes: map[string]*node{}, agents: shared.AgentsByNode()}
	var windows []string
	for i := range all {
		if n := &all[i]; n.Labels[corev1.LabelOSStable] == string(corev1.Windows) {
			windows = append(windows, n.Name)
		} else {
			f.nodes[n.Name] = &node{object: n}
		}
	}
	if len(f.nodes) == 0 {
		return report.Nodes{}, noNodes(r.Selector, windows)
	}
	for _, at := range cluster.Backends(shared.API, shared.APISlices, corev1.ProtocolTCP) {
		r.Options.Arguments = append(slices.Clip(r.Options.Arguments), "--endpoint="+at.String())
	}
	if err := f.examine(ctx); err != nil {
		return report.Nodes{}, err
	}
	result := f.judge()
	result.NotExamined, result.Started, result.Took = windows, f.began, observe.Milliseconds(time.Since(began))
	return result, nil
}

func noNodes(selector labels.Selector, windows []string) error {
	switch {
	case len(windows) > 0:
		return &job.Error{Seen: "all nodes are of Windows, and k8sdoctor runs on Linux"}
	case selector.Empty():
		return &job.Error{Seen: "the cluster has no node"}
	}
	return &job.Error{Seen: fmt.Sprintf("no node has the labels %s", selector), Advice: "the labels of the nodes", Command: "kubectl get nodes --show-labels"}
}
