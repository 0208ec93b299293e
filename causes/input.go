package causes

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pattern"
)

// Pod is the pod that was examined, as far as it is known.
type Pod struct {
	Name           string `json:"name"`
	Namespace      string `json:"namespace"`
	Node           string `json:"node"`
	IP             string `json:"ip"`
	ServiceAccount string `json:"serviceAccount"`
	// Doctor says that the pod is k8sdoctor's own and stands in for another one,
	// and For which one, as far as that was said: a fix is for that pod.
	Doctor bool   `json:"doctor,omitempty"`
	For    string `json:"for,omitempty"`
}

// Input is what a fix is filled in with: the pod, and what one run observed.
type Input struct {
	Pod  Pod
	Seen observe.Set
}

// The methods below end up in commands that are pasted into a shell. What they
// return comes from files, variables and servers that anybody may have written,
// so each returns a placeholder in capitals unless the value has the exact form
// that Kubernetes asks for.

// Namespace returns the pod's namespace, or "NAMESPACE".
func (in Input) Namespace() string {
	return choose(label, "NAMESPACE", in.Pod.Namespace,
		observe.VolumeNamespaceIs.In(in.Seen), observe.TokenNamespace.In(in.Seen))
}

// PodName returns the name of the pod that a fix is for, or "POD".
func (in Input) PodName() string {
	if in.Pod.Doctor {
		return choose(subdomain, "POD", in.Pod.For)
	}
	return choose(subdomain, "POD", in.Pod.Name, observe.TokenPodName.In(in.Seen))
}

// Node returns the name of the pod's node, or "NODE".
func (in Input) Node() string {
	return choose(subdomain, "NODE", in.Pod.Node, observe.TokenNode.In(in.Seen))
}

// ServiceAccount returns the name of the account that the pod is meant to run
// as, or "SERVICE_ACCOUNT".
func (in Input) ServiceAccount() string {
	return choose(subdomain, "SERVICE_ACCOUNT", in.Pod.ServiceAccount, observe.TokenServiceAccount.In(in.Seen))
}

// Secret returns the name of the Secret that a legacy token came from, or
// "SECRET".
func (in Input) Secret() string {
	return choose(subdomain, "SECRET", observe.TokenSecret.In(in.Seen))
}

// flowSchema returns the uid of the flow schema that the API server named in its
// answer, or "FLOWSCHEMA_UID".
func (in Input) flowSchema() string {
	return choose(uids().MatchString, "FLOWSCHEMA_UID", observe.APIFlowSchemaUID.In(in.Seen))
}

var uids = pattern.Lazy(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// APIService returns the name of an API that another server provides and that
// is down, or "APISERVICE".
func (in Input) APIService() string {
	stale := observe.APIStaleNames.In(in.Seen)
	if len(stale) == 0 {
		return "APISERVICE"
	}
	group, version, _ := strings.Cut(stale[0], "/")
	return choose(subdomain, "APISERVICE", version+"."+group)
}

// Host returns the address or name at which this pod looks for the API server,
// or "API_HOST".
func (in Input) Host() string {
	return choose(host, "API_HOST", observe.EnvHostValue.In(in.Seen), in.serviceAddr())
}

// Port returns the port that belongs to Host, or "443".
func (in Input) Port() string {
	return choose(port, "443", observe.EnvPortValue.In(in.Seen))
}

// HostPort returns Host and Port as an address to dial.
func (in Input) HostPort() string { return net.JoinHostPort(in.Host(), in.Port()) }

func (in Input) serviceAddr() string { return observe.EnvKubeletHost.In(in.Seen) }

// serviceIP is the API's, as far as it is in the variables, or "".
func (in Input) serviceIP() string {
	return choose(address, "", in.serviceAddr(), observe.EnvHostValue.In(in.Seen))
}

// servers are the API servers' own addresses, as the EndpointSlices have them.
func (in Input) servers() (list []netip.AddrPort) {
	for _, text := range observe.APIBackendsAre.In(in.Seen) {
		if at, err := netip.ParseAddrPort(text); err == nil && at.Addr().Zone() == "" {
			list = append(list, at)
		}
	}
	return list
}

// serverPeers are they as peers of a NetworkPolicy.
func (in Input) serverPeers() string {
	var peers []string
	for _, at := range in.servers() {
		peers = append(peers, "{ipBlock: {cidr: '"+asRange(at.Addr().String())+"'}}")
	}
	return strings.Join(peers, ", ")
}

func (in Input) serverPort() string {
	if list := in.servers(); len(list) > 0 {
		return strconv.Itoa(int(list[0].Port()))
	}
	return ""
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

// The forms of what stands in the selectors of a policy, as package cluster of the launcher
// writes it.
var (
	labelMaps    = pattern.Lazy(`^\{[A-Za-z0-9][-A-Za-z0-9_./]*: '[-A-Za-z0-9_.]*'(, [A-Za-z0-9][-A-Za-z0-9_./]*: '[-A-Za-z0-9_.]*')*\}$`)
	labelList    = pattern.Lazy(`^[A-Za-z0-9][-A-Za-z0-9_./]*=[-A-Za-z0-9_.]*(,[A-Za-z0-9][-A-Za-z0-9_./]*=[-A-Za-z0-9_.]*)*$`)
	requirements = pattern.Lazy(`^(\{key: '[-A-Za-z0-9_./]+', operator: (In|NotIn|Exists|DoesNotExist)(, values: \['[-A-Za-z0-9_.]*'(, '[-A-Za-z0-9_.]*')*\])?\},)+$`)
)

var labels = pattern.Lazy(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

func subdomain(v string) bool { return len(v) <= 253 && labels().MatchString(v) }

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
var sources = map[string]func(Input) string{
	"NAMESPACE": Input.Namespace, "POD": Input.PodName, "NODE": Input.Node, "SERVICE_ACCOUNT": Input.ServiceAccount,
	"SECRET": Input.Secret, "FLOWSCHEMA_UID": Input.flowSchema, "APISERVICE": Input.APIService,
	"API_HOST": Input.Host, "API_PORT": Input.Port,
	"API_HOSTPORT": func(in Input) string {
		if in.Host() == "API_HOST" {
			return ""
		}
		return in.HostPort()
	},
	"SERVICE_IP":      Input.serviceIP,
	"EGRESS_POLICIES": func(in Input) string { return choose(subdomain, "", observe.PolicyNames.In(in.Seen)...) },
	"LABELS":          func(in Input) string { return choose(labelMaps().MatchString, "", observe.PodLabels.In(in.Seen)) },
	"SELECTS": func(in Input) string {
		return choose(requirements().MatchString, "", observe.PolicySelects.In(in.Seen))
	},
	"API_SERVER_PEERS": Input.serverPeers,
	"API_SERVER_PORT":  Input.serverPort,
	"SERVICE_CIDR":     func(in Input) string { return asRange(in.serviceIP()) },
	"DNS_CIDR": func(in Input) string {
		return asRange(choose(address, "", observe.DNSNameservers.In(in.Seen)...))
	},
}

// known is what was seen of what a word in capitals stands for, or "".
func (in Input) known(word string) string {
	if source, ok := sources[word]; ok {
		if value := source(in); value != word {
			return value
		}
	}
	return ""
}
