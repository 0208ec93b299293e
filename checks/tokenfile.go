package checks

import (
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// asIssued is how long after the issue of a token the kubelet has written its file at the
// latest: it asks for the token in order to write it.
const asIssued = 5 * time.Minute

// late is how much later than it is due a renewal may come: the kubelet looks after a
// volume every minute or two.
const late = 10 * time.Minute

// tokenFile is what the file of the token tells of its renewal.
type tokenFile struct {
	written time.Time     // zero where no volume of the kubelet holds it
	ahead   time.Duration // how far the token's issue is ahead of written
	due     time.Time     // when the kubelet had to renew it, by the node's clock; zero where it keeps none
	overdue bool
}

// lookAtFile records how the token file came here. The kubelet's own volume has a token
// that is bound to this pod and was issued when it was written; that of a Secret has not.
func lookAtFile(sys *pod.System, session *Session, now time.Time, log *observe.Log) (f tokenFile) {
	c := session.claims
	kind, written := pod.TokenFileAt(sys)
	if kind != observe.KubeletFile {
		if kind != "" {
			observe.TokenFileIs.Saw(log, kind)
		}
		return f
	}
	if c.Bound.Pod.Name == "" || session.foreignPod {
		return f
	}
	observe.TokenWritten.Saw(log, written)
	f.written, f.ahead = written, c.Issued.Sub(written)
	age, known := c.RenewalAge()
	if f.ahead.Abs() > asIssued || !known {
		return f
	}
	observe.TokenFileIs.Saw(log, kind)
	f.due = written.Add(age)
	f.overdue = now.After(f.due.Add(late))
	observe.TokenOverdue.Saw(log, f.overdue)
	return f
}

func (f tokenFile) evidence(e *observe.Evidence) {
	if !f.written.IsZero() {
		e.Add("file written", "%s", f.written.UTC().Format(time.RFC3339))
	}
	if !f.due.IsZero() {
		e.Add("renewal due", "%s", f.due.UTC().Format(time.RFC3339))
	}
}

// lateness is what the file adds to a token that has expired.
func (f tokenFile) lateness(now time.Time) string {
	if f.due.IsZero() || now.Before(f.due) {
		return ""
	}
	return "; the kubelet had to renew it " + observe.FormatDuration(now.Sub(f.due)) + " ago"
}

// origin is what the file adds to a token that is not valid yet.
func (f tokenFile) origin() string {
	if f.written.IsZero() || f.ahead <= asIssued {
		return ""
	}
	return "; the kubelet wrote it at " + f.written.UTC().Format(time.RFC3339) + ", when the clock of its issuer was " +
		observe.FormatDuration(f.ahead) + " ahead of this node's"
}
