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

// PodName returns the name of the pod that a fix is for, or "POD".
func (s Seen) PodName() string {
	if s.Pod.Doctor {
		return choose(subdomain, "POD", s.Pod.For)
	}
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

// serviceIP is the API's, as far as it is in the variables, or "".
func (s Seen) serviceIP() string {
	return choose(address, "", s.serviceAddr(), s.Evidence("env.service", "KUBERNETES_SERVICE_HOST"))
}

// asRange is the CIDR that holds one address only.
func asRange(addr string) string {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return ""
	}
	return netip.PrefixFrom(a, a.BitLen()).String()
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

// sources say what was seen of what a word in capitals stands for; the word
// itself, or "", is nothing.
var sources = map[string]func(Seen) string{
	"NAMESPACE": Seen.Namespace, "POD": Seen.PodName, "NODE": Seen.Node, "SERVICE_ACCOUNT": Seen.ServiceAccount,
	"SECRET": Seen.Secret, "FLOWSCHEMA_UID": Seen.flowSchema, "APISERVICE": Seen.APIService,
	"API_HOST": Seen.Host, "API_PORT": Seen.Port,
	"API_HOSTPORT": func(s Seen) string {
		if s.Host() == "API_HOST" {
			return ""
		}
		return s.HostPort()
	},
	"SERVICE_IP":   Seen.serviceIP,
	"SERVICE_CIDR": func(s Seen) string { return asRange(s.serviceIP()) },
	"DNS_CIDR": func(s Seen) string {
		return asRange(choose(address, "", strings.Fields(s.Evidence("dns.config", "nameservers"))...))
	},
}

// known is what was seen of what a word in capitals stands for, or "".
func (s Seen) known(word string) string {
	if source, ok := sources[word]; ok {
		if value := source(s); value != word {
			return value
		}
	}
	return ""
}
