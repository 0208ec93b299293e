package lab

import (
	"slices"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/messages"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// reported are messages of people, by the cause behind them, for what the lab cannot make
// a client print.
var reported = map[string][]string{
	"launch.admission":          {`Error creating: pods "web-5d4f-x2x" is forbidden: violates PodSecurity "restricted:latest"`, `admission webhook "deny.example.com" denied the request: no`},
	"launch.quota":              {`Error creating: pods "web-5d4f-x2x" is forbidden: exceeded quota: compute`},
	"launch.unscheduled":        {"0/3 nodes are available: 3 Insufficient cpu."},
	"launch.node-lost":          {"Kubelet stopped posting node status."},
	"launch.volume":             {`MountVolume.SetUp failed for volume "conf" : configmap "web" not found`},
	"launch.sandbox":            {"Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox"},
	"net.pod-network-down":      {"container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:cni plugin not initialized"},
	"launch.image":              {`Back-off pulling image "shop/web:v2"`, "ImagePullBackOff"},
	"launch.container":          {"Error: container has runAsNonRoot and image will run as root", "RunContainerError"},
	"launch.config":             {`Error: couldn't find key url in ConfigMap shop/web`},
	"env.malformed":             {`parse "https://https://10.96.0.1:443": invalid port ":443" after host`, "dial tcp: lookup https: no such host"},
	"env.client-override":       {`error: context "minikube" does not exist`, "Cannot find module '/opt/apm.js'"},
	"volume.token-denied":       {"open /var/run/secrets/kubernetes.io/serviceaccount/token: permission denied", "java.nio.file.AccessDeniedException: /var/run/secrets/kubernetes.io/serviceaccount/token"},
	"volume.denied":             {"cat: /var/run/secrets/kubernetes.io/serviceaccount/token: Permission denied"},
	"volume.namespace-mismatch": {`pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group "" in the namespace "staging"`},
	"net.service-ips-dead":      {"Get \"https://10.96.0.1:443/version\": dial tcp 10.96.0.1:443: i/o timeout"},
	"net.policy-needs-endpoint": {"HTTPSConnectionPool(host='10.96.0.1', port=443): Max retries exceeded with url: /api (Caused by ConnectTimeoutError: timed out)"},
	"net.some-endpoints-dead":   {"context deadline exceeded (Client.Timeout exceeded while awaiting headers)"},
	"net.lossy":                 {"net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)"},
	"net.conntrack-full":        {"connect ETIMEDOUT 10.96.0.1:443"},
	"net.first-syn-dropped":     {"curl: (28) Connection timed out after 1001 milliseconds"},
	"net.half-open":             {"http2: client connection lost", "read: connection timed out"},
	"net.mtu":                   {"net/http: TLS handshake timeout"},
	"net.reply-untranslated":    {";; reply from unexpected source: 10.244.0.3#53, expected 10.96.0.10#53"},
	"net.sni-required":          {"remote error: tls: unrecognized name"},
	"net.mesh-intercepts":       {"read tcp 10.244.1.7:51234->10.96.0.1:443: read: connection reset by peer", "EOF"},
	"proxy.in-path":             {"proxyconnect tcp: dial tcp 10.20.0.5:3128: i/o timeout", "('Tunnel connection failed: 403 Forbidden',)"},
	"dns.slow":                  {"dial tcp: lookup kubernetes.default.svc on 10.96.0.10:53: read udp 10.244.1.7:4711->10.96.0.10:53: i/o timeout"},
	"dns.slow-race":             {"dial tcp: lookup kubernetes.default.svc: i/o timeout", "getaddrinfo EAI_AGAIN kubernetes.default.svc"},
	"dns.tcp-blocked":           {"lookup kubernetes.default.svc on 10.96.0.10:53: dial tcp 10.96.0.10:53: i/o timeout"},
	"dns.aaaa-broken":           {"curl: (6) Could not resolve host: kubernetes.default.svc"},
	"dns.limits":                {"getaddrinfo ENOTFOUND kubernetes.default.svc"},
	"dns.search-broken":         {"wget: bad address: Name does not resolve"},
	"dns.search-hijack":         {"x509: certificate is valid for *.corp.example, not kubernetes.default.svc"},
	"dns.wrong-answer":          {"x509: certificate is valid for 172.18.0.2, 10.96.0.1, not 10.96.7.7"},
	"dns.other-domain":          {"dial tcp: lookup kubernetes.default.svc.cluster.local on 10.96.0.10:53: no such host"},
	"tls.expires-soon":          {"x509: certificate has expired or is not yet valid: current time 2026-12-04T00:00:00Z is after 2026-12-03T00:00:00Z"},
	"tls.no-common-version":     {"remote error: tls: protocol version not supported", "remote error: tls: handshake failure"},
	"token.clock-skew":          {"x509: certificate has expired or is not yet valid", "token is expired"},
	"token.legacy":              {"legacy service account token has been invalidated: Unauthorized"},
	"token.other-account":       {`pods is forbidden: User "system:serviceaccount:shop:default" cannot list resource "pods"`},
	"api.not-kubernetes":        {"invalid character '<' looking for beginning of value"},
	"api.forbidden":             {`nodes is forbidden: User "system:serviceaccount:shop:web" cannot list resource "nodes" in API group "" at the cluster scope`},
	"api.review-unavailable":    {"the server could not find the requested resource"},
	"api.overloaded":            {"the server has received too many requests and has asked us to try again later"},
	"api.initializing":          {"storage is (re)initializing"},
	"api.unhealthy":             {"etcdserver: request timed out, possibly due to previous leader failure", "Internal error occurred: 500"},
	"api.slow":                  {"context deadline exceeded"},
	"api.version-skew":          {"the server could not find the requested resource (get deployments.extensions)"},
	"kubectl-proxy.down":        {"Get \"http://localhost:8001/api\": dial tcp 127.0.0.1:8001: connect: connection refused"},
	"kubectl-proxy.filtered":    {"403 Forbidden", "Forbidden"},
	"kubectl-proxy.upstream":    {"502 Bad Gateway"},
}

// silent are the causes at which no client prints anything of its own.
var silent = map[string]string{
	"internal.error":     "k8sdoctor itself prints it",
	"net.policy-denies":  "what net.api-blocked prints: only the cluster's API tells them apart",
	"dns.policy-denies":  "what dns.silent prints: only the cluster's API tells them apart",
	"token.account-gone": "what token.rejected prints: only the cluster's API tells them apart",
}

// TestEveryMessageIsKnown has each client's words for each fault of the lab, and the
// reported ones, lead to that fault and to that client.
func TestEveryMessageIsKnown(t *testing.T) {
	known := map[string]bool{}
	leads := func(code, message string) {
		m, ok := messages.Find(message)
		if !ok || !slices.Contains(m.Codes, code) {
			t.Errorf("%s: %q means %q: %v", code, message, m.Says, m.Codes)
			return
		}
		known[code] = true
	}
	printed := map[string]bool{}
	for _, f := range Faults() {
		if f.NonRoot {
			continue
		}
		o := world{change: f.apply}.look(t)
		for _, c := range clients.Table(observe.All(o.results)) {
			if c.Error == "" {
				continue
			}
			for text := range strings.SplitSeq(c.Error, "; or ") {
				leads(f.Code, text)
				if !slices.Contains(messages.Clients(text), c.Name) {
					t.Errorf("%s: %q is printed by %s, got %v", f.Code, text, c.Name, messages.Clients(text))
				}
				printed[c.Name] = true
			}
		}
	}
	for code, texts := range reported {
		for _, text := range texts {
			leads(code, text)
		}
	}
	for _, c := range clients.Table(nil) {
		if !printed[c.Name] {
			t.Errorf("no fault has %s print anything", c.Name)
		}
	}
	for _, page := range causes.All() {
		if !known[page.Code] && silent[page.Code] == "" {
			t.Errorf("no message leads to %s", page.Code)
		}
	}
}
