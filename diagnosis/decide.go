package diagnosis

import (
	"cmp"

	"github.com/k8sdoctor/k8sdoctor/causes"
)

const (
	listPolicies  = "kubectl -n NAMESPACE get networkpolicy"
	listEndpoints = "kubectl -n default get endpointslices -l kubernetes.io/service-name=kubernetes"
	serverSays    = "kubectl -n kube-system logs -l component=kube-apiserver --tail=200 | grep 'invalid bearer token'"
)

// decisive is the one observation from elsewhere that would settle a cause which
// a pod alone cannot prove, by code or else by layer.
var decisive = map[string]string{
	"net":           tryHostNetwork,
	"proxy":         "the log of the proxy: does it see CONNECT API_HOSTPORT, and what does it say to it?",
	"dns":           "kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50",
	"tls":           "openssl x509 -noout -subject -issuer -ext subjectAltName -in /etc/kubernetes/pki/apiserver.crt on a control-plane node: is that what was served?",
	"token":         "the API server's log says why: " + serverSays,
	"api":           "kubectl get --raw '/readyz?verbose' as an administrator",
	"kubectl-proxy": "kubectl -n NAMESPACE logs POD --all-containers --tail=20",
	"volume.denied": "ausearch -m avc -ts recent, or dmesg | grep -i apparmor, on node NODE",
	"volume":        "kubectl -n NAMESPACE get pod POD -o yaml: what is mounted there, and from where?",
	"env":           "kubectl -n NAMESPACE get pod POD -o yaml: which variables does it set?",
	"dns.slow":      "the same check on other nodes: if only one is slow, its connection table or its path is",
	"dns.slow-race": "conntrack -S on node NODE: insert_failed grows while names are resolved",
}

// decides returns what would settle a cause, filled in with what was seen.
func (s Seen) decides(f fit, confidence causes.Confidence) []string {
	texts := f.decide
	if len(texts) == 0 && confidence == causes.Possible {
		if text := cmp.Or(decisive[f.code], decisive[layer(f.code)]); text != "" {
			texts = []string{text}
		}
	}
	in := s.Input()
	filled := make([]string, len(texts))
	for i, text := range texts {
		filled[i] = in.Fill(text)
	}
	return filled
}
