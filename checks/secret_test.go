package checks

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
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
			out := newSecret(testToken).scrub(Outcome{Summary: tc.text, Evidence: Evidence{{Key: "key", Value: tc.text}}})
			if out.Summary != tc.want || out.Evidence[0].Value != tc.want {
				t.Errorf("got %q and %q, want %q", out.Summary, out.Evidence[0].Value, tc.want)
			}
		})
	}
}

func TestScrubCutsLongText(t *testing.T) {
	out := newSecret(testToken).scrub(Outcome{Summary: strings.Repeat("x", 1<<20)})
	if len(out.Summary) > maxText+64 {
		t.Errorf("got %d bytes, want about %d", len(out.Summary), maxText)
	}
}

func TestNoVerbShowsTheToken(t *testing.T) {
	session := Session{token: newSecret(testToken)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, value := range []any{session.token, &session.token, session, &session} {
			if got := fmt.Sprintf(verb, value); strings.Contains(got, testToken[:20]) || strings.Contains(got, fmt.Sprintf("%x", testToken[:20])) {
				t.Errorf("%s of %T shows the token", verb, value)
			}
		}
	}
}

func TestEvidenceKeepsItsOrder(t *testing.T) {
	e := Evidence{{Key: "z", Value: "1"}, {Key: "a", Value: "<2>"}, {Key: "z", Value: "3"}}.Unique()
	data, err := json.Marshal(e)
	if want := `{"z":"1","a":"\u003c2\u003e","z 2":"3"}`; err != nil || string(data) != want {
		t.Fatalf("got %s, %v, want %s", data, err, want)
	}
	var back Evidence
	if err := json.Unmarshal(data, &back); err != nil || fmt.Sprint(back) != fmt.Sprint(e) {
		t.Errorf("got %v, %v, want %v", back, err, e)
	}
}
