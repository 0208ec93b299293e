package report

import (
	"fmt"
	"io"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// Progress shows on a terminal which check is under way, on a line that it
// takes away again. The zero value shows nothing.
type Progress struct {
	w    io.Writer
	list []*checks.Check
}

// NewProgress returns a Progress for a run of list; w must be a terminal.
func NewProgress(w io.Writer, list []*checks.Check) Progress { return Progress{w, list} }

// eraseLine is ECMA-48 for "to the first column, and erase from there".
const eraseLine = "\r\x1b[K"

// Show says that the check at index i of the list is under way; past its end
// it shows nothing.
func (p Progress) Show(i int) {
	if p.w != nil && i < len(p.list) {
		fmt.Fprintf(p.w, "%s%s (%d/%d)", eraseLine, p.list[i].ID, i+1, len(p.list))
	}
}

// Clear takes the line away.
func (p Progress) Clear() {
	if p.w != nil {
		io.WriteString(p.w, eraseLine)
	}
}
