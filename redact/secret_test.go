package redact

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

const testToken = "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbi1pcy1oZXJl"

func TestScrub(t *testing.T) {
	signature := testToken[strings.LastIndex(testToken, ".")+1:]
	for _, tc := range []struct{ name, text, want string }{
		{"nothing secret", "10.96.0.1:443: connection refused", "10.96.0.1:443: connection refused"},
		{"the whole token", "Bearer " + testToken + "!", "Bearer [redacted]!"},
		{"a piece of the signature", "saw " + signature[7:25] + " here", "saw [redacted] here"},
		{"two pieces", signature[:14] + " and " + signature[20:34], "[redacted] and [redacted]"},
		{"less than a leak", "saw " + signature[:11], "saw " + signature[:11]},
		{"terminal escape", "title\x1b[2Jgone", `title\u001b[2Jgone`},
		{"new line", "a\nb", `a\u000ab`},
		{"no UTF-8", "a\xffb", `a\xffb`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSecret(testToken)
			text, e := s.Clean(tc.text), s.CleanEvidence(observe.Evidence{{Key: "key", Value: tc.text}})
			if text != tc.want || e[0].Value != tc.want {
				t.Errorf("got %q and %q, want %q", text, e[0].Value, tc.want)
			}
		})
	}
}

func TestLongTextIsCut(t *testing.T) {
	out := newSecret(testToken).Clean(strings.Repeat("x", 1<<20))
	if len(out) > maxText+64 {
		t.Errorf("got %d bytes, want about %d", len(out), maxText)
	}
}

func TestNoVerbShowsTheToken(t *testing.T) {
	token := newSecret(testToken)
	holder := struct{ token Secret }{token}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, value := range []any{token, &token, holder, &holder} {
			if got := fmt.Sprintf(verb, value); strings.Contains(got, testToken[:20]) || strings.Contains(got, fmt.Sprintf("%x", testToken[:20])) {
				t.Errorf("%s of %T shows the token", verb, value)
			}
		}
	}
}

func TestEvidenceKeepsItsOrder(t *testing.T) {
	e := observe.Evidence{{Key: "z", Value: "1"}, {Key: "a", Value: "<2>"}, {Key: "z", Value: "3"}}.Unique()
	data, err := json.Marshal(e)
	if want := `{"z":"1","a":"\u003c2\u003e","z 2":"3"}`; err != nil || string(data) != want {
		t.Fatalf("got %s, %v, want %s", data, err, want)
	}
	var back observe.Evidence
	if err := json.Unmarshal(data, &back); err != nil || fmt.Sprint(back) != fmt.Sprint(e) {
		t.Errorf("got %v, %v, want %v", back, err, e)
	}
}
