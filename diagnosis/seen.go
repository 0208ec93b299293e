package diagnosis

import (
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// Result returns the result of the check id; its Status is empty when the
// check was not part of the run.
func (s Seen) Result(id string) checks.Result {
	for _, r := range s.Results {
		if r.ID == id {
			return r
		}
	}
	return checks.Result{}
}

// Evidence returns one fact of the check id, or "".
func (s Seen) Evidence(id, key string) string { return s.Result(id).Evidence.Get(key) }

// worked says that the check id ran and found nothing that blocks.
func (s Seen) worked(id string) bool {
	status := s.Result(id).Status
	return status == checks.Pass || status == checks.Warn
}

// The methods below end up in commands that are pasted into a shell. What they
// return comes from files, variables and servers that anybody may have written,
// so each returns a placeholder in capitals unless the value has the exact form
// that Kubernetes asks for.

// Namespace returns the pod's namespace, or "NAMESPACE".
func (s Seen) Namespace() string {
	return choose(label, "NAMESPACE", s.Pod.Namespace,
		s.Evidence("volume.namespace", "namespace"), s.Evidence("token.claims", "namespace"))
}

// PodName returns the pod's name, or "POD".
func (s Seen) PodName() string {
	return choose(subdomain, "POD", s.Pod.Name, s.Evidence("token.claims", "pod"))
}

// Node returns the name of the pod's node, or "NODE".
func (s Seen) Node() string {
	return choose(subdomain, "NODE", s.Pod.Node, s.Evidence("token.claims", "node"))
}

// ServiceAccount returns the name of the account that the pod is meant to run
// as, or "SERVICE_ACCOUNT".
func (s Seen) ServiceAccount() string {
	return choose(subdomain, "SERVICE_ACCOUNT", s.Pod.ServiceAccount, s.Evidence("token.claims", "service account"))
}

// Secret returns the name of the Secret that a legacy token came from, or
// "SECRET".
func (s Seen) Secret() string {
	return choose(subdomain, "SECRET", s.Evidence("token.claims", "secret"))
}

// flowSchema returns the uid of the flow schema that the API server named in its
// answer, or "FLOWSCHEMA_UID".
func (s Seen) flowSchema() string {
	const header = "x-kubernetes-pf-flowschema-uid"
	return choose(uids.MatchString, "FLOWSCHEMA_UID", s.Evidence("auth.review", header), s.Evidence("api.versions", header))
}

var uids = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// APIService returns the name of an API that another server provides and that
// is down, or "APISERVICE".
func (s Seen) APIService() string {
	first, _, _ := strings.Cut(s.Evidence("api.versions", "stale"), ", ")
	group, version, _ := strings.Cut(first, "/")
	return choose(subdomain, "APISERVICE", version+"."+group)
}

// Host returns the address or name at which this pod looks for the API server,
// or "API_HOST".
func (s Seen) Host() string {
	return choose(host, "API_HOST", s.Evidence("env.service", "KUBERNETES_SERVICE_HOST"), s.serviceAddr())
}

// Port returns the port that belongs to Host, or "443".
func (s Seen) Port() string {
	return choose(port, "443", s.Evidence("env.service", "KUBERNETES_SERVICE_PORT"))
}

// HostPort returns Host and Port as an address to dial.
func (s Seen) HostPort() string { return net.JoinHostPort(s.Host(), s.Port()) }

// hostIsName says that the way to the API server begins with a DNS lookup.
func (s Seen) hostIsName() bool { return s.Host() != "API_HOST" && !address(s.Host()) }

func (s Seen) serviceAddr() string { return s.Evidence("env.service", "KUBERNETES_PORT_443_TCP_ADDR") }

func (s Seen) serviceCIDR() string {
	return cidr(choose(address, "SERVICE_IP", s.Evidence("env.service", "KUBERNETES_SERVICE_HOST"), s.serviceAddr()))
}

// endpoint returns the API server's own address, behind the Service, as the
// server or the user has named it.
func (s Seen) endpoint() (addr, portNumber string) {
	own := s.Evidence("api.versions", "server address for 0.0.0.0/0")
	if tried := s.Result("probe.endpoint").Evidence; own == "" && len(tried) > 0 {
		own = tried[0].Key
	}
	h, p, err := net.SplitHostPort(own)
	if err != nil {
		h, p = "", ""
	}
	return choose(address, "API_SERVER_IP", h), choose(port, "6443", p)
}

func (s Seen) dnsCIDR() string {
	return cidr(choose(address, "DNS_SERVICE_IP", strings.Fields(s.Evidence("dns.config", "nameservers"))...))
}

func cidr(addr string) string {
	if a, err := netip.ParseAddr(addr); err == nil && a.Is6() {
		return addr + "/128"
	}
	return addr + "/32"
}

// choose returns the first value that has the form, or the placeholder.
func choose(form func(string) bool, placeholder string, values ...string) string {
	for _, v := range values {
		if form(v) {
			return v
		}
	}
	return placeholder
}

var labels = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

func subdomain(v string) bool { return len(v) <= 253 && labels.MatchString(v) }

func label(v string) bool { return len(v) <= 63 && subdomain(v) && !strings.Contains(v, ".") }

func address(v string) bool {
	a, err := netip.ParseAddr(v)
	return err == nil && a.Zone() == ""
}

func host(v string) bool { return address(v) || subdomain(strings.ToLower(v)) }

func port(v string) bool {
	n, err := strconv.ParseUint(v, 10, 16)
	return err == nil && n > 0
}

var placeholder = regexp.MustCompile(`\b[A-Z_]{3,}\b`)

// steps makes a fix out of texts in which placeholders in capitals stand for
// what a run may have seen; those it has not seen stay as they are.
func steps(texts ...string) func(Seen) []string {
	return func(s Seen) []string {
		endpointAddr, endpointPort := s.endpoint()
		known := map[string]string{
			"NAMESPACE": s.Namespace(), "POD": s.PodName(), "NODE": s.Node(),
			"SERVICE_ACCOUNT": s.ServiceAccount(), "SECRET": s.Secret(),
			"FLOWSCHEMA_UID": s.flowSchema(), "APISERVICE": s.APIService(),
			"API_HOST": s.Host(), "API_PORT": s.Port(), "API_HOSTPORT": s.HostPort(),
			"SERVICE_CIDR": s.serviceCIDR(), "DNS_CIDR": s.dnsCIDR(),
			"API_SERVER_CIDR": cidr(endpointAddr), "API_SERVER_PORT": endpointPort,
		}
		filled := make([]string, len(texts))
		for i, text := range texts {
			filled[i] = placeholder.ReplaceAllStringFunc(text, func(word string) string {
				if value, ok := known[word]; ok {
					return value
				}
				return word
			})
		}
		return filled
	}
}
