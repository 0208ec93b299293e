package diagnosis

import (
	"regexp"
	"strings"
	"testing"
)

// wholeCode finds codes in a text; the names of layers keep paths such as
// "kubernetes.default" out.
var wholeCode = regexp.MustCompile(`\b(env|volume|net|proxy|dns|tls|token|api|kubectl-proxy)\.[a-z]+(-[a-z]+)*`)

func TestEveryCauseIsToldApart(t *testing.T) {
	sentences := regexp.MustCompile(`[\w)]\.( |$)`)
	for _, c := range Catalogue() {
		if n := len(sentences.FindAllString(c.Apart, -1)); n < 2 || n > 3 {
			t.Errorf("%s: %d sentences, want two or three: %q", c.Code, n, c.Apart)
		}
		if len(c.Apart) > 480 || strings.TrimSpace(c.Apart) != c.Apart || strings.ContainsAny(c.Apart, "\n\t") || strings.Contains(c.Apart, "  ") {
			t.Errorf("%s: %d bytes or stray white space: %q", c.Code, len(c.Apart), c.Apart)
		}
		for _, code := range wholeCode.FindAllString(c.Apart, -1) {
			if _, known := Lookup(code); !known {
				t.Errorf("%s: told apart from %s, which is no cause", c.Code, code)
			}
			if code == c.Code {
				t.Errorf("%s: told apart from itself", c.Code)
			}
		}
	}
}
