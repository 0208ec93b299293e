package commands

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/examine"
	"github.com/k8sdoctor/k8sdoctor/messages"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

const (
	// maxMessageCauses is how many causes of a message are shown with their titles.
	maxMessageCauses = 8
	// maxLogMeanings is how many kinds of messages of a log are explained.
	maxLogMeanings = 3
	// maxMessage is how much of a message is shown, in bytes.
	maxMessage = 200
)

// explainMessage says what the error message of a client means.
func explainMessage(w io.Writer, message string) error {
	m, ok := messages.Find(message)
	if !ok {
		return fmt.Errorf("no client is known to print %q; k8sdoctor explain lists all causes", redact.Clip(redact.Printable(message), maxMessage))
	}
	return writeMeaning(w, message, m)
}

// explainLog does the same for the lines of a log.
func explainLog(ctx context.Context, w io.Writer, log io.Reader) error {
	found, err := readLog(ctx, log)
	switch {
	case err != nil:
		return fmt.Errorf("standard input: %w", err)
	case len(found) == 0:
		return fmt.Errorf("standard input has no error message of a known client; k8sdoctor explain lists all causes")
	}
	most := min(len(found), maxLogMeanings)
	for i, f := range found[:most] {
		if i > 0 {
			fmt.Fprintln(w)
		}
		lines := "1 line"
		if f.Lines > 1 {
			lines = fmt.Sprintf("%d lines, the last of them", f.Lines)
		}
		if _, err := fmt.Fprintf(w, "%s:\n", lines); err != nil {
			return err
		}
		if err := writeMeaning(w, f.Line, f.Meaning); err != nil {
			return err
		}
	}
	return writeFurther(w, found[most:])
}

// writeFurther names the kinds of messages of a log that are not explained.
func writeFurther(w io.Writer, found []messages.Found) error {
	if len(found) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("\nFurther messages, to explain with k8sdoctor explain 'MESSAGE':\n\n")
	for _, f := range found {
		fmt.Fprintf(&b, "%s\n", indented("  ", observe.Plural(f.Lines, "line")+", such as: "+redact.Clip(redact.Printable(f.Line), maxMessage)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// readLog reads a log to its end, or until ctx ends.
func readLog(ctx context.Context, log io.Reader) ([]messages.Found, error) {
	type answer struct {
		found []messages.Found
		err   error
	}
	read := make(chan answer, 1)
	go func() {
		found, err := messages.InLog(log)
		read <- answer{found, err}
	}()
	select {
	case got := <-read:
		return got.found, got.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func writeMeaning(w io.Writer, message string, m messages.Meaning) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", indented("", redact.Clip(redact.Printable(message), maxMessage)))
	fmt.Fprintf(&b, "%s\n", indented("means       ", m.Says))
	if names := messages.Clients(message); len(names) > 0 {
		fmt.Fprintf(&b, "%s\n", indented("printed by  ", strings.Join(names, ", ")))
	}
	if len(m.Codes) == 0 {
		b.WriteString("\nThis is no fault of the path to the API server.\n")
		_, err := io.WriteString(w, b.String())
		return err
	}
	b.WriteString("\nCauses, the most common first, and what tells:\n")
	pages := byPrior(m.Codes)
	for _, p := range pages[:min(len(pages), maxMessageCauses)] {
		fmt.Fprintf(&b, "\n  %s\n%s\n%s\n", p.Code, indented("      ", sentence(p.Title)), indented("      ", "tells: "+tellingCheck(p, pages)))
	}
	if rest := pages[min(len(pages), maxMessageCauses):]; len(rest) > 0 {
		var codes []string
		for _, p := range rest {
			codes = append(codes, p.Code)
		}
		fmt.Fprintf(&b, "\n%s\n", indented("  or  ", strings.Join(codes, ", ")))
	}
	b.WriteString("\nRun this in the failing pod, or in one like it, to find out which:\n\n  k8sdoctor check\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// indented breaks a text into lines of prose, the later ones as far in as the first.
func indented(first, text string) string {
	return first + strings.ReplaceAll(fill(text, proseWidth-len(first)), "\n", "\n"+strings.Repeat(" ", len(first)))
}

// byPrior are the pages of these codes, those that are met most often first.
func byPrior(codes []string) []*causes.Page {
	prior := func(p *causes.Page) (most causes.Prior) {
		for _, f := range p.Forms {
			most = max(most, f.Prior)
		}
		return most
	}
	var pages []*causes.Page
	for _, code := range codes {
		if p, ok := causes.Lookup(code); ok {
			pages = append(pages, p)
		}
	}
	slices.SortStableFunc(pages, func(a, b *causes.Page) int { return int(prior(b) - prior(a)) })
	return pages
}

// tellingCheck is the check or probe that tells a cause from the others of a message, and
// what it then observes: what the fewest of them predict as well.
func tellingCheck(p *causes.Page, others []*causes.Page) string {
	fewest, text := len(others)+1, "no check of k8sdoctor"
	for _, x := range slices.Concat(p.Forms[0].Proof, p.Forms[0].Needs) {
		n := 0
		for _, other := range others {
			if other != p && predictsToo(other, x) {
				n++
			}
		}
		i := slices.IndexFunc(examine.AllChecks(), func(c *checks.Check) bool { return slices.Contains(c.Records, x.Subject) })
		if i >= 0 && n < fewest {
			fewest, text = n, examine.AllChecks()[i].ID+": "+inWords(x)
		}
	}
	return text
}

// inWords is a prediction as a sentence, where it is of one value.
func inWords(x observe.Prediction) string {
	if x.Sample(0) != x.Sample(1) {
		return x.Subject.ID + " is " + x.String()
	}
	return x.Subject.Phrase(x.Sample(0))
}

func predictsToo(p *causes.Page, x observe.Prediction) bool {
	return slices.ContainsFunc(p.Forms, func(f causes.Form) bool {
		return slices.ContainsFunc(slices.Concat(f.Proof, f.Needs), func(y observe.Prediction) bool {
			return y.Subject == x.Subject && y.Fits(x.Sample(0), observe.RareMust)
		})
	})
}
