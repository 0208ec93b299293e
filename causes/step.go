package causes

import (
	"fmt"
	"strings"
)

// StepKind says what a step of a fix is.
type StepKind string

// The kinds of steps: a look changes nothing, a change is made by who reads the
// report, and what is asked for is somebody else's to do.
const (
	Look   StepKind = "look"
	Change StepKind = "change"
	Ask    StepKind = "ask"
)

// Step is one step of a fix.
type Step struct {
	Kind StepKind `json:"kind"`
	// Text is what a look shows, what a change does and for whom, or what is
	// asked for.
	Text string `json:"text"`
	// Who has to act, for what is asked for.
	Who string `json:"who,omitempty"`
	// Where Command runs; empty is a shell with kubectl.
	Where string `json:"where,omitempty"`
	// Command is to be pasted as it is, a change once the looks before it have led
	// there; empty where there is none.
	Command string `json:"command,omitempty"`
	// Answers say where what a look shows leads.
	Answers []Answer `json:"answers,omitempty"`
	// Undo takes a change back.
	Undo string `json:"undo,omitempty"`
}

// Answer is what a look may show, and what follows from it.
type Answer struct {
	If string `json:"if"`
	// Step is the number of the next step, from 1; 0 where Then says it.
	Step int    `json:"step,omitempty"`
	Then string `json:"then,omitempty"`
}

func look(text, command string, answers ...Answer) Step {
	return Step{Kind: Look, Text: text, Command: command, Answers: answers}
}

func change(text, undo, command string) Step {
	return Step{Kind: Change, Text: text, Undo: undo, Command: command}
}

func ask(who, text string) Step { return Step{Kind: Ask, Who: who, Text: text} }

func (s Step) at(where string) Step {
	s.Where = where
	return s
}

// with gives what is asked for a command, for who is asked.
func (s Step) with(command string) Step {
	s.Command = command
	return s
}

func when(shown string, step int) Answer { return Answer{If: shown, Step: step} }

func whenThen(shown, then string) Answer { return Answer{If: shown, Then: then} }

// Places where a command runs.
const (
	inContainer    = "in the container"
	onNode         = "on node NODE"
	onControlPlane = "on a control-plane node"
	onEachServer   = "on each control-plane node"
)

// steps is a fix that is the same whatever was seen, but for its blanks.
func steps(list ...Step) func(Input) []Step {
	return func(Input) []Step { return list }
}

// commentWidth is how long a line of a comment gets: a report is read at 80
// columns, where a fix is indented by four.
const commentWidth = 76

// elsewhere says that the command is for another machine than that of the reader,
// or for somebody else.
func (s Step) elsewhere() bool { return s.Kind == Ask || s.Where != "" }

// paste returns the step as a text to be pasted: all but the command are
// comments, and so is a command that is for elsewhere. Number is its place in the
// fix, from 1, of so many.
func (s Step) paste(number, of int) string {
	var lines []string
	if of > 1 {
		lines = comment(fmt.Sprintf("%d. ", number), s.heading())
	} else {
		lines = comment("", s.heading())
	}
	for _, a := range s.Answers {
		lines = append(lines, comment("   ", a.String())...)
	}
	if s.Undo != "" {
		lines = append(lines, comment("   ", "undo: "+s.Undo)...)
	}
	switch {
	case s.Command == "":
	case s.elsewhere():
		lines = append(lines, "#     "+strings.ReplaceAll(s.Command, "\n", "\n#     "))
	default:
		lines = append(lines, s.Command)
	}
	return strings.Join(lines, "\n")
}

func (s Step) heading() string {
	text := string(s.Kind)
	if s.Who != "" {
		text += " " + s.Who
	}
	if s.Where != "" {
		text += ", " + s.Where
	}
	return text + ": " + s.Text
}

// String is the answer as a fix shows it.
func (a Answer) String() string {
	if a.Step > 0 {
		return fmt.Sprintf("%s: step %d", a.If, a.Step)
	}
	return a.If + ": " + a.Then
}

// comment makes lines of a shell's comment, the later ones indented.
func comment(indent, text string) []string {
	var lines []string
	line := "# " + indent
	for i, word := range strings.Fields(text) {
		if i > 0 && len(line)+1+len(word) > commentWidth {
			lines = append(lines, line)
			line = "#  " + strings.Repeat(" ", len(indent))
		}
		if !strings.HasSuffix(line, " ") {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
