package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

const (
	// shownProblems is how many problems the table shows with all that belongs to them, and
	// shownRows how many kinds of nodes; -o wide has all.
	shownProblems = 3
	shownRows     = 6
)

// NodesTable writes a run on many nodes for people: what was found and on which nodes, and
// which layers of the path fail there.
func NodesTable(w io.Writer, n Nodes, opts Options) error {
	p := newPage(Report{Version: n.Version}, opts)
	p.nodesHeader(n)
	for i, problem := range n.Problems {
		p.problem(n, problem, i < shownProblems)
	}
	p.healthyNodes(n)
	p.layersOfNodes(n, shownRows)
	p.lines(p.nodesCount(n))
	if len(n.Problems) > 0 {
		if len(n.NotSeen) > 0 {
			p.lines(p.renderAll([]item{text(notSeenLabel, 0, fmt.Sprintf("%s that would tell more (-o wide)", observe.Plural(len(n.NotSeen), "thing")))})...)
		}
		p.lines(p.renderAll([]item{p.more(p.again, explainFirst(p.program, n.Problems))})...)
	}
	_, err := w.Write(p.out.Bytes())
	return err
}

// NodesWide writes all that there is to say, with the checks on which nodes differ.
func NodesWide(w io.Writer, n Nodes, opts Options) error {
	p := newPage(Report{Version: n.Version}, opts)
	p.nodesHeader(n)
	for _, problem := range n.Problems {
		p.wholeProblem(n, problem)
	}
	p.healthyNodes(n)
	p.layersOfNodes(n, len(n.Nodes))
	p.lines("")
	p.checksOfNodes(n)
	for _, text := range n.notSeen() {
		p.lines(wrapIndented(notSeenLabel+": "+text, p.width, "", "  ")...)
	}
	p.lines(p.nodesCount(n))
	_, err := w.Write(p.out.Bytes())
	return err
}

func (p *page) nodesHeader(n Nodes) {
	of := observe.Plural(len(n.Nodes), "node")
	if n.Selector != "" {
		of += " with " + n.Selector
	}
	p.lines(wrapIndented(fmt.Sprintf("k8sdoctor %s, %s, from pods in namespace %s", n.Version, of, n.Namespace), p.width, "", "  ")...)
	p.lines("")
}

// otherDoctors names the versions in the pods, where they are not the launcher's.
func (n Nodes) otherDoctors() string {
	var others []string
	for _, node := range n.Nodes {
		if v := node.Doctor; v != "" && v != n.Version && !slices.Contains(others, v) {
			others = append(others, v)
		}
	}
	if len(others) == 0 {
		return ""
	}
	return ", in the pods k8sdoctor " + names(others)
}

// notSeen are the things that could not be read, with the right that is missing or the reason.
func (n Nodes) notSeen() (texts []string) {
	for _, s := range n.NotSeen {
		if s.Because == "" {
			texts = append(texts, s.What+": no right to "+s.Rule)
		} else {
			texts = append(texts, s.What+": "+s.Because)
		}
	}
	return texts
}

// heading is what was found, and on how many nodes.
func heading(n Nodes, problem Problem) string {
	text := problem.Title
	if problem.Code != "" {
		text = fmt.Sprintf("%s (%s)", problem.Code, problem.Confidence)
	}
	return fmt.Sprintf("%d of %s: %s", len(problem.Nodes), observe.Plural(len(n.Nodes), "node"), text)
}

