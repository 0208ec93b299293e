package checks

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// settings are variables by which a client fails before it verifies the server, whatever
// its code says. Those that decide whom it trusts are looked at with the server's
// certificate, see tls.settings.
var settings = []struct {
	variable string
	records  observe.Flag
	// bites says what in the value keeps clients from the API server, or "".
	bites func(sys *pod.System, session *Session, value string) string
}{
	{"GODEBUG", observe.EnvGoFIPS, fipsOnly},
	{"NODE_OPTIONS", observe.EnvNodeModule, missingModule},
	{"JAVA_TOOL_OPTIONS", observe.EnvJavaAgent, missingAgent},
	{"JAVA_TOOL_OPTIONS", observe.EnvJavaProxy, javaProxy},
}

// fipsOnly is a mode in which programs that were built with Go 1.25 fail to use X25519,
// see the FIPS 140-3 documentation of Go.
func fipsOnly(_ *pod.System, _ *Session, value string) string {
	if slices.Contains(strings.Split(value, ","), "fips140=only") {
		return "fips140=only: programs built with Go 1.25 fail in the TLS handshake"
	}
	return ""
}

// missingModule is one that Node loads before the program, and without which it ends.
func missingModule(sys *pod.System, _ *Session, value string) string {
	options := strings.Fields(value)
	for i, option := range options {
		name, file, joined := strings.Cut(option, "=")
		if !slices.Contains([]string{"--require", "-r", "--import"}, name) {
			continue
		}
		if !joined && i+1 < len(options) {
			file = options[i+1]
		}
		if missing(sys, file) {
			return name + " " + file + ": no such file, and Node ends at once"
		}
	}
	return ""
}

// missingAgent is one that Java loads before the program, and without which it ends.
func missingAgent(sys *pod.System, _ *Session, value string) string {
	for option := range strings.FieldsSeq(value) {
		jar, ok := strings.CutPrefix(option, "-javaagent:")
		jar, _, _ = strings.Cut(jar, "=")
		if ok && missing(sys, jar) {
			return "-javaagent:" + jar + ": no such file, and Java ends at once"
		}
	}
	return ""
}

func missing(sys *pod.System, file string) bool {
	if !strings.HasPrefix(file, "/") { // relative to a directory that is not known here
		return false
	}
	_, err := sys.Stat(file)
	return errors.Is(err, fs.ErrNotExist)
}

// javaProxy is a proxy for HTTPS that the API server is not kept from, see "Networking
// Properties" of the JDK.
func javaProxy(_ *pod.System, session *Session, value string) string {
	proxy, except := "", ""
	for option := range strings.FieldsSeq(value) {
		if host, ok := strings.CutPrefix(option, "-Dhttps.proxyHost="); ok {
			proxy = host
		}
		if hosts, ok := strings.CutPrefix(option, "-Dhttp.nonProxyHosts="); ok {
			except = strings.Trim(hosts, `"'`)
		}
	}
	if proxy == "" || slices.ContainsFunc(strings.Split(except, "|"), func(pattern string) bool { return javaMatch(pattern, session.Host) }) {
		return ""
	}
	return "-Dhttps.proxyHost=" + proxy + ": Java sends requests for " + session.Host + " to this proxy"
}

// javaMatch is the JDK's: a pattern may begin or end with an asterisk.
func javaMatch(pattern, host string) bool {
	switch {
	case pattern == "":
		return false
	case strings.HasPrefix(pattern, "*"):
		return strings.HasSuffix(host, pattern[1:])
	case strings.HasSuffix(pattern, "*"):
		return strings.HasPrefix(host, pattern[:len(pattern)-1])
	}
	return strings.EqualFold(pattern, host)
}
