package checks

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// secret is the bearer token. It formats as a placeholder, so that no %v can
// leak it.
type secret string

const (
	redacted   = "[redacted]"
	leakLength = 12      // the shortest run of the token's characters that counts as a leak
	maxText    = 4 << 10 // bytes of one evidence value or summary
)

// String implements fmt.Stringer.
func (secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (secret) GoString() string { return redacted }

// Format implements fmt.Formatter, so that no verb prints the token.
func (secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// scrub makes an outcome fit to print, whatever a server put into it: no part
// of the token, no control characters, no endless text.
func (s secret) scrub(out Outcome) Outcome {
	runs := s.runs()
	out.Summary = clean(runs, out.Summary)
	for i, f := range out.Evidence {
		out.Evidence[i] = Fact{clean(runs, f.Key), clean(runs, f.Value)}
	}
	return out
}

// runs returns every piece of the token that is leakLength long.
func (s secret) runs() map[string]bool {
	runs := map[string]bool{}
	for i := 0; i+leakLength <= len(s); i++ {
		runs[string(s[i:i+leakLength])] = true
	}
	return runs
}

func clean(runs map[string]bool, text string) string {
	return printable(redact(runs, text))
}

func redact(runs map[string]bool, text string) string {
	var b strings.Builder
	end := 0 // text before end is written
	for i := 0; i+leakLength <= len(text); i++ {
		if !runs[text[i:i+leakLength]] {
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
