package corpus

import (
	"fmt"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Named is a cause that a verdict names.
type Named struct {
	Code       string
	Confidence causes.Confidence
}

// Figures count what verdicts make of the cases of one set.
type Figures struct {
	Set     string `json:"set"`
	Faults  int    `json:"faults"`
	Right   int    `json:"right"`   // what is true, or its general cause, comes first
	Decided int    `json:"decided"` // and is likely or certain
	// Untrue are named although nothing brought them about, Likely and Certain those of
	// them that are called so.
	Untrue  int `json:"untrue"`
	Likely  int `json:"wronglyLikely"`
	Certain int `json:"wronglyCertain"`
	// Quiet are the pods that are well, Healthy, of which nothing is named.
	Healthy int `json:"healthy"`
	Quiet   int `json:"quiet"`
}

// Count judges every case of a set; judge names causes, best first.
func Count(set string, cases []Case, judge func([]observe.Result) []Named) Figures {
	f := Figures{Set: set}
	for _, c := range cases {
		f.add(c.Truth, judge(c.Results))
	}
	return f
}

func (f *Figures) add(truth []string, named []Named) {
	if len(truth) == 0 {
		f.Healthy++
		if len(named) == 0 {
			f.Quiet++
		}
	} else {
		f.Faults++
		if len(named) > 0 && IsTrue(truth, named[0].Code) {
			f.Right++
			if named[0].Confidence != causes.Possible {
				f.Decided++
			}
		}
	}
	for _, n := range named {
		if IsTrue(truth, n.Code) {
			continue
		}
		f.Untrue++
		switch n.Confidence {
		case causes.Likely:
			f.Likely++
		case causes.Certain:
			f.Certain++
		}
	}
}

// IsTrue says that a code is one of the truth, or the general cause of one.
func IsTrue(truth []string, code string) bool {
	return slices.ContainsFunc(truth, func(broken string) bool {
		page, known := causes.Lookup(broken)
		return code == broken || known && code == page.Special
	})
}

// Worse says in what the figures fall behind others of the same cases, or "".
func (f Figures) Worse(before Figures) string {
	var worse []string
	for _, figure := range []struct {
		name        string
		was, is     int
		moreIsWorse bool
	}{
		{"right first", before.Right, f.Right, false},
		{"decided", before.Decided, f.Decided, false},
		{"healthy and quiet", before.Quiet, f.Quiet, false},
		{"untrue", before.Untrue, f.Untrue, true},
		{"wrongly likely", before.Likely, f.Likely, true},
		{"wrongly certain", before.Certain, f.Certain, true},
	} {
		if figure.is < figure.was && !figure.moreIsWorse || figure.is > figure.was && figure.moreIsWorse {
			worse = append(worse, fmt.Sprintf("%s: %d, was %d", figure.name, figure.is, figure.was))
		}
	}
	return strings.Join(worse, "; ")
}

// of returns the figures of that set; all are 0 where there are none.
func of(list []Figures, set string) Figures {
	if i := slices.IndexFunc(list, func(f Figures) bool { return f.Set == set }); i >= 0 {
		return list[i]
	}
	return Figures{}
}

// Table shows figures of the same sets side by side, before / after, as Markdown.
func Table(before, after []Figures) string {
	var b strings.Builder
	b.WriteString("| set | faults | right first | decided | untrue | of them likely | certain | healthy | nothing named |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, a := range after {
		o := of(before, a.Set)
		fmt.Fprintf(&b, "| %s | %d | %d / %d | %d / %d | %d / %d | %d / %d | %d / %d | %d | %d / %d |\n", a.Set, a.Faults,
			o.Right, a.Right, o.Decided, a.Decided, o.Untrue, a.Untrue, o.Likely, a.Likely, o.Certain, a.Certain, a.Healthy, o.Quiet, a.Quiet)
	}
	return b.String()
}
