package report

import (
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Nodes is what k8sdoctor has seen on the nodes of a cluster. Its JSON form is described by
// nodes.schema.json.
type Nodes struct {
	APIVersion string               `json:"apiVersion"` // "k8sdoctor/v1"
	Kind       string               `json:"kind"`       // "NodesReport"
	Version    string               `json:"version"`    // of the launcher
	Started    time.Time            `json:"started"`
	Took       observe.Milliseconds `json:"durationMs"`
	Namespace  string               `json:"namespace"`
	Selector   string               `json:"selector,omitempty"`
	Status     observe.Status       `json:"status"` // the worst of the nodes
	// Problems are what was found, each with its nodes: what fails before what only warns, and
	// what more nodes have first.
	Problems []Problem `json:"problems"`
	Nodes    []Node    `json:"nodes"`
	// NotExamined are the nodes of Windows.
	NotExamined []string  `json:"notExamined,omitempty"`
	NotSeen     []NotSeen `json:"notSeen,omitempty"`
	// Notes are what else there is to know of the run.
	Notes []string `json:"notes,omitempty"`
}

// Problem is a cause, or a reason for which there is no report, and the nodes that have it.
type Problem struct {
	Status observe.Status `json:"status"`
	// Code is empty where a node did not answer, and no cause of that is known.
	Code       string            `json:"code"`
	Confidence causes.Confidence `json:"confidence,omitempty"`
	Title      string            `json:"title"`
	// Instead are the causes that remain possible in its place.
	Instead []string `json:"instead,omitempty"`
	// Evidence, Remedy and Fix are those of the first node.
	Evidence []string `json:"evidence"`
	Remedy   string   `json:"remedy"`
	Fix      []string `json:"fix"`
	Nodes    []string `json:"nodes"`
	// Shared is what these nodes have in common, and no healthy node has: a hint.
	Shared []string `json:"shared,omitempty"`
	// Host says what the host networks of these nodes show, where no pod gets a network.
	Host []string `json:"hostNetwork,omitempty"`
}

// Node is what was seen on one node.
type Node struct {
	Name   string         `json:"name"`
	Status observe.Status `json:"status"`
	// Doctor is the version of k8sdoctor that ran there; empty where none did.
	Doctor string `json:"doctor"`
	// Checks are the statuses of its checks.
	Checks map[string]observe.Status `json:"checks"`
	// Report is that of a node on which something was found.
	Report *Report `json:"report,omitempty"`
	// HostNetwork is that from the host network of a node on which no pod gets a network.
	HostNetwork *Report `json:"hostNetwork,omitempty"`
}

// healthy says that nothing was found on the node.
func (n Node) healthy() bool { return n.Status == observe.Pass }

// healthy are the names of the nodes on which nothing was found.
func (n Nodes) healthy() (names []string) {
	for _, node := range n.Nodes {
		if node.healthy() {
			names = append(names, node.Name)
		}
	}
	return names
}