// problem writes what was found on some nodes; the heading alone where there is no room for more.
func (p *page) problem(n Nodes, problem Problem, whole bool) {
	head, items := heading(n, problem)+": "+names(problem.Nodes), []item{}
	if columns(head) > p.width-len("FAIL ") && whole {
		head, items = heading(n, problem), []item{p.oneLine("nodes", names(problem.Nodes))}
	}
	p.marked(problem.Status, cut(head, p.width-len("FAIL ")))
	if !whole {
		return
	}
	if problem.Code != "" {
		p.lines("     " + cut(singleLine(problem.Title), p.width-len("     ")))
	}
	if len(problem.Instead) > 0 {
		items = append(items, p.oneLine(orLabel, strings.Join(problem.Instead, ", ")))
	}
	if len(problem.Shared) > 0 {
		items = append(items, p.oneLine("only these", strings.Join(problem.Shared, "; ")))
	}
	for _, text := range problem.Host {
		items = append(items, p.oneLine("host net", text))
	}
	if len(problem.Evidence) > 0 {
		items = append(items, p.oneLine(seenLabel, problem.Evidence[0]))
	}
	if problem.Remedy != "" {
		items = append(items, p.oneLine(fixLabel, problem.remedy()))
	}
	p.lines(p.renderAll(items)...)
}

// remedy is the fix in a sentence, which names the first of several nodes.
func (p Problem) remedy() string {
	if others := len(p.Nodes) - 1; others > 0 && strings.Contains(p.Remedy, p.Nodes[0]) {
		return fmt.Sprintf("%s (and %d more)", p.Remedy, others)
	}
	return p.Remedy
}

// wholeProblem writes all that is known of what was found on some nodes.
func (p *page) wholeProblem(n Nodes, problem Problem) {
	p.marked(problem.Status, heading(n, problem))
	items := []item{text("nodes", 0, strings.Join(problem.Nodes, ", "))}
	if problem.Code != "" {
		items = append(items, text("that is", 0, problem.Title))
	}
	items = append(items, text(orLabel, 0, problem.Instead...), text("only these", 0, problem.Shared...), text("host net", 0, problem.Host...), text(seenLabel, 0, problem.Evidence...))
	if problem.Remedy != "" {
		items = append(items, text(fixLabel, 0, problem.remedy()))
	}
	p.lines(p.renderAll(items)...)
	for _, step := range problem.Fix {
		p.lines(visible(step))
	}
	p.lines("")
}

// marked writes a text behind the mark of a status.
func (p *page) marked(status observe.Status, text string) {
	mark := p.mark(status)
	lines := wrapIndented(text, p.width, strings.Repeat(" ", columns(mark)+1), "  ")
	lines[0] = p.paint(status, mark) + lines[0][columns(mark):]
	p.lines(lines...)
}

// oneLine is an item that is cut to a line.
func (p *page) oneLine(label, what string) item {
	return text(label, 0, cut(singleLine(what), p.width-columns(p.label(label))))
}

// maxNames is how many nodes are named one by one.
const maxNames = 8

// names are as many as a line may have.
func names(list []string) string {
	if len(list) <= maxNames {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:maxNames], ", "), len(list)-maxNames)
}

// healthyNodes counts those on which nothing was found, and names those that were left out.
func (p *page) healthyNodes(n Nodes) {
	if healthy := len(n.healthy()); healthy > 0 {
		p.marked(observe.Pass, fmt.Sprintf("%d of %s: healthy", healthy, observe.Plural(len(n.Nodes), "node")))
	}
	if len(n.NotExamined) > 0 {
		p.marked(observe.Skip, observe.Plural(len(n.NotExamined), "node")+" not examined: "+names(n.NotExamined))
	}
	p.lines("")
}

// explainFirst is the command that says all of the first cause, "" where none is known.
func explainFirst(program string, problems []Problem) string {
	i := slices.IndexFunc(problems, func(p Problem) bool { return p.Code != "" })
	if i < 0 {
		return ""
	}
	return program + " explain " + problems[i].Code
}

func (p *page) nodesCount(n Nodes) string {
	counts := map[observe.Status]int{}
	for _, node := range n.Nodes {
		counts[node.Status]++
	}
	var parts []string
	for _, kind := range []struct {
		status observe.Status
		text   string
	}{{observe.Fail, "failed"}, {observe.Warn, "warned"}, {observe.Pass, "healthy"}} {
		if counts[kind.status] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[kind.status], kind.text))
		}
	}
	return fmt.Sprintf("%s: %s, %s%s", observe.Plural(len(n.Nodes), "node"), strings.Join(parts, ", "), observe.FormatDuration(time.Duration(n.Took)), n.otherDoctors())
}
