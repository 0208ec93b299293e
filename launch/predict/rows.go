package predict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// row is what some workloads of a namespace lose, all of them the same.
type row struct {
	namespace          string
	workloads          []string
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
		one := row{losses[0].Namespace, []string{losses[0].Workload}, len(losses[0].Pods), losses[0].WithoutToken, losses[:n]}
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
	i := slices.IndexFunc(rows, func(r row) bool {
		return r.namespace == one.namespace && slices.EqualFunc(r.losses, one.losses, sameLoss)
	})
	if i < 0 {
		return append(rows, one)
	}
	rows[i].pods += one.pods
	rows[i].withoutToken += one.withoutToken
	if !slices.Contains(rows[i].workloads, one.workloads[0]) {
		rows[i].workloads = append(rows[i].workloads, one.workloads[0])
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

// title says who loses what, and what that depends on.
func (r row) title() string {
	names := r.workloads[:min(len(r.workloads), maxNames)]
	who := strings.Join(names, ", ")
	if more := len(r.workloads) - len(names); more > 0 {
		who += fmt.Sprintf(" and %d more", more)
	}
	pods := observe.Plural(r.pods, "pod")
	if r.withoutToken > 0 {
		pods += fmt.Sprintf(", %d without a token", r.withoutToken)
	}
	var would, depends []string
	for _, l := range r.losses {
		would = append(would, l.what())
		depends = append(depends, l.DependsOn...)
	}
	who = fmt.Sprintf("%s in %s (%s)", who, r.namespace, pods)
	if len(depends) == 0 {
		return who + " would lose " + strings.Join(would, " and ")
	}
	for i, d := range depends {
		depends[i] = dependence[d]
	}
	return who + " may lose " + strings.Join(would, " and ") + ": " + strings.Join(unique(depends), "; ")
}

// dependence is what a loss depends on, in words.
var dependence = map[string]string{
	Enforcement:   "nothing is known to enforce NetworkPolicies on the node",
	OtherPolicies: "policies of other kinds may allow it",
	Translation:   "it depends on the network plugin",
	OwnNode:       "it depends on the network plugin",
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
