package checks

import (
	"regexp"
	"slices"
	"strings"
)

// credential is a form in which texts hold credentials.
type credential struct {
	hints   []string // in lower case; a text without any of them holds none
	pattern *regexp.Regexp
	shown   string // in the place of what the pattern matches
}

// Patterns of what stands between a name and its value, such as the ": " of a
// header and the `":["` of JSON, and of values.
const (
	assigns = `[\\"'\]]*\s*(?:[:=]|%3[Dd])\s*(?:\[?\\?["'])?`
	bare    = `[^\s"'<>\\]+`
	names   = `passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|session[_-]?id|signature`
)

// credentials are hidden in this order. Each leaves its own work as it is, so
// that a report is the same when it is read and printed again.
var credentials = []credential{
	{[]string{"private key"}, regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)`), redacted},
	{[]string{"eyj"}, regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){0,4}`), redacted}, // a JWT: base64 of {"
	// The user of a URL, to the last @: a password may hold one, and slashes.
	{[]string{"@", "%40"}, regexp.MustCompile(`((?::|%3[Aa])(?:\\?/|%2[Ff]){2})[^\s"<>]*(@|%40)`), "${1}" + redacted + "${2}"},
	{[]string{"@"}, regexp.MustCompile(`[\w.~%!$&*+-]+:[^\s/\\"<>][^\s"<>]*@`), redacted + "@"},
	{[]string{"authorization"}, regexp.MustCompile(`(?i)(authorization` + assigns + `)(?:(?:bearer|basic|token|digest|negotiate|ntlm|apikey)\s+)?` + bare), "${1}" + redacted},
	// No word of a sentence on bearer tokens or basic constraints.
	{[]string{"bearer", "basic"}, regexp.MustCompile(`\b((?i:bearer|basic)(?:\s+|%20|:\s*))(?:[A-Za-z0-9][a-z.~+/=-]*[A-Z0-9_]|[a-z.~+/=-]{24})[\w.~+/=-]*`), "${1}" + redacted},
	{[]string{"cookie"}, regexp.MustCompile(`(?i)(cookie2?` + assigns + `)(?:="[^"]*"|[^\s;"'<>\\])+(?:;\s*(?:="[^"]*"|[^\s;"'<>\\])+)*`), "${1}" + redacted},
	assigned(`[:=]\s*\[?"`, `(?:[^"\\]|\\.)+`),
	assigned(`[:=]\s*\[?\\"`, `[^"\\]+`),
	assigned(`[:=]\s*\[?'`, `[^']+`),
	assigned(`(?:=|%3[Dd])\s*`, `[^\s"'&;<>\\]+`),
	{[]string{"passw", "passphrase", "key", "token", "secret"}, regexp.MustCompile(`(?i)\b((?:passw(?:or)?d|passphrase|api[_-]?key|(?:x|private|client)-[\w-]*(?:token|key|secret|data))\s*:\s*)` + bare), "${1}" + redacted},
	{[]string{"?", "&"}, regexp.MustCompile(`(?i)([?&](?:sig|key|code|auth|pass|pw)=)[^\s"'&<>#\\]+`), "${1}" + redacted},
}

// assigned is a value that belongs to a name which says that it is secret.
func assigned(sign, value string) credential {
	return credential{
		[]string{"passw", "passphrase", "secret", "token", "key", "credential", "session", "signature"},
		regexp.MustCompile(`(?i)((?:` + names + `)[\\"'\]]*\s*` + sign + `)` + value),
		"${1}" + redacted,
	}
}

// maxHidden bounds what a server can make us search, in bytes.
const maxHidden = 4 * maxText

// hide takes the credentials out of a text, whosever they are, and leaves the
// hosts and names beside them. What is beyond maxHidden is cut off.
func hide(text string) string {
	text = text[:min(len(text), maxHidden)]
	lower := strings.ToLower(text)
	for _, c := range credentials {
		if slices.ContainsFunc(c.hints, func(hint string) bool { return strings.Contains(lower, hint) }) {
			text = c.pattern.ReplaceAllString(text, c.shown)
		}
	}
	return text
}
