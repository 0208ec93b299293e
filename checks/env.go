package checks

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// The variables that the kubelet derives from the Service "kubernetes"; see
// "Accessing the Kubernetes API from a Pod" in the Kubernetes documentation.
const (
	hostVar        = "KUBERNETES_SERVICE_HOST"
	portVar        = "KUBERNETES_SERVICE_PORT"
	portHTTPSVar   = "KUBERNETES_SERVICE_PORT_HTTPS"
	kubeletHostVar = "KUBERNETES_PORT_443_TCP_ADDR"
)

var envService = &Check{
	ID:    "env.service",
	Title: "the environment names the API server's address and port",
	Run:   runEnvService,
}

func runEnvService(_ context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	var e Evidence
	for _, name := range []string{hostVar, portVar, portHTTPSVar, kubeletHostVar} {
		if value, ok := sys.Env[name]; ok {
			e.Add(name, "%s", value)
		} else {
			e.Add(name, "(not set)")
		}
	}
	addLinks(sys.Env, &e)
	first := firstProcessEnv(sys)
	for _, name := range []string{hostVar, portVar} {
		if value, ok := sys.Env[name]; !ok {
			return missingVariable(sys, session, e, name, first)
		} else if fault := malformed(name, value); fault != "" {
			return malformedVariable(sys.Env, e, name, value, fault)
		}
	}
	session.Host, session.Port = sys.Env[hostVar], sys.Env[portVar]
	session.kubeletHost, _ = netip.ParseAddr(sys.Env[kubeletHostVar])

	if given := sys.Env[kubeletHostVar]; given != "" && !sameHost(given, session.Host) {
		return overridden(e, "%s is %s, but %s says that the kubelet set %s", hostVar, session.Host, kubeletHostVar, given)
	}
	for _, name := range []string{hostVar, portVar} {
		if given, ok := first[name]; ok && given != sys.Env[name] {
			e.Add("process 1 "+name, "%s", given)
			return overridden(e, "%s is %s, but process 1 has %s", name, sys.Env[name], given)
		}
	}
	switch https, ok := sys.Env[portHTTPSVar]; {
	case !ok:
		return warn("env.missing", e, "%s is not set; client-go does not read it, the guide's curl does", portHTTPSVar)
	case malformed(portVar, https) != "":
		return warn("env.malformed", e, "%s=%q: %s", portHTTPSVar, https, malformed(portVar, https))
	case https != session.Port:
		return warn("env.overridden", e, "%s is %s and %s is %s: clients differ in which they read", portVar, session.Port, portHTTPSVar, https)
	case sys.Env[linkHostVar] != "":
		return warn("env.links-collision", e, "%s is the port here; the Service %s sets it as well, and other containers may get %s's address", portVar, linkingService, linkingService)
	}
	return pass(e, "%s", net.JoinHostPort(session.Host, session.Port))
}

// overridden only warns: some pod networks and clouds point pods elsewhere on
// purpose. The later checks walk that way and show whether it leads anywhere.
func overridden(e Evidence, format string, args ...any) Outcome {
	return warn("env.overridden", e, format, args...)
}

func missingVariable(sys *System, session *Session, e Evidence, name string, first map[string]string) Outcome {
	if given := first[name]; given != "" {
		e.Add("process 1 "+name, "%s", given)
		return fail("env.scrubbed", e, "%s is not set here, process 1 has %s", name, given)
	}
	if traces := podTraces(sys); len(traces) > 0 {
		e.Add("signs of a pod", "%s", strings.Join(traces, ", "))
		return fail("env.missing", e, "%s is not set", name)
	}
	session.noPod = true
	return fail("env.not-a-pod", e, "%s is not set, and nothing else of a pod is here", name)
}

// podTraces lists what a kubelet leaves in a container, variables apart.
func podTraces(sys *System) []string {
	var traces []string
	if _, err := sys.stat(accountDir); err == nil {
		traces = append(traces, accountDir)
	}
	if conf, _ := readResolvConf(sys); conf.clusterDomain() != "" {
		traces = append(traces, "a cluster domain in "+resolvConfFile)
	}
	if hosts, _ := sys.read(hostsFile, maxConfig); strings.Contains(string(hosts), "# Kubernetes-managed hosts file") {
		traces = append(traces, "the kubelet's "+hostsFile)
	}
	return traces
}

var dnsName = regexp.MustCompile(`^([A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?\.?$`)

// malformed says what is wrong with the value of hostVar or portVar, or "".
func malformed(name, value string) string {
	switch {
	case value == "":
		return "set, but empty"
	case strings.TrimSpace(value) != value:
		return "white space around the value"
	case strings.Trim(value, `"'`) != value:
		return "quotes are part of the value"
	case name == portVar:
		if port, err := strconv.ParseUint(value, 10, 16); err != nil || port == 0 || strconv.FormatUint(port, 10) != value {
			return "not a port number from 1 to 65535"
		}
		return ""
	case strings.Contains(value, "://"):
		return "a URL, where a host is expected"
	case strings.HasPrefix(value, "["):
		return "brackets are part of the value; clients add their own"
	}
	if addr, err := netip.ParseAddr(value); err == nil && addr.Zone() == "" {
		return ""
	}
	if len(value) > 253 || !dnsName.MatchString(value) || onlyDigits.MatchString(value) {
		return "neither an IP address nor a DNS name"
	}
	return ""
}

