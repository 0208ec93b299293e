package predict

import (
	"fmt"
	"slices"
	"strings"
)

// described is what a change consists of.
func described(p Prediction) string {
	var parts []string
	if len(p.Applied) > 0 {
		parts = append(parts, "to apply "+namesOf(p.Applied))
	}
	if len(p.Deleted) > 0 {
		parts = append(parts, "to delete "+namesOf(p.Deleted))
	}
	return strings.Join(parts, ", ")
}

// namesOf names objects, or counts them by their kind where they are many.
func namesOf(objects []Object) string {
	var texts []string
	for _, k := range kinds {
		of := slices.DeleteFunc(slices.Clone(objects), func(o Object) bool { return o.Kind != k.name })
		if len(of) > maxNames {
			texts = append(texts, fmt.Sprintf("%d %s", len(of), k.plural))
			continue
		}
		for _, o := range of {
			texts = append(texts, o.String())
		}
	}
	return strings.Join(texts, ", ")
}

// Omissions say, in a line for each reason, what of a change is left out.
func (c *Change) Omissions() (lines []string) {
	var reasons []string
	for _, l := range c.LeftOut {
		reasons = append(reasons, l.Why)
	}
	for _, why := range unique(reasons) {
		var names []string
		for _, l := range c.LeftOut {
			if l.Why == why {
				names = append(names, l.Object)
			}
		}
		if more := len(names) - maxNames; more > 0 {
			names = append(names[:maxNames], fmt.Sprintf("%d more", more))
		}
		lines = append(lines, "left out: "+strings.Join(names, ", ")+": "+why)
	}
	return lines
}
