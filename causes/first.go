package causes

import (
	"slices"
	"strings"
)

// FirstLook is how a fix begins: what to look at before anything is changed.
type FirstLook struct {
	Text string
	// Where the commands run; empty is a shell with kubectl.
	Where    string
	Commands []string
}

// Question is what to look at, and where.
func (l FirstLook) Question() string {
	if l.Where == "" {
		return l.Text
	}
	return l.Where + ": " + l.Text
}

// First returns the first step of a fix where it changes nothing. Its commands are lines
// that each run by themselves, after the lines that set what is not known; those that
// need more than that are left out.
func (f Fix) First() (FirstLook, bool) {
	if len(f.Steps) == 0 || f.Steps[0].Kind != Look {
		return FirstLook{}, false
	}
	step := f.Steps[0]
	look := FirstLook{Text: step.Text, Where: step.Where}
	if step.elsewhere() {
		look.Commands = strings.Split(step.Command, "\n")
		return look, true
	}
	for line := range strings.SplitSeq(step.Command, "\n") {
		blanks, ok := f.blanksOf(line)
		if !ok {
			continue
		}
		for _, b := range append(blanks, line) {
			if !slices.Contains(look.Commands, b) {
				look.Commands = append(look.Commands, b)
			}
		}
	}
	return look, true
}

// blanksOf returns the lines that set the variables of a command; ok is false where one
// of them takes more than a line.
func (f Fix) blanksOf(command string) (lines []string, ok bool) {
	for _, b := range f.Blanks {
		if !strings.Contains(command, "$"+b.Name) {
			continue
		}
		before, ok := f.blanksOf(b.Show)
		if text := b.paste(); !ok || strings.Contains(text, "\n") {
			return nil, false
		} else {
			lines = append(append(lines, before...), text)
		}
	}
	return lines, true
}
