package redact

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// Secret is the bearer token. It is kept behind functions, which is what no
// formatting verb looks into, not even in an unexported field.
type Secret struct {
	reveal func() string
	holds  func(piece []byte) bool // whether piece, of leakLength, is a part of it
}

const (
	redacted   = "[redacted]"
	leakLength = 12      // the shortest run of the token's characters that counts as a leak
	maxText    = 4 << 10 // bytes of one evidence value or summary
)

func newSecret(text string) Secret {
	chars := make([]byte, 0, len(text))
	for i := range len(text) {
		if isTokenChar(text[i]) {
			chars = append(chars, text[i])
		}
	}
	seed, marks := maphash.MakeSeed(), make([]uint32, len(chars)+1) // a bit of 32 is set for each piece
	markOf := func(piece []byte) (*uint32, uint32) {
		hash := maphash.Bytes(seed, piece)
		return &marks[hash>>5%uint64(len(marks))], 1 << (hash % 32)
	}
	for i := 0; i+leakLength <= len(chars); i++ {
		mark, bit := markOf(chars[i : i+leakLength])
		*mark |= bit
	}
	return Secret{
		reveal: func() string { return text },
		holds: func(piece []byte) bool {
			mark, bit := markOf(piece)
			return *mark&bit != 0 && bytes.Contains(chars, piece)
		},
	}
}

// ReadToken reads the pod's token, whatever its form, so that it is known
// before anything is printed.
func ReadToken(sys *pod.System) Secret {
	data, err := sys.Read(sys.TokenFile(), pod.MaxToken)
	text := strings.TrimSpace(string(data))
	if err != nil || text == sys.TokenFile() { // a path is no secret
		return Secret{}
	}
	return newSecret(text)
}

// Printable returns text as a report may show it: without credentials and
// control characters, and not endless.
func Printable(text string) string { return Secret{}.Clean(text) }

// Text is the token itself, or "" before it was read.
func (s Secret) Text() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// CleanEvidence returns the facts as clean returns texts.
func (s Secret) CleanEvidence(e observe.Evidence) observe.Evidence {
	var cleaned observe.Evidence
	for _, f := range e {
		cleaned = append(cleaned, observe.Fact{Key: s.Clean(f.Key), Value: s.Clean(f.Value)})
	}
	return cleaned
}

// PrintableResult returns the result with every text as Printable returns it.
func PrintableResult(r observe.Result) observe.Result {
	for _, text := range []*string{&r.ID, &r.Title, &r.Summary, &r.BlockedBy} {
		*text = Printable(*text)
	}
	r.Observations = r.Observations.MapTexts(Printable)
	r.Evidence = Secret{}.CleanEvidence(r.Evidence)
	return r
}

// Clean leaves a text as it is that it has cleaned before. A token of another
// pod begins like this pod's and is to be known as a whole, hence hide comes first.
func (s Secret) Clean(text string) string {
	hidden := hide(text)
	shown := printable(s.redact(hidden), max(0, len(text)-maxHidden))
	if hidden == text && shown == text {
		return text
	}
	return hide(shown)
}

// KeptFrom returns the proxy without its user where that holds a part of the
// token: no proxy gets it, whatever a variable says.
func (s Secret) KeptFrom(proxy *url.URL) *url.URL {
	if proxy.User == nil || s.redact(proxy.User.String()) == proxy.User.String() {
		return proxy
	}
	bare := *proxy
	bare.User = nil
	return &bare
}

// redact hides every run of the token's characters, with whatever a server put
// between them.
func (s Secret) redact(text string) string {
	if s.holds == nil {
		return text
	}
	var b strings.Builder
	hidden := 0 // text before it is written or hidden
	// The last characters that a token is made of, and where they stand.
	var window [leakLength]byte
	var at [leakLength]int
	found := 0
	for i := range len(text) {
		if !isTokenChar(text[i]) {
			continue
		}
		copy(window[:], window[1:])
		copy(at[:], at[1:])
		window[leakLength-1], at[leakLength-1] = text[i], i
		if found++; found < leakLength || !s.holds(window[:]) {
			continue
		}
		if start := at[0]; start >= hidden {
			b.WriteString(text[hidden:start])
			b.WriteString(redacted)
		}
		hidden = i + 1
	}
	if hidden == 0 {
		return text
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
	if dropped == 0 && len(text) <= room && !strings.ContainsFunc(text, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }) {
		return text
	}
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
