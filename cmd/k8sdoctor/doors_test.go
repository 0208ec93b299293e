//go:build long

package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/examine"
	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// form is how a secret comes along.
type form struct {
	name string
	text func(secret string) string
}

// forms are all for which k8sdoctor promises something. A bare word is none.
func forms() []form {
	around := func(before, after string) func(string) string {
		return func(secret string) string { return before + secret + after }
	}
	return []form{
		{"password in a URL", around("https://user:", "@db.example:5432/shop")},
		{"user of a URL", around("https://", "@db.example")},
		{"user and password without scheme", around("user:", "@db.example")},
		{"JWT", func(secret string) string {
			return "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"x"}`)) + "." + secret
		}},
		{"assignment", around("password=", "")},
		{"JSON", around(`{"token":"`, `"}`)},
		{"bearer token", around("Authorization: Bearer ", "")},
		{"basic auth", around("Basic ", "")},
		{"cookie", around("Set-Cookie: session=", "; Path=/")},
		{"private key", around("-----BEGIN PRIVATE KEY----- ", " -----END PRIVATE KEY-----")},
	}
}

// solid says that a form has no white space.
func (f form) solid() bool { return !strings.ContainsAny(f.text(""), " \n") }

// door is a place where a text of others enters.
type door struct {
	name string
	only string // the checks that meet it, separated by commas
	// open puts the text there.
	open func(t *testing.T, s session, text string)
	// solid is set where white space ends a text, silent where the text is not
	// shown at all, however harmless.
	solid, silent bool
}

// newSecret is random, with the letters and digits that random secrets have.
func newSecret() string { return "Q7" + rand.Text()[:22] }

// TestDoors feeds secrets through every door and looks for eight bytes of each in
// all that comes out.
func TestDoors(t *testing.T) {
	all := forms()
	for i, d := range slices.Concat(variableDoors(), fileDoors(), serverDoors(), proxyDoors()) {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			pod := simulated(t)
			shown := 0
			for j, f := range all {
				// Each form comes through a good third of the doors, in turn.
				if d.solid && !f.solid() || !d.solid && (i+3*j)%8 > 2 {
					continue
				}
				secret, own, sys, err := newSecret(), *pod.Session, *pod.Sys, error(nil)
				s := session{&own}
				s.Sys, sys.Env = &sys, maps.Clone(sys.Env)
				s.Only = strings.Split(d.only, ",")
				if s.List, err = checks.Select(examine.AllChecks(), s.Only, nil); err != nil {
					t.Fatal(err)
				}
				s.List = slices.DeleteFunc(s.List, func(c *checks.Check) bool { return c.Probe && !strings.Contains(d.only, c.ID) })
				d.open(t, s, f.text(secret))
				r := s.RunUntil(t.Context(), time.Time{})
				for name, text := range everyOutput(t, r) {
					if piece := pieceOf(8, secret, text); piece != "" {
						t.Errorf("%s: %s holds %q of %s in\n%s", f.name, name, piece, f.text(secret), text)
					}
					if strings.Contains(text, "[redacted]") {
						shown++
					}
				}
			}
			if shown == 0 && !d.silent {
				t.Errorf("no output has anything of this door: it is closed, and nothing was tested")
			}
		})
	}
}

// everyOutput is all that k8sdoctor writes of a run, and of its saved report.
func everyOutput(t *testing.T, r report.Report) map[string]string {
	t.Helper()
	outputs := inEveryFormat(t, r)
	saved := outputs["json"]
	again, err := report.Read(strings.NewReader(saved))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range inEveryFormat(t, again.Rediagnosed()) {
		outputs[name+" of the saved report"] = text
	}
	if judged := outputs["json of the saved report"]; judged != saved {
		t.Errorf("diagnose changes the report:\n%s\n%s", saved, judged)
	}
	return outputs
}

// TestDoorOfASavedReport feeds a secret through every text of a report that
// another version has saved.
func TestDoorOfASavedReport(t *testing.T) {
	_, saved, _ := call(t.Context(), "demo", "--fault", "tls.host-not-covered", "-o", "json")
	for _, f := range forms() {
		secret := newSecret()
		var document any
		if err := json.Unmarshal([]byte(saved), &document); err != nil {
			t.Fatal(err)
		}
		spoiled, err := json.Marshal(spoil("", document, " "+f.text(secret)))
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "report.json")
		if err := os.WriteFile(name, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range []string{"diagnose -o table ", "diagnose -o json ", "check --only env.client --termination-log= --endpoints-from "} {
			status, stdout, stderr := call(t.Context(), append(strings.Fields(args), name)...)
			if piece := pieceOf(8, secret, stdout+stderr); piece != "" {
				t.Errorf("%s, %s: got %q of the secret in\n%s%s", f.name, args, piece, stdout, stderr)
			}
			if status == commands.NoResult || !strings.HasPrefix(args, "check") && !strings.Contains(stdout, "[redacted]") {
				t.Errorf("%s, %s: got status %d, %s and\n%s\nwant a report with something redacted", f.name, args, status, stderr, stdout)
			}
		}
	}
}

// spoil adds a text to all texts of a document but those without which it is no
// report.
func spoil(key string, value any, text string) any {
	switch value := value.(type) {
	case string:
		if _, err := time.Parse(time.RFC3339, value); err != nil && !slices.Contains([]string{"kind", "apiVersion", "status"}, key) {
			return value + text
		}
	case []any:
		for i := range value {
			value[i] = spoil("", value[i], text)
		}
	case map[string]any:
		for name := range value {
			value[name] = spoil(name, value[name], text)
		}
		if key == "evidence" {
			value[text] = text
		}
	}
	return value
}

// TestDoorsOfACall feeds a secret through the flags and variables of k8sdoctor
// itself.
func TestDoorsOfACall(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	for _, call1 := range []string{
		"TEXT", "check TEXT", "check --only TEXT", "check --skip TEXT", "check --output TEXT", "check --timeout TEXT", "check --fail-on TEXT", "check --color TEXT",
		"check --can-i TEXT", "check --endpoint TEXT", "check --kubectl-proxy TEXT", "check --endpoints-from TEXT", "check --wait TEXT", "check --TEXT", "check -TEXT",
		"check --only env.client --termination-log TEXT/message", "demo --fault TEXT", "explain TEXT", "completion TEXT", "diagnose TEXT", "diagnose FILE",
		"check --endpoints-from FILE", "list TEXT",
	} {
		for _, f := range forms() {
			secret, saved := newSecret(), filepath.Join(t.TempDir(), "saved")
			if err := os.WriteFile(saved, fmt.Appendf(nil, `{"kind":%q,"apiVersion":%q}`, f.text(secret), f.text(secret)), 0o600); err != nil {
				t.Fatal(err)
			}
			var args []string
			for _, word := range strings.Fields(call1) {
				args = append(args, strings.NewReplacer("TEXT", f.text(secret), "FILE", saved).Replace(word))
			}
			status, stdout, stderr := call(t.Context(), args...)
			if piece := pieceOf(8, secret, stdout+stderr); piece != "" {
				t.Errorf("%s, %s: got %q of the secret in\n%s%s", call1, f.name, piece, stdout, stderr)
			}
			if stderr == "" {
				t.Errorf("%s, %s: got status %d and nothing on standard error: nothing was tested", call1, f.name, status)
			}
		}
	}
}
