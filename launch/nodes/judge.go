package nodes

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/examine"
	"github.com/k8sdoctor/k8sdoctor/launch"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/redact"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// judge judges each node by what its doctor and the cluster's API have seen, and puts
// together the nodes that have the same.
func (f *fleet) judge() report.Nodes {
	result := report.Nodes{
		APIVersion: "k8sdoctor/v1", Kind: "NodesReport", Version: f.runner.Version,
		Namespace: f.runner.Options.Namespace, Selector: f.runner.Selector.String(), Status: observe.Pass,
		Problems: []report.Problem{}, Nodes: []report.Node{}, NotSeen: launch.NotSeen(f.shared),
	}
	titles := titlesOfChecks()
	for _, name := range slices.Sorted(maps.Keys(f.nodes)) {
		n := f.nodes[name]
		r := f.reportOf(n, n.pods, titles)
		of := report.Node{Name: name, Status: r.Status, Checks: map[string]observe.Status{}}
		if n.pods.observed != nil {
			of.Doctor = n.pods.observed.Version
		}
		for _, result := range r.Results {
			of.Checks[result.ID] = result.Status
		}
		if r.Incomplete != "" && of.Status == observe.Pass {
			of.Status = observe.Fail
		}
		if of.Status != observe.Pass {
			of.Report = &r
		}
		if n.host != nil {
			host := f.reportOf(n, *n.host, titles)
			of.HostNetwork = &host
		}
		result.Nodes = append(result.Nodes, of)
	}
	result.Problems = f.problems(result.Nodes)
	for _, p := range result.Problems {
		if p.Status == observe.Fail || result.Status == observe.Pass {
			result.Status = p.Status
		}
	}
	return result
}

// titlesOfChecks are those of all checks and probes, by their ids, which observations do not
// carry.
func titlesOfChecks() map[string]string {
	titles := map[string]string{}
	for _, c := range examine.AllChecks() {
		titles[c.ID] = c.Title
	}
	return titles
}

// reportOf is what an answer is worth.
func (f *fleet) reportOf(n *node, a answer, titles map[string]string) report.Report {
	r := report.Report{APIVersion: "k8sdoctor/v1", Kind: "Report", Version: f.runner.Version, Started: f.began, Attempt: 1}
	r.Pod.Doctor = true
	cut := false
	switch o := a.observed; {
	case a.whole != nil:
		r = *a.whole
	case o != nil:
		r.Version, r.Took, r.Incomplete = redact.Printable(o.Version), observe.Milliseconds(o.Took), redact.Printable(o.Incomplete)
		for _, result := range o.Results {
			result.Title = cmp.Or(titles[result.ID], result.ID)
			result.Summary = cmp.Or(unusual(result), result.Title)
			r.Results = append(r.Results, redact.PrintableResult(result))
		}
		if cut = o.Missing > 0; cut {
			r.Incomplete = strings.TrimPrefix(fmt.Sprintf("%s; %s did not arrive in the termination message", r.Incomplete, observe.Plural(o.Missing, "result")), "; ")
		}
	default:
		r.Incomplete = cmp.Or(a.because, "k8sdoctor did not run")
	}
	if a.pod != nil {
		r.Started = a.pod.CreationTimestamp.UTC().Truncate(time.Millisecond)
	}
	r = launch.Merge(r, f.stateOf(n.object, a))
	if cut {
		for i, c := range r.Verdict.Causes { // what is missing might speak against it
			if c.Confidence == causes.Certain {
				r.Verdict.Causes[i].Confidence = causes.Likely
			}
		}
	}
	return r
}

// unusual says in words what a healthy pod does not show, first what the check itself is about.
func unusual(r observe.Result) string {
	var own, other []string
	for _, row := range observe.Vocabulary() {
		value, ok := r.Observations.Value(row)
		if !ok || !row.Unhealthy(value) {
			continue
		}
		text := row.Described(value, r.Observations)
		if causes.LayerOf(row.ID) == causes.LayerOf(r.ID) {
			own = append(own, text)
		} else {
			other = append(other, text)
		}
	}
	return strings.Join(append(own, other...), "; ")
}

