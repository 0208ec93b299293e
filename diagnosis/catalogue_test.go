package diagnosis

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// published are the codes that scripts may match on, in causal order. None is
// ever removed or renamed.
var published = strings.Fields(`
	env.not-a-pod env.missing env.scrubbed env.malformed env.overridden env.client-override env.links-collision
	volume.not-mounted volume.empty volume.denied volume.token-missing volume.token-denied volume.token-empty
	volume.token-dirty volume.token-malformed volume.ca-missing volume.ca-invalid volume.ca-expired volume.ca-bundle
	volume.namespace-missing volume.namespace-mismatch
	net.no-route net.host-unreachable net.host-prohibited net.egress-blocked net.service-ips-dead net.api-blocked
	net.policy-needs-endpoint net.policy-rejects net.api-down net.some-endpoints-dead net.lossy net.half-open net.cidr-overlap
	net.mtu net.handshake-stalled net.mesh-not-ready net.mesh-intercepts net.sni-required
	proxy.in-path proxy.client-dependent
	dns.node-resolver dns.nxdomain dns.other-domain dns.servfail dns.refused dns.no-endpoints dns.node-cache-down
	dns.silent dns.tcp-blocked dns.slow-race dns.slow dns.search-hijack dns.search-broken dns.limits dns.aaaa-broken
	dns.wrong-answer
	tls.ca-rekeyed tls.foreign-server tls.intercepted tls.self-signed tls.mixed-servers tls.unknown-ca
	tls.host-not-covered tls.name-not-covered tls.expired tls.not-yet-valid tls.expires-soon tls.no-common-version
	tls.not-tls tls.strict-clients
	token.expired token.not-yet-valid token.clock-skew token.wrong-audience token.foreign-pod token.legacy
	token.unknown-key token.unknown-issuer token.rejected token.intermittent token.stripped token.other-account
	api.not-kubernetes api.forbidden api.review-unavailable api.overloaded api.initializing api.unhealthy api.slow
	api.aggregation-broken api.version-skew
	kubectl-proxy.down kubectl-proxy.filtered kubectl-proxy.upstream
	internal.error
`)

// warnings are the codes with which requests can work.
var warnings = strings.Fields(`
	env.client-override env.links-collision volume.ca-bundle volume.namespace-missing volume.namespace-mismatch
	net.half-open
	proxy.client-dependent
	dns.other-domain dns.tcp-blocked dns.slow dns.search-broken dns.limits dns.aaaa-broken
	tls.name-not-covered tls.expires-soon tls.strict-clients
	token.clock-skew token.other-account
	api.review-unavailable api.slow api.aggregation-broken api.version-skew
`)

// proofs are the codes for which the one observation of a check is proof. A
// code is added here only when nothing else can look the same to that check.
var proofs = strings.Fields(`
	env.scrubbed env.malformed env.client-override
	volume.not-mounted volume.token-missing volume.token-empty volume.token-dirty volume.ca-missing volume.ca-bundle
	volume.namespace-missing
	tls.host-not-covered tls.name-not-covered tls.not-tls
	token.other-account api.version-skew internal.error
`)

func TestCatalogueHoldsThePublishedCodes(t *testing.T) {
	var all, warn, certain []string
	for _, c := range Catalogue() {
		all = append(all, c.Code)
		if c.Warning {
			warn = append(warn, c.Code)
		}
		if c.Confidence == Certain {
			certain = append(certain, c.Code)
		}
	}
	for _, tc := range []struct {
		name      string
		got, want []string
	}{{"codes", all, published}, {"warnings", warn, warnings}, {"certain", certain, proofs}} {
		if diff := cmp.Diff(tc.want, tc.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestCausesAreWellFormed(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$`)
	for _, c := range Catalogue() {
		if !form.MatchString(c.Code) {
			t.Errorf("%s: not of the form layer.cause", c.Code)
		}
		if !slices.Contains([]Confidence{Certain, Likely, Possible}, c.Confidence) {
			t.Errorf("%s: confidence %q", c.Code, c.Confidence)
		}
		if c.Title == "" || len(c.Title) > 120 || strings.HasSuffix(c.Title, ".") || slices.ContainsFunc(capitals.FindAllString(c.Title, -1), isBlank) {
			t.Errorf("%s: title %q: empty, long, with a period or with a placeholder", c.Code, c.Title)
		}
		if got, ok := Lookup(c.Code); !ok || got.Title != c.Title {
			t.Errorf("Lookup(%q) = %q, %v", c.Code, got.Title, ok)
		}
	}
	if _, ok := Lookup("net.nothing"); ok {
		t.Error("Lookup knows a code that does not exist")
	}
}

func isBlank(word string) bool {
	_, is := blankNamed(word)
	return is
}

var fullSeen = Seen{
	Pod: Pod{Name: "checkout-7d9f", Namespace: "shop", Node: "worker-2", IP: "10.244.1.17", ServiceAccount: "checkout"},
	Results: []checks.Result{
		result("env.service", checks.Pass, "", "KUBERNETES_SERVICE_HOST", "10.96.0.1", "KUBERNETES_SERVICE_PORT", "443"),
		result("dns.config", checks.Pass, "", "nameservers", "10.96.0.10 10.96.0.11"),
		result("token.claims", checks.Pass, "", "secret", "checkout-token-x7"),
		result("api.versions", checks.Pass, "", "server address for 0.0.0.0/0", "172.18.0.3:6443", "stale", "metrics.k8s.io/v1beta1, custom.example/v1"),
	},
}

func result(id string, status checks.Status, code string, facts ...string) checks.Result {
	r := checks.Result{ID: id, Status: status, Code: code, Summary: "what " + id + " saw"}
	for i := 0; i < len(facts); i += 2 {
		r.Evidence.Add(facts[i], "%s", facts[i+1])
	}
	return r
}

// What a pod's files and variables hold may have been put there by anybody, and
// a fix is pasted into an administrator's shell.
func TestFixesNeverCarryForeignText(t *testing.T) {
	for _, evil := range []string{"$(reboot)", "x; reboot", "`reboot`", "x\nreboot", "'x", "x y", "../x", "-rf", "UPPER_CASE", "fe80::1%eth0", "[::1]", ""} {
		seen := Seen{
			Pod: Pod{Name: evil, Namespace: evil, Node: evil, ServiceAccount: evil},
			Results: []checks.Result{
				result("env.service", checks.Fail, "env.malformed", "KUBERNETES_SERVICE_HOST", evil, "KUBERNETES_SERVICE_PORT", evil, "KUBERNETES_PORT_443_TCP_ADDR", evil),
				result("volume.namespace", checks.Pass, "", "namespace", evil),
				result("dns.config", checks.Pass, "", "nameservers", evil),
				result("token.claims", checks.Pass, "", "namespace", evil, "pod", evil, "node", evil, "service account", evil, "secret", evil),
				result("api.versions", checks.Pass, "", "server address for 0.0.0.0/0", evil, "stale", evil),
			},
		}
		for _, c := range Catalogue() {
			if diff := cmp.Diff(Seen{}.FixOf(c), seen.FixOf(c)); diff != "" {
				t.Errorf("%s: %q changes the fix (-empty +got):\n%s", c.Code, evil, diff)
			}
		}
		if got := seen.Namespace() + seen.PodName() + seen.Node() + seen.ServiceAccount() + seen.Secret() + seen.Port(); got != "NAMESPACEPODNODESERVICE_ACCOUNTSECRET443" {
			t.Errorf("%q: got %s", evil, got)
		}
	}
}
