package checks

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var envProxy = &Check{
	ID:      "env.proxy",
	Title:   "no HTTP proxy stands between this process and the API server",
	Needs:   []string{"env.service"},
	Records: []*observe.Row{observe.EnvProxy.Row, observe.EnvProxySet.Row, observe.EnvProxyURL.Row, observe.EnvHTTPProxy.Row, observe.EnvAsterisk.Row},
	Run:     runEnvProxy,
}

// runEnvProxy reads the variables as Go's net/http does, and names what other
// clients read differently.
func runEnvProxy(_ context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	target := &url.URL{Scheme: "https", Host: net.JoinHostPort(session.Host, session.Port)}
	noProxy := firstOf(sys.Env, "NO_PROXY", "no_proxy")
	proxyVar := firstSet(sys.Env, "HTTPS_PROXY", "https_proxy")
	all := firstSet(sys.Env, "ALL_PROXY", "all_proxy")
	observe.EnvProxySet.Saw(log, proxyVar != "" || all != "")
	observe.EnvProxyURL.Saw(log, writtenAs(sys.Env[proxyVar]))
	observe.EnvHTTPProxy.Saw(log, firstSet(sys.Env, "HTTP_PROXY", "http_proxy") != "")
	if proxyVar != "" {
		observe.EnvAsterisk.Saw(log, asteriskFirst(noProxyEntries(noProxy), session.Host, session.Port))
	}
	config := httpproxy.Config{HTTPSProxy: sys.Env[proxyVar], NoProxy: noProxy}
	proxy, _ := config.ProxyFunc()(target) // it leaves out what is no URL, and errs for plain HTTP alone

	var e observe.Evidence
	if proxy != nil {
		e.Add("proxy", "%s from %s", proxy.Redacted(), proxyVar)
		e.Add("NO_PROXY", "%s", noProxy)
		e.Add("entry to add", "%s", session.Host)
		if session.httpProxy = session.token.KeptFrom(proxy); session.httpProxy != proxy {
			e.Add("credentials", "not sent: they hold this pod's token")
		}
		observe.EnvProxy.Saw(log, observe.ProxyApplies)
		return warn(e, "%s sends %s through %s; NO_PROXY does not list %s", proxyVar, target.Host, proxy.Redacted(), session.Host)
	}
	if proxyVar == "" && all == "" {
		observe.EnvProxy.Saw(log, observe.NoProxySet)
		return pass(e, "no proxy")
	}
	e.Add("NO_PROXY", "%s", noProxy)
	e.Add("entry to add", "%s", session.Host)
	listed := slices.ContainsFunc(noProxyEntries(noProxy), func(entry string) bool { return plainMatch(entry, session.Host, session.Port) })
	if !listed && !usableProxy(sys.Env[proxyVar]) {
		observe.EnvProxy.Saw(log, observe.ProxyNotUsable)
		return warn(e, "%s holds no URL: Go goes to %s directly, other clients fail", proxyVar, target.Host)
	}
	differs := differ(sys.Env, "NO_PROXY", "no_proxy")
	if listed && !differs {
		observe.EnvProxy.Saw(log, observe.ProxyExcluded)
		return pass(e, "NO_PROXY lists %s", session.Host)
	}
	observe.EnvProxy.Saw(log, observe.ProxyDiffers)
	switch {
	case differs:
		return warn(e, "NO_PROXY and no_proxy differ: clients read one or the other")
	case proxyVar == "":
		return warn(e, "%s is set, which Go ignores and curl and Python obey for %s", all, target.Host)
	}
	return warn(e, "NO_PROXY covers %s for Go, but not by its plain name or address: other clients use the proxy of %s", session.Host, proxyVar)
}

// usableProxy says whether Go makes a URL of the text, by itself or with http://
// before it.
func usableProxy(text string) bool {
	_, err := url.Parse(text)
	_, errBare := url.Parse("http://" + text)
	return err == nil || errBare == nil
}

func noProxyEntries(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

func writtenAs(proxy string) observe.ProxyURL {
	switch {
	case proxy == "":
		return observe.ProxyURLUnset
	case strings.Contains(proxy, "://"):
		return observe.ProxyURLWhole
	}
	return observe.ProxyURLBare
}

// asteriskFirst says that who reads the entries in turn meets one with an asterisk
// before one that holds the host.
func asteriskFirst(entries []string, host, port string) bool {
	for _, entry := range entries {
		if strings.Contains(entry, "*") {
			return true
		}
		prefix, errPrefix := netip.ParsePrefix(entry)
		addr, errAddr := netip.ParseAddr(host)
		if plainMatch(entry, host, port) || errPrefix == nil && errAddr == nil && prefix.Contains(addr) {
			return false
		}
	}
	return false
}

// plainMatch says whether every client takes the entry for this host.
func plainMatch(entry, host, port string) bool {
	return entry == "*" || pod.SameHost(strings.Trim(entry, "[]"), host) || entry == net.JoinHostPort(host, port)
}

func firstSet(env map[string]string, names ...string) string {
	for _, name := range names {
		if env[name] != "" {
			return name
		}
	}
	return ""
}

func firstOf(env map[string]string, names ...string) string { return env[firstSet(env, names...)] }

func differ(env map[string]string, a, b string) bool {
	x, okX := env[a]
	y, okY := env[b]
	return okX && okY && x != y
}
