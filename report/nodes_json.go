package report

import (
	_ "embed" // for NodesSchema
	"io"
	"slices"
)

// NodesSchema is the JSON Schema of what NodesJSON writes.
//
//go:embed nodes.schema.json
var NodesSchema string

// NodesJSON writes a run on many nodes as one indented document that ends in a newline.
func NodesJSON(w io.Writer, n Nodes) error {
	n.Nodes = slices.Clone(n.Nodes)
	for i := range n.Nodes {
		for _, r := range []**Report{&n.Nodes[i].Report, &n.Nodes[i].HostNetwork} {
			if *r != nil {
				complete := (*r).complete()
				*r = &complete
			}
		}
	}
	return writeJSON(w, n)
}

// NodesYAML writes the same document as NodesJSON does.
func NodesYAML(w io.Writer, n Nodes) error { return asYAML(w, n, NodesJSON) }
