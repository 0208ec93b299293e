package diagnose

import (
	"slices"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// page makes a page of one form.
func page(code string, f causes.Form, brings ...observe.Prediction) *causes.Page {
	return &causes.Page{Code: code, Alone: causes.Possible, Forms: []causes.Form{f}, Consequences: brings}
}

func likes(list ...observe.Prediction) causes.Predictions { return list }

// TestEngine holds the engine to its rules with catalogues of a few pages.
func TestEngine(t *testing.T) {
	silent, refuses := observe.APITCP.Is(observe.Silent), observe.APITCP.Is(observe.Refuses)
	blocked := page("a.blocked", causes.Form{Needs: likes(silent), Prior: causes.Common})
	isolated := page("a.isolated", causes.Form{Needs: likes(silent), Must: likes(observe.Control.Is(observe.Silent)), Prior: causes.Common})
	special := page("a.special", causes.Form{Needs: likes(silent), Must: likes(observe.Endpoint.Is(observe.Answers)), Prior: causes.Common})
	special.Special = "a.blocked"
	rare := page("a.rare", causes.Form{Needs: likes(silent), Prior: causes.Rare})
	sure := page("a.sure", causes.Form{Needs: likes(silent), Prior: causes.Common})
	sure.Alone = causes.Likely
	proven := page("b.missing", causes.Form{Proof: likes(observe.VolumeToken.Is(observe.FileMissing)), Prior: causes.Common})
	down := page("a.down", causes.Form{Needs: likes(refuses), Prior: causes.Common})
	dns := page("c.dns", causes.Form{Needs: likes(observe.DNSUDP.Is(observe.Silent)), Must: likes(observe.Control.Is(observe.Silent)), Prior: causes.Common})
	all := page("a.all", causes.Form{Needs: likes(silent), Prior: causes.Common}, observe.DNSUDP.Is(observe.Silent))
	timed := page("a.timed", causes.Form{Needs: likes(silent), Prior: causes.Common})
	timed.Alone, timed.Timed = causes.Likely, true

	apiSilent := func(log *observe.Log) { observe.APITCP.Saw(log, observe.Silent) }
	for _, tc := range []struct {
		name  string
		pages []*causes.Page
		seen  []func(*observe.Log)
		want  string // of each problem, problems apart by "; "
	}{
		{"nothing seen", []*causes.Page{blocked}, nil, ""},
		{"a single explanation without a rival is as sure as its page says", []*causes.Page{blocked}, []func(*observe.Log){apiSilent}, "a.blocked possible"},
		{"or as its page says otherwise", []*causes.Page{sure}, []func(*observe.Log){apiSilent}, "a.sure likely"},
		{"a rival that fell makes it likely", []*causes.Page{blocked, isolated}, []func(*observe.Log){apiSilent, func(log *observe.Log) { observe.Control.Saw(log, observe.Answers) }}, "a.blocked likely"},
		{"what was not seen contradicts nothing", []*causes.Page{blocked, isolated}, []func(*observe.Log){apiSilent}, "a.blocked possible, a.isolated possible"},
		{"a special case does not make the general one less sure", []*causes.Page{blocked, isolated, special}, []func(*observe.Log){apiSilent, func(log *observe.Log) {
			observe.Control.Saw(log, observe.Answers)
			observe.Endpoint.SawAt(log, "172.18.0.2:6443", observe.Answers)
		}}, "a.blocked likely, a.special possible"},
		{"the rarer comes later", []*causes.Page{rare, blocked}, []func(*observe.Log){apiSilent}, "a.blocked possible, a.rare possible"},
		{"a proof is certain", []*causes.Page{proven}, []func(*observe.Log){func(log *observe.Log) { observe.VolumeToken.Saw(log, observe.FileMissing) }}, "b.missing certain"},
		{"another value is no proof", []*causes.Page{proven}, []func(*observe.Log){func(log *observe.Log) { observe.VolumeToken.Saw(log, observe.FileEmpty) }}, "unexplained volume.token"},
		{"two problems are two searches", []*causes.Page{proven, blocked}, []func(*observe.Log){apiSilent, func(log *observe.Log) { observe.VolumeToken.Saw(log, observe.FileMissing) }}, "b.missing certain; a.blocked possible"},
		{"one cause of two symptoms comes before two causes", []*causes.Page{blocked, dns, all}, []func(*observe.Log){apiSilent, dnsSilent, func(log *observe.Log) { observe.Control.Saw(log, observe.Silent) }}, "a.all possible"},
		{"one cause masks what another must show", []*causes.Page{dns, page("a.mask", causes.Form{Needs: likes(silent, observe.Control.Is(observe.Refuses)), Prior: causes.Common})}, []func(*observe.Log){apiSilent, dnsSilent, func(log *observe.Log) { observe.Control.Saw(log, observe.Refuses) }}, "a.mask possible; unexplained dns.udp"},
		{"nothing explains", []*causes.Page{down}, []func(*observe.Log){apiSilent}, "unexplained net.api.tcp"},
		{"times tell nothing in a starved process", []*causes.Page{timed}, []func(*observe.Log){apiSilent, func(log *observe.Log) { observe.Starved.Saw(log, true) }}, "a.timed possible"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			j := Judge(tc.pages, observe.Collect(func(log *observe.Log) {
				for _, see := range tc.seen {
					see(log)
				}
			}))
			var parts []string
			for _, problem := range j.Problems {
				parts = append(parts, strings.Join(codes(problem), ", "))
			}
			for _, r := range j.Unexplained {
				parts = append(parts, "unexplained "+r.ID)
			}
			if got := strings.Join(parts, "; "); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func dnsSilent(log *observe.Log) { observe.DNSUDP.SawAt(log, "10.96.0.10:53", observe.Silent) }

// TestRuledOut demands that a likely cause names the rival that fell, and by what.
func TestRuledOut(t *testing.T) {
	blocked := page("a.blocked", causes.Form{Needs: likes(observe.APITCP.Is(observe.Silent))})
	isolated := page("a.isolated", causes.Form{Needs: likes(observe.APITCP.Is(observe.Silent)), Must: likes(observe.Control.Is(observe.Silent))})
	seen := observe.Collect(func(log *observe.Log) {
		observe.APITCP.Saw(log, observe.Silent)
		observe.Control.Saw(log, observe.Answers)
	})
	named := Judge([]*causes.Page{blocked, isolated}, seen).Problems[0]
	if len(named) != 1 || len(named[0].RuledOut) != 1 || named[0].RuledOut[0].Code != "a.isolated" || named[0].RuledOut[0].By.Subject != observe.Control.Row {
		t.Errorf("got %+v, want a.isolated ruled out by net.control", named)
	}
}

// TestUndecided demands the subjects that could distinguish causes, and none once one
// is proven.
func TestUndecided(t *testing.T) {
	pages := []*causes.Page{
		page("a.blocked", causes.Form{Needs: likes(observe.APITCP.Is(observe.Silent)), Must: likes(observe.Control.Is(observe.Answers))}),
		page("a.isolated", causes.Form{Needs: likes(observe.APITCP.Is(observe.Silent)), Must: likes(observe.Control.Is(observe.Silent))}),
		page("a.needs", causes.Form{Needs: likes(observe.APITCP.Is(observe.Silent), observe.NetNextHop.Is(observe.HopSilent))}),
		page("b.missing", causes.Form{Proof: likes(observe.VolumeToken.Is(observe.FileMissing))}),
	}
	for _, tc := range []struct {
		name string
		see  func(*observe.Log)
		want []string
	}{
		{"healthy", func(log *observe.Log) { observe.APITCP.Saw(log, observe.Answers) }, nil},
		{"proven", func(log *observe.Log) { observe.VolumeToken.Saw(log, observe.FileMissing) }, nil},
		{"open", func(log *observe.Log) { observe.APITCP.Saw(log, observe.Silent) }, []string{"net.control", "net.next-hop"}},
		{"seen already", func(log *observe.Log) {
			observe.APITCP.Saw(log, observe.Silent)
			observe.Control.Saw(log, observe.Answers)
		}, []string{"net.next-hop"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, w := range Undecided(pages, observe.Collect(tc.see)) {
				got = append(got, w.Subject.ID)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}
