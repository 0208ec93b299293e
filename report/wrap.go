package report

import (
	"cmp"
	"strings"
	"unicode"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// columns is how many columns of a terminal the text takes.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if ' ' <= r && r <= '~' {
		return 1
	}
	return twwidth.WidthWithOptions(string(r), twwidth.Options{})
}

// singleLine makes one line of a text, without what could move a cursor.
func singleLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// wrap breaks a text into lines of at most width columns: between words, in a
// word that is longer than a line where a path or a list can be broken, and
// anywhere if need be. Nothing is lost but white space. The result has at least
// one line.
func wrap(text string, width int) []string {
	p := paragraph{width: width}
	for _, word := range strings.Fields(singleLine(text)) {
		n := columns(word)
		if p.used > 0 && p.used+1+n > width {
			p.next()
		} else if p.used > 0 {
			p.add(" ")
		}
		if n <= width {
			p.add(word)
			continue
		}
		for _, piece := range pieces(word) {
			p.add(piece)
		}
	}
	if p.used > 0 || len(p.lines) == 0 {
		p.next()
	}
	return p.lines
}

// paragraph is a text that is broken into lines.
type paragraph struct {
	width, used int
	line        strings.Builder
	lines       []string
}

func (p *paragraph) next() {
	p.lines = append(p.lines, p.line.String())
	p.line.Reset()
	p.used = 0
}

func (p *paragraph) add(text string) {
	if p.used > 0 && p.used+columns(text) > p.width {
		p.next()
	}
	for _, r := range text {
		n := runeColumns(r)
		if p.used > 0 && p.used+n > p.width {
			p.next()
		}
		p.line.WriteRune(r)
		p.used += n
	}
}

// pieces splits a word behind the characters that join the parts of paths, of
// URLs and of lists.
func pieces(word string) []string {
	var parts []string
	for {
		i := strings.IndexAny(word, "/,;&?=")
		if i < 0 || i == len(word)-1 {
			return append(parts, word)
		}
		parts = append(parts, word[:i+1])
		word = word[i+1:]
	}
}

// wrapIndented wraps a text with one indent before its first line and another before
// the others.
func wrapIndented(text string, width int, first, others string) []string {
	lines := wrap(text, max(1, width-max(len(first), len(others))))
	for i := range lines {
		if i == 0 {
			lines[i] = first + lines[i]
		} else {
			lines[i] = others + lines[i]
		}
	}
	return lines
}

// cut shortens a text to so many columns, and says so.
func cut(text string, width int) string {
	if columns(text) <= width {
		return text
	}
	const more = "..."
	var b strings.Builder
	used := 0
	for _, r := range text {
		if n := runeColumns(r); used+n > width-len(more) {
			break
		} else {
			used += n
		}
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ") + more[:max(0, min(len(more), width))]
}

// Wrap breaks a text that is no report into lines of a terminal so wide, 0 for the default,
// with one indent before the first and another before the others.
func Wrap(text string, width int, first, others string) []string {
	return wrapIndented(text, max(cmp.Or(width, defaultWidth), minWidth), first, others)
}
