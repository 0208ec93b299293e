package diagnosis

import (
	"net/netip"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Seen is what one run saw.
type Seen struct {
	Pod     causes.Pod
	Results []checks.Result
}

// Input is what a fix is filled in with.
func (s Seen) Input() causes.Input {
	sets := make([]observe.Set, len(s.Results))
	for i, r := range s.Results {
		sets[i] = r.Observations
	}
	return causes.Input{Pod: s.Pod, Seen: observe.Merge(sets...)}
}

// Result returns the result of the check id; its Status is empty when the
// check was not part of the run.
func (s Seen) Result(id string) checks.Result {
	for _, r := range s.Results {
		if r.ID == id {
			return r
		}
	}
	return checks.Result{}
}

// Evidence returns one fact of the check id, or "".
func (s Seen) Evidence(id, key string) string { return s.Result(id).Evidence.Get(key) }

// worked says that the check id ran and found nothing that blocks.
func (s Seen) worked(id string) bool {
	status := s.Result(id).Status
	return status == checks.Pass || status == checks.Warn
}

// Host returns the address or name at which this pod looks for the API server,
// or "API_HOST".
func (s Seen) Host() string { return s.Input().Host() }

// HostPort returns Host and its port as an address to dial.
func (s Seen) HostPort() string { return s.Input().HostPort() }

func address(v string) bool {
	a, err := netip.ParseAddr(v)
	return err == nil && a.Zone() == ""
}

func layer(code string) string { return causes.LayerOf(code) }

func (s Seen) position(code string) int {
	host := s.Host()
	return causes.Position(code, host != "API_HOST" && !address(host))
}
