package predict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// row is what some workloads lose, all of them the same.
type row struct {
	workloads          []Loss // one of each
	pods, withoutToken int
	losses             []Loss // of one of them
}

// rowsOf puts workloads together that lose the same for the same reasons; what is certain
// comes first.
func rowsOf(losses []Loss) []row {
	var certain, others []row
	for len(losses) > 0 {
		n := 1
		for n < len(losses) && samePods(losses[0], losses[n]) {
			n++
		}
		one := row{losses[:1], len(losses[0].Pods), losses[0].WithoutToken, losses[:n]}
		losses = losses[n:]
		into := &certain
		if one.uncertain() {
			into = &others
		}
		*into = add(*into, one)
	}
	return append(certain, others...)
}

func samePods(a, b Loss) bool {
	return a.Namespace == b.Namespace && a.Workload == b.Workload && slices.Equal(a.Pods, b.Pods)
}

func add(rows []row, one row) []row {
	i := slices.IndexFunc(rows, func(r row) bool { return slices.EqualFunc(r.losses, one.losses, sameLoss) })
	if i < 0 {
		return append(rows, one)
	}
	rows[i].pods += one.pods
	rows[i].withoutToken += one.withoutToken
	if last := rows[i].workloads[len(rows[i].workloads)-1]; last.Namespace != one.workloads[0].Namespace || last.Workload != one.workloads[0].Workload {
		rows[i].workloads = append(slices.Clip(rows[i].workloads), one.workloads[0])
	}
	return rows
}

func workloadsOf(rows []row) (n int) {
	for _, r := range rows {
		n += len(r.workloads)
	}
	return n
}

func (r row) uncertain() bool {
	return slices.ContainsFunc(r.losses, func(l Loss) bool { return len(l.DependsOn) > 0 })
}

// why are the reasons of all losses, once each.
func (r row) why() (texts []string) {
	for _, l := range r.losses {
		texts = append(texts, l.Why...)
	}
	if r.losses[0].Of == DNS {
		texts = append(texts, "without DNS no name resolves, such as kubernetes.default.svc; the API server's address stays reachable")
	}
	return unique(texts)
}

// who names the workloads, and counts their pods.
func (r row) who() string {
	first := r.workloads[0].Namespace
	one := !slices.ContainsFunc(r.workloads, func(l Loss) bool { return l.Namespace != first })
	var names []string
	for _, l := range r.workloads[:min(len(r.workloads), maxNames)] {
		name := l.Workload
		if !one {
			name += " in " + l.Namespace
		}
		names = append(names, name)
	}
	text := strings.Join(names, ", ")
	if more := len(r.workloads) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	if one {
		text += " in " + first
	}
	pods := observe.Plural(r.pods, "pod")
	switch {
	case r.withoutToken == r.pods:
		pods += " without a token"
	case r.withoutToken > 0:
		pods += fmt.Sprintf(", %d without a token", r.withoutToken)
	}
	return text + " (" + pods + ")"
}

// title says who loses what, and what that depends on.
func (r row) title() string {
	var would, depends []string
	for _, l := range r.losses {
		would = append(would, l.what())
		depends = append(depends, l.DependsOn...)
	}
	if len(depends) == 0 {
		return r.who() + " would lose " + strings.Join(would, " and ")
	}
	for i, d := range depends {
		depends[i] = dependence[d]
	}
	return r.who() + " may lose " + strings.Join(would, " and ") + ": " + strings.Join(unique(depends), "; ")
}

// dependence is what a loss depends on, in words.
var dependence = map[string]string{
	Enforcement:   "nothing is known to enforce NetworkPolicies on the node",
	OtherPolicies: "policies of other kinds may allow it",
	Translation:   "it depends on the network plugin",
	NodeTraffic:   "it depends on the network plugin",
	Endpoint:      "no server is known at the new address",
}

// what is lost, in words.
func (l Loss) what() string {
	some := map[bool]string{true: "some connections to "}[l.Some]
	switch l.Of {
	case APIServer:
		return some + "the API server (" + l.At + ")"
	case DNS:
		return some + "DNS"
	case Authentication:
		return "the credentials of ServiceAccount " + l.At
	}
	return "the token of ServiceAccount " + l.At + " when created again"
}
