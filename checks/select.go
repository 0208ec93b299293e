package checks

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/xrash/smetrics"
)

// Select returns the checks of list whose ids match a pattern of only (all,
// when only is empty) and none of skip, in the order of list, and with them the
// checks that they need and the probes that may follow. What needs a check that
// is skipped is left out as well. A pattern is an id or a
// glob such as "dns.*"; one that matches no check is an error.
func Select(list []*Check, only, skip []string) ([]*Check, error) {
	if err := known(list, slices.Concat(only, skip)); err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, c := range slices.Backward(list) {
		if len(only) == 0 || Matches(only, c.ID) || wanted[c.ID] {
			wanted[c.ID] = true
			for _, need := range c.Needs {
				wanted[need] = true
			}
		}
	}
	var chosen []*Check
	lost := map[string]bool{} // what is skipped, and what needs it
	for _, c := range list {
		lost[c.ID] = Matches(skip, c.ID) || slices.ContainsFunc(c.Needs, func(need string) bool { return lost[need] })
		if lost[c.ID] && len(only) > 0 && Matches(only, c.ID) && !Matches(skip, c.ID) {
			return nil, fmt.Errorf("%s needs a check that is to be skipped", c.ID)
		}
		if (wanted[c.ID] || c.Probe) && !lost[c.ID] {
			chosen = append(chosen, c)
		}
	}
	if !slices.ContainsFunc(chosen, func(c *Check) bool { return wanted[c.ID] }) {
		return nil, fmt.Errorf("no check is left to run")
	}
	return chosen, nil
}

// Matches says whether an id or glob of patterns fits the id.
func Matches(patterns []string, id string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := path.Match(p, id)
		return ok
	})
}

func known(list []*Check, patterns []string) error {
	for _, p := range patterns {
		if !slices.ContainsFunc(list, func(c *Check) bool { return Matches([]string{p}, c.ID) }) {
			return fmt.Errorf("no check is named %q; did you mean %q?", p, nearest(list, p))
		}
	}
	return nil
}

func nearest(list []*Check, name string) string {
	likeness := func(c *Check) float64 {
		return smetrics.JaroWinkler(strings.ToLower(name), c.ID, 0.7, 4)
	}
	return slices.MaxFunc(list, func(a, b *Check) int {
		if likeness(a) < likeness(b) {
			return -1
		}
		return 1
	}).ID
}
