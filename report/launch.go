package report

import (
	"cmp"
	"slices"

	"github.com/k8sdoctor/k8sdoctor/redact"
)

// Launch says how kubectl k8sdoctor came to a report: what was asked for, the way that it
// took, and what is not seen on that way.
type Launch struct {
	// Target is what was asked for, such as "deployment/web".
	Target string `json:"target"`
	// Chosen says why it is this one of several pods.
	Chosen    string `json:"chosen,omitempty"`
	Container string `json:"container"`
	// Way is how the doctor ran: exec, ephemeral or like; empty where it did not run.
	Way string `json:"way"`
	// NotTaken are the ways that come before it.
	NotTaken []NotTaken `json:"notTaken,omitempty"`
	// CannotSee is what cannot be seen on this way.
	CannotSee []string `json:"cannotSee,omitempty"`
	// Notes are what else there is to know of the way.
	Notes []string `json:"notes,omitempty"`
	// NotSeen is what of the cluster could not be read.
	NotSeen []NotSeen `json:"notSeen,omitempty"`
}

// NotSeen is what of the cluster could not be read.
type NotSeen struct {
	What string `json:"what"`
	// Rule is the right that allows it, such as "list pods in namespace kube-system"; empty where
	// that is not a matter of rights.
	Rule string `json:"rule"`
	// Because is the reason where it is not that right that is missing.
	Because string `json:"because,omitempty"`
	// Decides are the causes that it would decide.
	Decides []string `json:"decides"`
}

// byWay says in words how the doctor ran.
var byWay = map[string]string{"exec": "by exec", "ephemeral": "by an ephemeral container", "like": "by a pod like it"}

// parts name the pod, and how the doctor came into it.
func (r Report) parts() []string {
	parts := podParts(r.Pod)
	switch l := r.Launch; {
	case l == nil:
	case r.Pod.Name == "": // which was never created
		parts[0] = l.Target + " in " + parts[0]
	case l.Way != "":
		parts = append(parts, "container "+l.Container+", "+cmp.Or(byWay[l.Way], l.Way))
	}
	return parts
}

// launchItems is all that is to say of the launch.
func (r Report) launchItems() []item {
	l := r.Launch
	if l == nil {
		return nil
	}
	asked := l.Target
	if l.Chosen != "" {
		asked += ": " + l.Chosen
	}
	all := []item{text("asked for", 0, asked)}
	for _, n := range l.NotTaken {
		all = append(all, text("not taken", 0, n.Way+": "+n.Because))
	}
	for _, what := range l.CannotSee {
		all = append(all, text("blind for", 0, what))
	}
	for _, note := range l.Notes {
		all = append(all, text("note", 0, note))
	}
	for _, n := range l.NotSeen {
		all = append(all, text(notSeenLabel, 0, n.text()))
	}
	return all
}

// undecided are what could not be read of the cluster and would decide between the causes.
func (r Report) undecided(codes ...string) []item {
	if r.Launch == nil {
		return nil
	}
	for _, n := range r.Launch.NotSeen {
		if slices.ContainsFunc(codes, func(code string) bool { return slices.Contains(n.Decides, code) }) {
			decides := " would decide"
			if n.Rule == "" && n.Because == "" { // what pods that differ meet
				decides = " may decide"
			}
			return []item{text(notSeenLabel, 2, n.text()+decides)}
		}
	}
	return nil
}

func (n NotSeen) text() string {
	switch {
	case n.Because != "":
		return n.What + ": " + n.Because
	case n.Rule == "":
		return n.What
	}
	return n.What + " (the right to " + n.Rule + ")"
}

// NotTaken is a way into the pod that was not taken.
type NotTaken struct {
	Way     string `json:"way"`
	Because string `json:"because"`
}

// Printable is fit to print, whatever an API server, a container or an editor has written.
func (l *Launch) Printable() *Launch {
	p := Launch{Target: redact.Printable(l.Target), Chosen: redact.Printable(l.Chosen), Container: redact.Printable(l.Container), Way: redact.Printable(l.Way)}
	for _, n := range l.NotTaken {
		p.NotTaken = append(p.NotTaken, NotTaken{redact.Printable(n.Way), redact.Printable(n.Because)})
	}
	for _, what := range l.CannotSee {
		p.CannotSee = append(p.CannotSee, redact.Printable(what))
	}
	for _, note := range l.Notes {
		p.Notes = append(p.Notes, redact.Printable(note))
	}
	for _, n := range l.NotSeen {
		p.NotSeen = append(p.NotSeen, NotSeen{redact.Printable(n.What), redact.Printable(n.Rule), redact.Printable(n.Because), n.Decides})
	}
	return &p
}
