package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// NodesHTML writes a run on many nodes as one page to attach: what was found, and node by check
// as a matrix. It loads nothing and has no script.
func NodesHTML(w io.Writer, n Nodes) error {
	b := &htmlPage{}
	title := fmt.Sprintf("%d of %s healthy", len(n.healthy()), observe.Plural(len(n.Nodes), "node"))
	b.begin(title, n.Version, []string{observe.Plural(len(n.Nodes), "node"), "namespace " + n.Namespace}, n.Started)
	b.write(`<section class="verdict `, escaped(n.Status), `">`, "\n<h1>", escaped(title), "</h1>\n")
	for _, p := range n.Problems {
		b.problem(n, p)
	}
	b.write("</section>\n")
	b.matrix(n)
	b.write("<p>", escaped(newPage(Report{}, Options{}).nodesCount(n)), "</p>\n</body>\n</html>\n")
	_, err := io.WriteString(w, b.text.String())
	return err
}

func (b *htmlPage) problem(n Nodes, p Problem) {
	b.write("<h2>", escaped(heading(n, p)), "</h2>\n")
	if p.Code != "" {
		b.write("<p>", escaped(p.Title), "</p>\n")
	}
	lines := [][2]string{{"nodes", strings.Join(p.Nodes, ", ")}}
	for _, text := range p.Shared {
		lines = append(lines, [2]string{"only these", text})
	}
	for _, text := range p.Host {
		lines = append(lines, [2]string{"host network", text})
	}
	for _, text := range p.Evidence {
		lines = append(lines, [2]string{seenLabel, text})
	}
	if len(p.Instead) > 0 {
		lines = append(lines, [2]string{orLabel, strings.Join(p.Instead, ", ")})
	}
	if p.Remedy != "" {
		lines = append(lines, [2]string{fixLabel, p.remedy()})
	}
	b.list(lines)
	if len(p.Fix) > 0 {
		b.write("<details><summary>all steps of the fix</summary>\n<pre>", escaped(strings.Join(p.Fix, "\n")), "</pre>\n</details>\n")
	}
}

// matrix draws each node as a row and each check that has run as a column.
func (b *htmlPage) matrix(n Nodes) {
	ids := checksOf(n)
	b.write(`<div class=matrix><table>`, "\n<tr><th>node</th>")
	for _, id := range ids {
		b.write("<th><span>", escaped(id), "</span></th>")
	}
	b.write("</tr>\n")
	for _, node := range n.Nodes {
		b.write(`<tr><th>`, escaped(node.Name), "</th>")
		for _, id := range ids {
			status := node.Checks[id]
			b.write(`<td class="`, escaped(status), `" title="`, escaped(fmt.Sprintf("%s on %s: %s", id, node.Name, orNotRun(status))), `">`, marks[status], "</td>")
		}
		b.write("</tr>\n")
	}
	b.write("</table></div>\n")
}

func orNotRun(status observe.Status) observe.Status {
	if status == "" {
		return "not run"
	}
	return status
}

// checksOf are the checks that have run on some node, in the order of the layers.
func checksOf(n Nodes) (ids []string) {
	for _, node := range n.Nodes {
		for id, status := range node.Checks {
			if status != observe.Skip && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	place := func(id string) int {
		if i := slices.IndexFunc(knownLayers, func(l layer) bool { return l.has(id) }); i >= 0 {
			return i
		}
		return len(knownLayers) // probes
	}
	slices.SortFunc(ids, func(a, b string) int {
		if d := place(a) - place(b); d != 0 && causes.LayerOf(a) != causes.LayerOf(b) {
			return d
		}
		return strings.Compare(a, b)
	})
	return ids
}