var onlyDigits = regexp.MustCompile(`^[0-9.]+$`)

func sameHost(a, b string) bool {
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	if errX == nil && errY == nil {
		return x.Unmap() == y.Unmap()
	}
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

var envProxy = &Check{
	ID:    "env.proxy",
	Title: "no HTTP proxy stands between this process and the API server",
	Needs: []string{"env.service"},
	Run:   runEnvProxy,
}

// runEnvProxy reads the variables as Go's net/http does, and names what other
// clients read in another way.
func runEnvProxy(_ context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	target := &url.URL{Scheme: "https", Host: net.JoinHostPort(session.Host, session.Port)}
	noProxy := firstOf(sys.Env, "NO_PROXY", "no_proxy")
	proxyVar := firstSet(sys.Env, "HTTPS_PROXY", "https_proxy")
	config := httpproxy.Config{HTTPSProxy: sys.Env[proxyVar], NoProxy: noProxy}
	proxy, err := config.ProxyFunc()(target)

	var e Evidence
	if proxy != nil {
		e.Add("proxy", "%s from %s", proxy.Redacted(), proxyVar)
		e.Add("NO_PROXY", "%s", noProxy)
		e.Add("entry to add", "%s", session.Host)
		if session.httpProxy = session.token.keptFrom(proxy); session.httpProxy != proxy {
			e.Add("credentials", "not sent: they hold this pod's token")
		}
		return warn("proxy.in-path", e, "%s sends %s through %s; NO_PROXY does not list %s", proxyVar, target.Host, proxy.Redacted(), session.Host)
	}
	if err != nil {
		return warn("proxy.in-path", e, "%s holds no URL that Go can use", proxyVar)
	}
	all := firstSet(sys.Env, "ALL_PROXY", "all_proxy")
	if proxyVar == "" && all == "" {
		return pass(e, "no proxy is set for %s", target.Host)
	}
	e.Add("NO_PROXY", "%s", noProxy)
	e.Add("entry to add", "%s", session.Host)
	switch listed := slices.ContainsFunc(noProxyEntries(noProxy), func(entry string) bool { return plainMatch(entry, session.Host, session.Port) }); {
	case differ(sys.Env, "NO_PROXY", "no_proxy"):
		return warn("proxy.client-dependent", e, "NO_PROXY and no_proxy differ: clients read one or the other")
	case !listed && proxyVar == "":
		return warn("proxy.client-dependent", e, "%s is set, which Go ignores and curl and Python obey for %s", all, target.Host)
	case !listed:
		return warn("proxy.client-dependent", e, "NO_PROXY covers %s for Go, but not by its plain name or address: other clients use the proxy of %s", session.Host, proxyVar)
	}
	return pass(e, "NO_PROXY lists %s", session.Host)
}

func noProxyEntries(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// plainMatch says whether every client takes the entry for this host.
func plainMatch(entry, host, port string) bool {
	return entry == "*" || sameHost(strings.Trim(entry, "[]"), host) || entry == net.JoinHostPort(host, port)
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

var envClient = &Check{
	ID:    "env.client",
	Title: "nothing overrides the in-cluster configuration of common clients",
	Run:   runEnvClient,
}

// overriding maps variables to the clients that prefer them to the in-cluster
// configuration.
var overriding = [][2]string{
	{"KUBECONFIG", "kubectl, client-go's clientcmd, Python load_config, JavaScript loadFromDefault"},
	{"KUBERNETES_MASTER", "fabric8, older kubectl"},
	{"KUBERNETES_AUTH_TOKEN", "fabric8"},
	{"KUBERNETES_AUTH_BASIC_USERNAME", "fabric8"},
	{"KUBERNETES_AUTH_BASIC_PASSWORD", "fabric8"},
	{"KUBERNETES_OAUTH_TOKEN", "fabric8"},
	{"KUBERNETES_CERTS_CA_FILE", "fabric8"},
	{"KUBERNETES_CERTS_CLIENT_FILE", "fabric8"},
	{"KUBERNETES_TRUST_CERTIFICATES", "fabric8"},
	{"KUBERNETES_AUTH_TRYSERVICEACCOUNT", "fabric8"},
}

func runEnvClient(_ context.Context, sys *System, _ *Session, log *observe.Log) Outcome {
	var e Evidence
	var found []string
	for _, o := range overriding {
		if sys.Env[o[0]] != "" {
			found = append(found, o[0])
			e.Add(o[0], "set; read by %s", o[1])
		}
	}
	if home := sys.Env["HOME"]; home != "" {
		file := strings.TrimSuffix(home, "/") + "/.kube/config"
		if _, err := sys.stat(file); err == nil {
			found = append(found, file)
			e.Add(file, "exists; read by kubectl, client-go's clientcmd and most loaders of a default configuration")
		}
	}
	if len(found) == 0 {
		return pass(e, "no kubeconfig and no client variable is set")
	}
	e.Add("overrides", "%s", strings.Join(found, ", "))
	return warn("env.client-override", e, "%s will beat the in-cluster configuration in some clients", strings.Join(found, ", "))
}
