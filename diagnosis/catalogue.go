package diagnosis

import (
	"slices"
	"strings"
)

// Catalogue returns every cause in causal order: what breaks on the way first
// comes first.
func Catalogue() []Cause {
	return slices.Concat(
		envCauses, volumeCauses, netCauses, proxyCauses, dnsCauses, tlsCauses,
		tokenCauses, apiCauses, kubectlProxyCauses, internalCauses,
	)
}

// Lookup returns the cause of that code.
func Lookup(code string) (Cause, bool) {
	for _, c := range Catalogue() {
		if c.Code == code {
			return c, true
		}
	}
	return Cause{}, false
}

// layer returns the part of a code before the dot.
func layer(code string) string {
	before, _, _ := strings.Cut(code, ".")
	return before
}

// layers is the way of a request from this pod: it finds the API server by
// address, or by name first.
func (s Seen) layers() []string {
	way := []string{"net", "proxy", "dns"}
	if s.hostIsName() {
		way = []string{"dns", "net", "proxy"}
	}
	return slices.Concat([]string{"env", "volume"}, way, []string{"tls", "token", "api", "kubectl-proxy"})
}

// position orders codes by their layer; layers of other people's checks come
// after ours, and faults of k8sdoctor itself last.
func (s Seen) position(code string) int {
	layers := s.layers()
	switch i := slices.Index(layers, layer(code)); {
	case i >= 0:
		return i
	case layer(code) == "internal":
		return len(layers) + 1
	}
	return len(layers)
}

var internalCauses = []Cause{
	{
		Code: "internal.error", Confidence: Certain,
		Title: "a check of k8sdoctor broke by itself, which says nothing about the pod",
		Apart: "The check itself failed, with a message that is in the evidence. All other results stand on their own.",
		Fix: steps(
			ask("the makers of k8sdoctor", "run it once more; where it happens again, report it with the JSON form of this report"),
		),
	},
}
