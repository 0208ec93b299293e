package causes

import (
	"slices"
	"strings"
)

// Fix is what to do about a cause: steps, and the blanks that their commands
// leave.
type Fix struct {
	Blanks []Blank `json:"blanks"`
	Steps  []Step  `json:"steps"`
}

// FixOf returns what to do about a cause, filled in with what a run saw.
func (in Input) FixOf(c *Page) Fix {
	fix := Fix{Blanks: []Blank{}, Steps: []Step{}}
	if c.Fix == nil {
		return fix
	}
	var commands []string
	for _, step := range c.Fix(in) {
		if !step.elsewhere() {
			commands = append(commands, step.Command, step.Undo)
		}
		step.Text, step.Who, step.Where = in.fill(step.Text, false), in.fill(step.Who, false), in.fill(step.Where, false)
		step.Command, step.Undo = in.fill(step.Command, !step.elsewhere()), in.fill(step.Undo, !step.elsewhere())
		step.Answers = slices.Clone(step.Answers)
		for i, a := range step.Answers {
			step.Answers[i] = Answer{If: in.fill(a.If, false), Step: a.Step, Then: in.fill(a.Then, false)}
		}
		fix.Steps = append(fix.Steps, step)
	}
	fix.Blanks = in.open(commands)
	return fix
}

// knowComments has zsh, the shell of macOS, take comments for what they are.
const knowComments = `[ -z "${ZSH_VERSION-}" ] || setopt interactivecomments`

// Lines are the fix as texts to paste into a shell, one that makes it ready and
// fills the blanks, and one for each step; what is said is in comments.
func (f Fix) Lines() []string {
	if len(f.Steps) == 0 {
		return []string{}
	}
	first := []string{knowComments}
	if len(f.Blanks) > 0 {
		first = append(first, "# for the commands below:")
	}
	for _, b := range f.Blanks {
		first = append(first, b.paste())
	}
	lines := []string{strings.Join(first, "\n")}
	for i, step := range f.Steps {
		lines = append(lines, step.paste(i+1, len(f.Steps)))
	}
	return lines
}
