package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// kind are nodes whose layers have the same statuses.
type kind struct {
	statuses []observe.Status
	nodes    []string
}

// kindsOf are the kinds of the nodes, those with a fault first, and the names of the layers.
func kindsOf(n Nodes) (layers []string, kinds []kind) {
	var used []layer
	for _, l := range knownLayers {
		if !l.quiet || slices.ContainsFunc(n.Nodes, func(node Node) bool { s := l.worst(node.Checks); return s == observe.Fail || s == observe.Warn }) {
			used, layers = append(used, l), append(layers, l.name)
		}
	}
	for _, node := range n.Nodes {
		k := kind{nodes: []string{node.Name}}
		for _, l := range used {
			k.statuses = append(k.statuses, l.worst(node.Checks))
		}
		if i := slices.IndexFunc(kinds, func(other kind) bool { return slices.Equal(other.statuses, k.statuses) }); i >= 0 {
			kinds[i].nodes = append(kinds[i].nodes, node.Name)
		} else {
			kinds = append(kinds, k)
		}
	}
	slices.SortStableFunc(kinds, func(a, b kind) int { return b.faults() - a.faults() })
	return layers, kinds
}

// faults is how many layers have one.
func (k kind) faults() (n int) {
	for _, s := range k.statuses {
		if s == observe.Fail || s == observe.Warn {
			n++
		}
	}
	return n
}

// worst is the status of a layer by those of its checks; empty where none of them has run.
func (l layer) worst(checks map[string]observe.Status) (worst observe.Status) {
	order := []observe.Status{observe.Fail, observe.Warn, observe.Pass, observe.Skip, ""}
	for id, status := range checks {
		if l.has(id) && slices.Index(order, status) < slices.Index(order, worst) {
			worst = status
		}
	}
	return worst
}

// layersOfNodes draws which layers fail on which nodes, where nodes differ.
func (p *page) layersOfNodes(n Nodes, most int) {
	layers, kinds := kindsOf(n)
	if len(kinds) < 2 {
		return
	}
	var out strings.Builder
	header := []string{"node"}
	for _, name := range layers {
		header = append(header, shortNames[name])
	}
	grid := newGrid(&out, header, nil)
	for i, k := range kinds {
		if i == most {
			break
		}
		row := []string{nodesOf(k.nodes)}
		for _, s := range k.statuses {
			row = append(row, strings.TrimSpace(words[s]))
		}
		grid.Append(row)
	}
	grid.Render()
	p.lines(strings.Split(strings.TrimRight(out.String(), "\n"), "\n")...)
	if more := len(kinds) - most; more > 0 {
		p.lines(fmt.Sprintf("and %s with other rows", observe.Plural(more, "group")))
	}
}

// shortNames are the layers where a column has little room.
var shortNames = map[string]string{
	"cluster": "cluster", "environment": "env", "credentials": "creds", "dns": "dns", "network": "network", "tls": "tls",
	"authentication": "auth", "api": "api", "kubectl proxy": "proxy", "process": "process",
}

// maxNodeName is how many columns the name of a node takes in a grid.
const maxNodeName = 24

func nodesOf(list []string) string {
	if len(list) == 1 {
		return bothEnds(list[0])
	}
	return fmt.Sprintf("%s +%d", bothEnds(list[0]), len(list)-1)
}

// bothEnds shortens the name of a node, of which the beginning or the end is that of all nodes.
func bothEnds(name string) string {
	const head, more, tail = 13, "...", 8
	name = singleLine(name)
	if r := []rune(name); columns(name) > maxNodeName && len(r) > head+tail {
		name = string(r[:head]) + more + string(r[len(r)-tail:])
	}
	return cut(name, maxNodeName)
}

// checksOfNodes writes the checks on which nodes differ, with the nodes that stand out.
func (p *page) checksOfNodes(n Nodes) {
	for _, id := range checksOf(n) {
		by := map[observe.Status][]string{}
		for _, node := range n.Nodes {
			by[node.Checks[id]] = append(by[node.Checks[id]], node.Name)
		}
		if len(by) < 2 {
			continue
		}
		var parts []string
		for _, status := range []observe.Status{observe.Fail, observe.Warn, observe.Skip, observe.Pass, ""} {
			if list := by[status]; len(list) > 0 {
				mark := strings.TrimSpace(words[status])
				if status == "" {
					mark = "not run"
				}
				parts = append(parts, mark+" "+names(list))
			}
		}
		p.lines(wrapIndented(fmt.Sprintf("%-24s %s", id, strings.Join(parts, "; ")), p.width, "", strings.Repeat(" ", 25))...)
	}
	p.lines("")
}
