package checks

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// secret is the bearer token. It is kept behind functions, which is what no
// formatting verb looks into, not even in an unexported field.
type secret struct {
	reveal func() string
	holds  func(piece [leakLength]byte) bool // whether piece is a part of it
}

const (
	redacted   = "[redacted]"
	leakLength = 12      // the shortest run of the token's characters that counts as a leak
	maxText    = 4 << 10 // bytes of one evidence value or summary
)

func newSecret(text string) secret {
	pieces := map[[leakLength]byte]bool{}
	for i := 0; i+leakLength <= len(text); i++ {
		pieces[[leakLength]byte([]byte(text[i:i+leakLength]))] = true
	}
	return secret{
		reveal: func() string { return text },
		holds:  func(piece [leakLength]byte) bool { return pieces[piece] },
	}
}

// text is the token itself, or "" before it was read.
func (s secret) text() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// scrub makes an outcome fit to print, whatever a server put into it: no part
// of the token, no control characters, no endless text.
func (s secret) scrub(out Outcome) Outcome {
	out.Summary = s.clean(out.Summary)
	for i, f := range out.Evidence {
		out.Evidence[i] = Fact{s.clean(f.Key), s.clean(f.Value)}
	}
	return out
}

func (s secret) clean(text string) string { return printable(s.redact(text)) }

func (s secret) redact(text string) string {
	if s.holds == nil {
		return text
	}
	var b strings.Builder
	end := 0 // text before end is written
	for i := 0; i+leakLength <= len(text); i++ {
		if !s.holds([leakLength]byte([]byte(text[i : i+leakLength]))) {
			continue
		}
		if i >= end {
			b.WriteString(text[end:i])
			b.WriteString(redacted)
		}
		end = i + leakLength
	}
	b.WriteString(text[end:])
	return b.String()
}

// printable escapes what could move a terminal's cursor and cuts long text.
func printable(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case b.Len() >= maxText:
			fmt.Fprintf(&b, "... (%d bytes more)", len(text)-i)
			return b.String()
		case r == utf8.RuneError:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