// problems puts together nodes on which the same was found.
func (f *fleet) problems(nodes []report.Node) []report.Problem {
	var list []report.Problem
	add := func(node string, p report.Problem) {
		for i := range list {
			if q := &list[i]; q.Code == p.Code && q.Confidence == p.Confidence && (p.Code != "" || q.Title == p.Title) {
				if q.Nodes[len(q.Nodes)-1] != node {
					q.Nodes = append(q.Nodes, node)
				}
				return
			}
		}
		p.Nodes = []string{node}
		list = append(list, p)
	}
	for _, n := range nodes {
		if n.Report == nil {
			continue
		}
		found := problemsOf(n)
		for _, p := range found {
			add(n.Name, p)
		}
	}
	for i := range list {
		p := &list[i]
		p.Shared = f.sharedBy(p.Nodes, nodes)
		p.Host = hostsOf(p.Nodes, nodes)
	}
	slices.SortStableFunc(list, func(a, b report.Problem) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(b.Nodes), len(a.Nodes)))
	})
	return list
}

func rank(p report.Problem) int {
	return slices.Index([]observe.Status{observe.Fail, observe.Warn}, p.Status)
}

// problemsOf are what was found on one node: its causes, what no cause explains, and that there
// is no report, where no cause of that is known.
func problemsOf(n report.Node) (list []report.Problem) {
	r := n.Report
	for _, c := range r.Verdict.Causes {
		if c.Alternative {
			continue
		}
		p := report.Problem{
			Status: statusOf(r, c), Code: c.Code, Confidence: c.Confidence, Title: c.Title,
			Evidence: evidenceOf(r, c), Remedy: c.Remedy, Fix: append([]string{}, c.Fix...),
		}
		for _, other := range r.Verdict.Causes {
			if other.Alternative && other.Problem == c.Problem {
				p.Instead = append(p.Instead, other.Code)
			}
		}
		list = append(list, p)
	}
	for _, u := range r.Verdict.Unexplained {
		status := observe.Fail
		for _, result := range r.Results {
			if result.ID == u.ID {
				status = result.Status
			}
		}
		list = append(list, report.Problem{Status: status, Title: "no known cause explains " + u.ID + ": " + u.Summary, Evidence: []string{}, Fix: []string{}})
	}
	if len(list) == 0 && r.Incomplete != "" {
		list = append(list, report.Problem{Status: observe.Fail, Title: "no whole report: " + r.Incomplete, Evidence: []string{}, Fix: []string{}})
	}
	return list
}

// evidenceOf is what was seen of a cause: first what its check says.
func evidenceOf(r *report.Report, f diagnose.Finding) []string {
	for _, result := range r.Results {
		if result.ID == f.Check {
			rest := slices.DeleteFunc(slices.Clone(f.Evidence), func(text string) bool { return strings.Contains(result.Summary, text) })
			return append([]string{result.Summary}, rest...)
		}
	}
	return append([]string{}, f.Evidence...)
}

// statusOf is that of the result that a cause was found by.
func statusOf(r *report.Report, f diagnose.Finding) observe.Status {
	for _, result := range r.Results {
		if result.ID == f.Check {
			return result.Status
		}
	}
	return r.Status
}

// hostsOf says of nodes without a network for pods what their host networks show.
func hostsOf(names []string, nodes []report.Node) (texts []string) {
	by := map[string][]string{}
	for _, n := range nodes {
		if n.HostNetwork == nil || !slices.Contains(names, n.Name) {
			continue
		}
		text := cmp.Or(n.HostNetwork.Incomplete, "the API server is reached")
		if c := n.HostNetwork.Verdict.Causes; len(c) > 0 {
			text = fmt.Sprintf("%s (%s): %s", c[0].Code, c[0].Confidence, c[0].Title)
		}
		by[text] = append(by[text], n.Name)
	}
	for _, text := range slices.Sorted(maps.Keys(by)) {
		texts = append(texts, text+" ("+strings.Join(by[text], ", ")+")")
	}
	return texts
}
