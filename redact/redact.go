// Package redact keeps credentials out of what is printed and what is sent in the clear.
package redact

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/pattern"
)

// credential is a form in which texts hold credentials.
type credential struct {
	sign    string   // in lower case, like the hints; a text without it,
	hints   []string // or without any of these, holds none
	pattern func() *regexp.Regexp
	shown   string // in the place of what the pattern matches
}

// Patterns of what stands between a name and its value, such as the ": " of a
// header and the `":["` of JSON, and of values.
const (
	assigns = `[\\"'\]]*\s*[:=]\s*(?:\[?\\?["'])?`
	bare    = `[^\s"'<>\\]+`
	random  = `(?:[A-Za-z0-9][a-z.~+/=-]*[A-Z0-9_]|[a-z.~+/=-]{24})[\w.~+/=-]*` // no word of a sentence
)

// credentials are hidden in this order. Each leaves its own work as it is, so
// that a report is the same when it is read and printed again.
var credentials = []credential{
	hidden("private key", `(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)`, redacted),
	hidden("eyj", `eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){0,4}`, redacted), // a JWT: base64 of {"
	// The user of a URL, to the last @: a password may hold one, and slashes.
	hidden("@", `(:(?:\\?/){2})[^\s"<>]*@`, "${1}"+redacted+"@"),
	hidden("@", `[\w.~%!$&*+-]+:[^\s/\\"<>][^\s"<>]*@`, redacted+"@"),
	hidden("authorization", `(?i)(authorization`+assigns+`)(?:(?:bearer|basic|token|digest|negotiate|ntlm|apikey)\s+)?`+bare, "${1}"+redacted),
	hidden("bearer", `\b((?i:bearer)(?:\s+|:\s*))`+random, "${1}"+redacted),
	hidden("basic", `\b((?i:basic)(?:\s+|:\s*))`+random, "${1}"+redacted),
	hidden("cookie", `(?i)(cookie2?`+assigns+`)(?:="[^"]*"|[^\s;"'<>\\])+(?:;\s*(?:="[^"]*"|[^\s;"'<>\\])+)*`, "${1}"+redacted),
	assigned(`"`, `[:=]\s*\[?"`, `(?:[^"\\]|\\.)+`),
	assigned(`\"`, `[:=]\s*\[?\\"`, `[^"\\]+`),
	assigned(`'`, `[:=]\s*\[?'`, `[^']+`),
	assigned(`=`, `=\s*`, `[^\s"'&;<>\\]+`),
	{":", []string{"passw", "passphrase", "apikey", "api_key", "api-key", "x-", "private-", "client-"}, pattern.Lazy(`(?i)\b((?:passw(?:or)?d|passphrase|api[_-]?key|(?:x|private|client)-[\w-]*(?:token|key|secret|data))\s*:\s*)` + bare), "${1}" + redacted},
	// A word that Go's HTTP library has cut out of what a server has said.
	hidden("malformed http", `(malformed HTTP (?:status code|version) )"(?:[^"\\]|\\.)*"`, `${1}"`+redacted+`"`),
	hidden("=", `(?i)([?&](?:sig|key|code|auth|pass|pw)=)[^\s"'&<>#\\]+`, "${1}"+redacted),
}

func hidden(hint, expression, shown string) credential {
	return credential{hint, []string{""}, pattern.Lazy(expression), shown}
}

// assigned is a value that belongs to a name which says that it is secret.
func assigned(sign, assigns, value string) credential {
	names := []string{
		"password", "passwd", "passphrase", "secret", "token", "credential", "credentials", "signature", "apikey", "api_key", "api-key", "accesskey", "access_key",
		"access-key", "privatekey", "private_key", "private-key", "sessionid", "session_id", "session-id",
	}
	return credential{sign, names, pattern.Lazy(`(?i)((?:` + strings.Join(names, "|") + `)[\\"'\]]*\s*` + assigns + `)` + value), "${1}" + redacted}
}

// What a server can make us search, in bytes, and how often it can have encoded
// a URL within a URL.
const (
	maxHidden  = 4 * maxText
	maxDecoded = 4
)

// hide takes the credentials out of a text, whosever they are, and leaves the
// hosts and names beside them. Percent-encoding that hides credentials from it is
// undone. What is beyond maxHidden is cut off.
func hide(text string) string {
	text = text[:min(len(text), maxHidden)]
	hidden := hideOnce(text)
	if hidden == text && decode(text) == text {
		return text
	}
	text = hidden
	for range maxDecoded {
		decoded := decode(text)
		hidden := hideOnce(decoded)
		if hidden == decoded {
			break
		}
		text = hidden
	}
	return text
}

func hideOnce(text string) string {
	lower := strings.ToLower(text)
	for _, c := range credentials {
		if strings.Contains(lower, c.sign) && slices.ContainsFunc(c.hints, func(hint string) bool { return strings.Contains(lower, hint) }) {
			text = c.pattern().ReplaceAllString(text, c.shown)
		}
	}
	return text
}

var percent = pattern.Lazy(`%[0-9A-Fa-f]{2}|\+`)

// decode undoes the encoding of a query, of whatever in a text may be one.
func decode(text string) string {
	if !strings.ContainsAny(text, "%+") {
		return text
	}
	return percent().ReplaceAllStringFunc(text, func(code string) string {
		plain, err := url.QueryUnescape(code)
		if err != nil {
			return code
		}
		return plain
	})
}

// Clip shortens a text, after it has taken the credentials out: half of one is
// not known for what it is.
func Clip(text string, limit int) string {
	text = hide(text)
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "..."
}
