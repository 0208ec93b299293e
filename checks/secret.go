package checks

import (
	"fmt"
	"net/url"
	"slices"
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
	chars := make([]byte, 0, len(text))
	for i := range len(text) {
		if isTokenChar(text[i]) {
			chars = append(chars, text[i])
		}
	}
	for i := 0; i+leakLength <= len(chars); i++ {
		pieces[[leakLength]byte(chars[i:i+leakLength])] = true
	}
	return secret{
		reveal: func() string { return text },
		holds:  func(piece [leakLength]byte) bool { return pieces[piece] },
	}
}

// readSecret reads the pod's token, whatever its form, so that it is known
// before anything is printed.
func readSecret(sys *System) secret {
	data, err := sys.read(sys.tokenFile(), maxToken)
	if err != nil {
		return secret{}
	}
	return newSecret(strings.TrimSpace(string(data)))
}

// Printable returns text as a report may show it: without credentials and
// control characters, and not endless.
func Printable(text string) string { return secret{}.clean(text) }

// Printable is the function of that name, and leaves out any part of the pod's
// token as well.
func (s *System) Printable(text string) string { return readSecret(s).clean(text) }

// text is the token itself, or "" before it was read.
func (s secret) text() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// isJWT says whether the token is one that can be sent.
func (s secret) isJWT() bool {
	_, err := parseJWT(s.text())
	return err == nil && unclean(s.text()) == ""
}

// scrub makes an outcome fit to print, whatever a server put into it: no part
// of the token, no credentials of others, no control characters, no endless text.
func (s secret) scrub(out Outcome) Outcome {
	out.Summary = s.clean(out.Summary)
	for i, f := range out.Evidence {
		out.Evidence[i] = Fact{Key: s.clean(f.Key), Value: s.clean(f.Value)}
	}
	return out
}

// PrintableResult returns the result with every text as Printable returns it.
func PrintableResult(r Result) Result {
	for _, text := range []*string{&r.ID, &r.Title, &r.Summary, &r.BlockedBy} {
		*text = Printable(*text)
	}
	r.Observations = r.Observations.MapTexts(Printable)
	r.Evidence = secret{}.scrub(Outcome{Evidence: slices.Clone(r.Evidence)}).Evidence
	return r
}

// clean leaves a text as it is that it has cleaned before. A token of another
// pod begins like this pod's and is to be known as a whole, hence hide comes first.
func (s secret) clean(text string) string {
	return hide(printable(s.redact(hide(text)), max(0, len(text)-maxHidden)))
}

// keptFrom returns the proxy without its user where that holds a part of the
// token: no proxy gets it, whatever a variable says.
func (s secret) keptFrom(proxy *url.URL) *url.URL {
	if proxy.User == nil || s.redact(proxy.User.String()) == proxy.User.String() {
		return proxy
	}
	bare := *proxy
	bare.User = nil
	return &bare
}

// redact hides every run of the token's characters, with whatever a server put
// between them.
func (s secret) redact(text string) string {
	if s.holds == nil {
		return text
	}
	var at []int // where the characters stand that a token is made of
	for i := range len(text) {
		if isTokenChar(text[i]) {
			at = append(at, i)
		}
	}
	hidden := 0 // text before it is written or hidden
	var b strings.Builder
	var window [leakLength]byte
	for i := 0; i+leakLength <= len(at); i++ {
		for j := range window {
			window[j] = text[at[i+j]]
		}
		if !s.holds(window) {
			continue
		}
		if start := at[i]; start >= hidden {
			b.WriteString(text[hidden:start])
			b.WriteString(redacted)
		}
		hidden = at[i+leakLength-1] + 1
	}
	b.WriteString(text[hidden:])
	return b.String()
}

func isTokenChar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// printable escapes what could move a terminal's cursor and cuts long text, of
// which dropped bytes are gone already.
func printable(text string, dropped int) string {
	const room = maxText - len("... (1234567 bytes more)")
	var b strings.Builder
	fits, rest := 0, len(text) // how much of b leaves room for the note, and how much of text is not in it
	for i, r := range text {
		if b.Len() <= room {
			fits, rest = b.Len(), len(text)-i
		}
		switch {
		case r == utf8.RuneError:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		if b.Len() > maxText {
			break
		}
	}
	if b.Len() <= room {
		fits, rest = b.Len(), 0
	}
	if dropped > 0 || b.Len() > maxText {
		return fmt.Sprintf("%s... (%d bytes more)", b.String()[:fits], rest+dropped)
	}
	return b.String()
}
