package predict

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/redact"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// JSON writes the prediction as one indented document that ends in a newline.
func JSON(w io.Writer, p Prediction) error {
	p.Started = p.Started.UTC()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(p)
}

const (
	lossLines  = 18 // of a screen of 24; the others are for what is counted and noted
	maxReasons = 3
	maxNames   = 3
	indent     = "      " // of all but the first word of a line
)

// Table writes the prediction for people, in a terminal so wide, 0 for the default.
func Table(w io.Writer, p Prediction, width int) error {
	t := table{width: width}
	t.text("", "  ", "k8sdoctor "+p.Version+": "+described(p))
	t.lines = append(t.lines, "")
	rows := rowsOf(p.Losses)
	for i, r := range rows {
		one := table{width: width}
		one.row(r)
		if i > 0 && len(t.lines)+len(one.lines) > lossLines {
			t.text("...   ", indent, fmt.Sprintf("and %d more; -o json has all", workloadsOf(rows[i:])))
			break
		}
		t.lines = append(t.lines, one.lines...)
	}
	t.counts(p.Pods)
	for _, note := range p.Notes {
		t.text("note  ", indent, note)
	}
	_, err := io.WriteString(w, strings.Join(t.lines, "\n")+"\n")
	return err
}

// table is a text that grows line by line.
type table struct {
	width int
	lines []string
}

func (t *table) text(first, others, text string) {
	t.lines = append(t.lines, report.Wrap(redact.Printable(text), t.width, first, others)...)
}

func (t *table) row(r row) {
	word := "FAIL  "
	if r.uncertain() {
		word = "WARN  "
	}
	t.text(word, indent, r.title())
	why := r.why()
	for _, reason := range why[:min(len(why), maxReasons)] {
		t.text(indent+"  ", indent+"    ", reason)
	}
	if more := len(why) - maxReasons; more > 0 {
		t.text(indent+"  ", indent+"    ", fmt.Sprintf("and %d more reasons", more))
	}
}

func (t *table) counts(c Counts) {
	if c.Keep > 0 || c.Judged == 0 {
		t.text("ok    ", indent, podsThat(c.Keep, "loses nothing", "lose nothing"))
	}
	if c.Gain > 0 {
		t.text("ok    ", indent, podsThat(c.Gain, "gains connections", "gain connections"))
	}
	if c.Without > 0 {
		t.text("-     ", indent, podsThat(c.Without, "does not reach the API server today", "do not reach the API server today"))
	}
}

func podsThat(n int, does, do string) string {
	if n == 1 {
		return "1 pod " + does
	}
	return fmt.Sprintf("%d pods %s", n, do)
}
