package accuracy

import (
	"fmt"
	"strings"
)

// Prediction is a change, what kubectl k8sdoctor predict has said of it, and what the pods saw
// when it was made.
type Prediction struct {
	Change, Said, Seen string
	Different          bool
}

// Predictions are a section of the page, in the order of the test.
type Predictions []Prediction

// Write replaces the section of that name in the page.
func (p Predictions) Write(page, section string) error {
	var b strings.Builder
	different := 0
	for _, row := range p {
		if row.Different {
			different++
			row.Seen += " (**different**)"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", row.Change, row.Said, row.Seen)
	}
	return replace(page, section, fmt.Sprintf("Of %d changes, %d turned out otherwise than predicted.\n\n| change | predict says | what the pods saw |\n| --- | --- | --- |\n%s", len(p), different, b.String()))
}
