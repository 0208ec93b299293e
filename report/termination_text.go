package report

import (
	"fmt"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

const (
	// maxTerminationText is what the kubelet keeps of a termination message, in
	// bytes, in a pod of up to four containers.
	maxTerminationText = 3072
	// maxTerminationLine is how long a line of it may be, in bytes, if it is not
	// to be pasted.
	maxTerminationLine = 512

	terminationEnd = "(end; the log has the whole report)"
	terminationCut = "(cut; the log has the whole report)"
)

// TerminationText returns the verdict, its causes and the first steps of the
// fix of the best one, as lines of ASCII, of at most 3072 bytes together. The
// last line says whether a part was left out; without that line the kubelet has
// cut it.
func TerminationText(r Report) []byte {
	first := word(r.Status) + gap + r.Verdict.Summary
	if r.Incomplete != "" {
		first += " (incomplete: " + r.Incomplete + ")"
	}
	t := terminationText{}
	t.say(first)
	var failed []string
	for _, result := range r.Results {
		if result.Status == observe.Fail {
			failed = append(failed, result.ID)
		}
	}
	if len(failed) > 0 {
		t.say("failed: " + strings.Join(failed, ", "))
	}
	for _, c := range r.Verdict.Causes {
		t.say(fmt.Sprintf("%s (%s): %s", c.Code, c.Confidence, c.Title))
	}
	if len(r.Verdict.Causes) > 0 && len(r.Verdict.Causes[0].Fix) > 0 {
		t.say("fix for " + r.Verdict.Causes[0].Code + ":")
		for _, step := range r.Verdict.Causes[0].Fix {
			t.paste(step)
		}
	}
	return t.end()
}

// terminationText is a message while it grows.
type terminationText struct {
	text strings.Builder
	cut  bool
}

// say adds a line for people, and shortens it if need be.
func (t *terminationText) say(line string) {
	t.add(ascii(clip(strings.TrimRight(line, " "), maxTerminationLine)) + "\n")
}

// paste adds a step of a fix, whole or not at all, and no YAML. Nothing follows
// one that is left out: half a fix would look like a whole one.
func (t *terminationText) paste(step string) {
	if strings.Contains(step, "apiVersion:") {
		t.cut = true
		return
	}
	var lines strings.Builder
	for line := range strings.SplitSeq(step, "\n") {
		lines.WriteString("  " + ascii(line) + "\n")
	}
	t.add(lines.String())
}

func (t *terminationText) add(lines string) {
	if t.cut = t.cut || t.text.Len()+len(lines)+len(terminationCut) > maxTerminationText; !t.cut {
		t.text.WriteString(lines)
	}
}

func (t *terminationText) end() []byte {
	if t.cut {
		return []byte(t.text.String() + terminationCut)
	}
	return []byte(t.text.String() + terminationEnd)
}

// ascii makes one line of ASCII of a text.
func ascii(text string) string {
	return strings.Map(func(r rune) rune {
		if r > '~' {
			return '?'
		}
		return r
	}, singleLine(text))
}
