package checks

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pattern"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// The variables that the kubelet derives from the Service "kubernetes"; see
// "Accessing the Kubernetes API from a Pod" in the Kubernetes documentation.
const (
	hostVar        = "KUBERNETES_SERVICE_HOST"
	portVar        = "KUBERNETES_SERVICE_PORT"
	portHTTPSVar   = "KUBERNETES_SERVICE_PORT_HTTPS"
	kubeletHostVar = "KUBERNETES_PORT_443_TCP_ADDR"
	kubeletPortVar = "KUBERNETES_PORT_443_TCP_PORT"
	usualPort      = "443" // of the Service "kubernetes", which the API server makes itself
)

var envService = &Check{
	ID:    "env.service",
	Title: "the environment names the API server's address and port",
	Records: []*observe.Row{
		observe.EnvHost.Row, observe.EnvPort.Row, observe.EnvHTTPSPort.Row, observe.EnvFirstProcess.Row, observe.EnvAdopted.Row, observe.EnvPodTraces.Row, observe.EnvLink.Row, observe.EnvElsewhere.Row,
		observe.EnvHostIsName.Row, observe.EnvHostValue.Row, observe.EnvPortValue.Row, observe.EnvKubeletHost.Row,
	},
	Run: runEnvService,
}

func runEnvService(_ context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	var e observe.Evidence
	for _, name := range []string{hostVar, portVar, portHTTPSVar, kubeletHostVar} {
		if value, ok := sys.Env[name]; ok {
			e.Add(name, "%s", value)
		} else {
			e.Add(name, "(not set)")
		}
	}
	if len(sys.Adopted) > 0 {
		e.Add("of process 1", "%s", strings.Join(sys.Adopted, ", "))
		observe.EnvAdopted.Saw(log, sys.Adopted...)
	}
	addLinks(sys.Env, &e)
	first := pod.FirstProcessEnv(sys)
	recordVariables(sys.Env, first, log)
	for _, name := range []string{hostVar, portVar} {
		if value, ok := sys.Env[name]; !ok {
			return missingVariable(sys, session, e, name, first, log)
		} else if fault := malformed(name, value); fault != "" {
			return malformedVariable(sys.Env, e, name, value, fault)
		}
	}
	session.Host, session.Port = sys.Env[hostVar], sys.Env[portVar]
	session.kubeletHost, _ = netip.ParseAddr(sys.Env[kubeletHostVar])

	for _, name := range []string{hostVar, portVar} {
		if otherIn(first, sys.Env, name) {
			e.Add("process 1 "+name, "%s", first[name])
			return warn(e, "%s is %s, but process 1 has %s", name, sys.Env[name], first[name])
		}
	}
	at := net.JoinHostPort(session.Host, session.Port)
	// Clouds, pod networks and balancers of the node point pods elsewhere on purpose: the
	// later checks show whether it leads anywhere.
	given := sys.Env[kubeletHostVar]
	elsewhere := given != "" && !pod.SameHost(given, session.Host)
	switch https, ok := sys.Env[portHTTPSVar]; {
	case !ok:
		return warn(e, "%s is not set; client-go does not read it, the guide's curl does", portHTTPSVar)
	case malformed(portVar, https) != "":
		return warn(e, "%s=%q: %s", portHTTPSVar, https, malformed(portVar, https))
	case https != session.Port && !elsewhere:
		return warn(e, "%s is %s and %s is %s: clients differ in which they read", portVar, session.Port, portHTTPSVar, https)
	case sys.Env[linkHostVar] != "":
		return warn(e, "%s is the port here; the Service %s sets it as well, and other containers may get %s's address", portVar, linkingService, linkingService)
	case elsewhere:
		return pass(e, "API server at %s, where the kubelet set %s", at, given)
	}
	return pass(e, "API server at %s", at)
}

func missingVariable(sys *pod.System, session *Session, e observe.Evidence, name string, first map[string]string, log *observe.Log) Outcome {
	if given := first[name]; given != "" {
		e.Add("process 1 "+name, "%s", given)
		return fail(e, "%s is not set here, process 1 has %s", name, given)
	}
	traces := podTraces(sys)
	observe.EnvPodTraces.Saw(log, len(traces))
	if len(traces) > 0 {
		e.Add("signs of a pod", "%s", strings.Join(traces, ", "))
		return fail(e, "%s is not set", name)
	}
	session.noPod = true
	return fail(e, "%s is not set, and nothing else of a pod is here", name)
}

// podTraces lists what a kubelet leaves in a container, variables apart.
func podTraces(sys *pod.System) []string {
	var traces []string
	if _, err := sys.Stat(pod.UsualServiceAccountDir); err == nil {
		traces = append(traces, pod.UsualServiceAccountDir)
	}
	if conf, _ := pod.ReadResolvConf(sys); conf.ClusterDomain() != "" {
		traces = append(traces, "a cluster domain in "+pod.ResolvConfFile)
	}
	if hosts, _ := sys.Read(pod.HostsFile, pod.MaxConfig); strings.Contains(string(hosts), "# Kubernetes-managed hosts file") {
		traces = append(traces, "the kubelet's "+pod.HostsFile)
	}
	return traces
}

var dnsName = pattern.Lazy(`^([A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?\.?$`)

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
	if len(value) > 253 || !dnsName().MatchString(value) || onlyDigits().MatchString(value) {
		return "neither an IP address nor a DNS name"
	}
	return ""
}

var onlyDigits = pattern.Lazy(`^[0-9.]+$`)
