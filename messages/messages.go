// Package messages says what the error message of a client means: which clients print it,
// and which causes lead to it. It knows what the table of package clients has, and what
// else people report.
package messages

import (
	"bufio"
	"cmp"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Meaning is what a kind of message says of a connection.
type Meaning struct {
	// Says is what went wrong, in one sentence.
	Says string
	// Codes are the causes that lead to it.
	Codes []string

	pattern string // of the messages, without regard to case
}

// Find returns the meaning of a message; ok is false where none is known. Of several, the
// most specific one counts.
func Find(message string) (m Meaning, ok bool) {
	for _, m := range meanings {
		if matches(m.pattern, message) {
			return m, true
		}
	}
	return Meaning{}, false
}

// Clients returns the names of the clients that print messages like this one.
func Clients(message string) (names []string) {
	for _, c := range printers {
		if matches(c.pattern, message) {
			names = append(names, c.name)
		}
	}
	return names
}

func matches(pattern, message string) bool {
	return regexp.MustCompile("(?i)" + pattern).MatchString(message)
}

// Found is a meaning that lines of a log have.
type Found struct {
	Meaning
	Line  string // the last of them
	Lines int
}

const (
	// quietLine is of a level below a warning; it counts where it has loudLine.
	quietLine = `(?i)\b(info|debug|trace)\b|^I[0-9]{4} `
	loudLine  = `(?i)err|fail|exception|unable|cannot|denied|refused|unauthorized|forbidden`
	// maxShapes is how many different lines are remembered.
	maxShapes = 4096
)

// maxLine is how much of a line of a log is read, in bytes.
const maxLine = 4096

// InLog returns the meanings of the lines of a log, the most frequent first.
func InLog(log io.Reader) ([]Found, error) {
	patterns := make([]*regexp.Regexp, len(meanings))
	for i, m := range meanings {
		patterns[i] = regexp.MustCompile("(?i)" + m.pattern)
	}
	quiet, loud, digits := regexp.MustCompile(quietLine), regexp.MustCompile(loudLine), regexp.MustCompile(`[0-9]{2,}`)
	known := map[string]int{} // lines that differ in numbers alone, to their meaning
	var found []Found
	lines := bufio.NewReaderSize(log, maxLine)
	for {
		data, cut, err := lines.ReadLine()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		line := string(data)
		for cut && err == nil {
			_, cut, err = lines.ReadLine()
		}
		if quiet.MatchString(line) && !loud.MatchString(line) {
			continue
		}
		shape := digits.ReplaceAllString(line, "0")
		i, ok := known[shape]
		if !ok {
			i = slices.IndexFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(line) })
			if len(known) < maxShapes {
				known[shape] = i
			}
		}
		if i < 0 {
			continue
		}
		at := slices.IndexFunc(found, func(f Found) bool { return f.Says == meanings[i].Says })
		if at < 0 {
			at = len(found)
			found = append(found, Found{Meaning: meanings[i]})
		}
		found[at].Line = strings.TrimSpace(line)
		found[at].Lines++
	}
	slices.SortStableFunc(found, func(a, b Found) int { return cmp.Compare(b.Lines, a.Lines) })
	return found, nil
}
