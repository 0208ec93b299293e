package report

import (
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// layer is one row of the report: a part of the path to the API server, and the checks
// that belong to it.
type layer struct {
	name string
	// of are the first parts of the ids of its checks.
	of []string
	// shows are the checks whose results are the row where all is well.
	shows []string
	// quiet leaves out the row where all is well.
	quiet bool
}

// knownLayers are those of k8sdoctor's own checks, in the order of the run.
var knownLayers = []layer{
	{name: "cluster", of: []string{"cluster"}, shows: []string{"cluster.bisect", "cluster.node", "cluster.policies"}},
	{name: "environment", of: []string{"env"}, shows: []string{"env.service", "env.proxy"}},
	{name: "credentials", of: []string{"volume", "token"}, shows: []string{"token.claims", "volume.ca"}},
	{name: "dns", of: []string{"dns"}, shows: []string{"dns.resolve"}},
	{name: "network", of: []string{"net"}, shows: []string{"net.connect"}},
	{name: "tls", of: []string{"tls"}, shows: []string{"tls.host", "tls.validity"}},
	{name: "authentication", of: []string{"auth"}, shows: []string{"auth.review"}},
	{name: "api", of: []string{"api"}, shows: []string{"api.version", "api.health"}},
	{name: "kubectl proxy", of: []string{"kubectl-proxy"}, quiet: true},
	{name: "process", of: []string{"process"}, quiet: true},
}

// layersOf are the known layers and, behind them, one for each other first part of an id.
func layersOf(ids []string) []layer {
	layers, known := slices.Clone(knownLayers), map[string]bool{}
	for _, l := range layers {
		for _, of := range l.of {
			known[of] = true
		}
	}
	for _, id := range ids {
		if of := causes.LayerOf(id); !known[of] {
			known[of] = true
			layers = append(layers, layer{name: of, of: []string{of}})
		}
	}
	return layers
}

// Layers are the names of the rows of the report, in their order.
func Layers() (names []string) {
	for _, l := range knownLayers {
		names = append(names, l.name)
	}
	return names
}

// LayerOf is the row that a check belongs to; it is empty for a probe and for a check of
// somebody else.
func LayerOf(id string) string {
	for _, l := range knownLayers {
		if l.has(id) {
			return l.name
		}
	}
	return ""
}

func (l layer) has(id string) bool { return slices.Contains(l.of, causes.LayerOf(id)) }

// row is one line of the report, or a few: a layer that is well, or a check that is not.
type row struct {
	status observe.Status
	layer  string // empty below the first row of a layer
	text   string
}

// rowsOf renders the results of a layer; it has no row where nothing was to be checked.
func (l layer) rowsOf(results []observe.Result) []row {
	var rows []row
	for _, r := range results {
		if r.Status == observe.Fail || r.Status == observe.Warn {
			rows = append(rows, row{status: r.Status, text: r.Summary})
		}
	}
	if len(rows) == 0 {
		if text := l.well(results); text != "" && !l.quiet {
			rows = []row{{status: observe.Pass, text: text}}
		}
	}
	if len(rows) > 0 {
		rows[0].layer = l.name
	}
	return rows
}

// well is what the results of a layer without fault show; empty where none has passed.
func (l layer) well(results []observe.Result) string {
	var texts []string
	passed := 0
	by := map[string]string{}
	last := ""
	for _, r := range results {
		if r.Status == observe.Pass {
			passed++
			by[r.ID], last = r.Summary, r.Summary
		}
	}
	for _, id := range l.shows {
		if summary, ok := by[id]; ok {
			texts = append(texts, summary)
		}
	}
	switch {
	case passed == 0:
		return ""
	case passed == 1:
		return last
	case len(texts) == 0:
		return observe.Plural(passed, "check") + " passed"
	}
	return strings.Join(texts, ", ")
}

// notReached says that what the layer is about could not be checked, because of a check
// before it: all that its row shows, or all of its checks.
func (l layer) notReached(results []observe.Result) bool {
	if slices.ContainsFunc(results, func(r observe.Result) bool { return r.Status == observe.Warn || r.Status == observe.Fail }) {
		return false
	}
	told := slices.DeleteFunc(slices.Clone(results), func(r observe.Result) bool { return !slices.Contains(l.shows, r.ID) })
	if len(told) == 0 {
		told = results
	}
	return slices.ContainsFunc(told, func(r observe.Result) bool { return r.BlockedBy != "" }) &&
		!slices.ContainsFunc(told, func(r observe.Result) bool { return r.Status == observe.Pass })
}

// notRun says that the end of the run has cut off a check of the layer, and that none has
// passed, warned or failed.
func notRun(results []observe.Result) bool {
	cut := false
	for _, r := range results {
		if r.Status != observe.Skip {
			return false
		}
		cut = cut || r.BlockedBy == "" && (strings.HasPrefix(r.Summary, "cut off: ") || strings.HasPrefix(r.Summary, "not run: "))
	}
	return cut
}

// rows renders the checks of a run by their layers.
func rows(results []observe.Result) []row {
	made, _ := split(results)
	ids := make([]string, len(made))
	for i, r := range made {
		ids[i] = r.ID
	}
	var all []row
	var unreached, cutOff []string
	for _, l := range layersOf(ids) {
		own := slices.DeleteFunc(slices.Clone(made), func(r observe.Result) bool { return !l.has(r.ID) })
		if notRun(own) && !l.quiet {
			cutOff = append(cutOff, l.name)
			continue
		}
		if l.notReached(own) {
			if !l.quiet {
				unreached = append(unreached, l.name)
			}
			continue
		}
		all = append(all, l.rowsOf(own)...)
	}
	if len(cutOff) > 0 {
		all = append(all, row{observe.Skip, "not run", strings.Join(cutOff, ", ")})
	}
	if len(unreached) > 0 {
		all = append(all, row{observe.Skip, "not reached", strings.Join(unreached, ", ")})
	}
	return all
}
