//go:build e2e

package e2e

import (
	"fmt"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/launch/predict"
)

// difference says where the pods see something else than was predicted; "" where nowhere. Where
// it depends on the network plugin, whatever they see is right.
func (w *predictWorld) difference(p predict.Prediction, today, then map[string]seen, again bool) string {
	var texts []string
	for _, name := range predictWorkloads {
		lost := map[string]predict.Loss{}
		for _, l := range w.of(p, name) {
			lost[l.Of] = l
		}
		for of, n := range map[string][2]int{predict.APIServer: {today[name].APIServer, then[name].APIServer}, predict.DNS: {today[name].DNS, then[name].DNS}} {
			l, loses := lost[of]
			switch {
			case loses && dependsOnPlugin(l):
			case !loses && n[1] < n[0], loses && !l.Some && n[1] != 0, loses && l.Some && (n[1] == 0 || n[1] == asked):
				texts = append(texts, fmt.Sprintf("%s: %s: %d of %d before and %d after, predicted %+v", name, of, n[0], asked, n[1], l))
			}
		}
		_, credentials := lost[predict.Authentication]
		_, token := lost[predict.Token]
		want := today[name].Status
		switch {
		case credentials:
			want = 401
		case token && again:
			want = -1
		case then[name].APIServer == 0:
			want = 0
		}
		if then[name].Status != want {
			texts = append(texts, fmt.Sprintf("%s: the API server answers with status %d, predicted %d", name, then[name].Status, want))
		}
	}
	return strings.Join(texts, "\n")
}

// describe says what pods no longer reach.
func describe(today, then map[string]seen) string {
	var texts []string
	for _, name := range predictWorkloads {
		var of []string
		is, was := then[name], today[name]
		for _, n := range []struct {
			what      string
			was, then int
		}{{predict.APIServer, was.APIServer, is.APIServer}, {predict.DNS, was.DNS, is.DNS}} {
			if n.then != n.was {
				of = append(of, fmt.Sprintf("%s %d of %d", n.what, n.then, asked))
			}
		}
		switch {
		case is.Status == 401:
			of = append(of, "status 401")
		case is.Status == -1 && was.Status != -1:
			of = append(of, "no token")
		}
		if len(of) > 0 {
			texts = append(texts, name+": "+strings.Join(of, ", "))
		}
	}
	if len(texts) == 0 {
		return "nothing changes"
	}
	return strings.Join(texts, "; ")
}
