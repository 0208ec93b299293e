package report

import (
	"fmt"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
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

// TerminationText returns the verdict in short, as lines of ASCII, of at most 3072 bytes
// together: the cause, how sure it is, what was seen, and how to fix it. The last line
// says whether a part was left out; without that line the kubelet has cut it.
func TerminationText(r Report) []byte {
	t := terminationText{}
	incomplete := ""
	if r.Incomplete != "" {
		incomplete = " (incomplete: " + r.Incomplete + ")"
	}
	if len(r.Verdict.Causes) == 0 {
		t.say(word(r.Status) + gap + r.Verdict.Summary + incomplete)
		return t.end()
	}
	best := r.Verdict.Causes[0]
	t.say(fmt.Sprintf("%s%s%s (%s): %s%s", word(r.Status), gap, best.Code, best.Confidence, best.Title, incomplete))
	for _, result := range r.Results {
		if result.ID == best.Check {
			t.say("seen: " + result.ID + ": " + result.Summary)
		}
	}
	if len(best.Evidence) > 0 {
		t.say("seen: " + best.Evidence[0])
	}
	for _, c := range r.Verdict.Causes[1:] {
		t.say(fmt.Sprintf("%s: %s (%s): %s", map[bool]string{true: "or", false: "also"}[c.Problem == best.Problem && c.Alternative], c.Code, c.Confidence, c.Title))
	}
	t.fix(best)
	return t.end()
}

// terminationText is a message while it grows.
type terminationText struct {
	text strings.Builder
	cut  bool
}

func (t *terminationText) fix(f diagnose.Finding) {
	t.say("fix: " + remedyOf(f))
	look, ok := causes.Fix{Blanks: f.Blanks, Steps: f.Steps}.First()
	if !ok {
		return
	}
	t.say("first: " + look.Question())
	t.paste(look.Commands)
}

// say adds a line for people, and shortens it if need be.
func (t *terminationText) say(line string) {
	t.add(ascii(clip(strings.TrimRight(line, " "), maxTerminationLine)) + "\n")
}

// paste adds commands, all of them or none.
func (t *terminationText) paste(commands []string) {
	var lines strings.Builder
	for _, line := range commands {
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
