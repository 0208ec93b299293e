package diagnosis

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func env(host string, status checks.Status, code string) checks.Result {
	return result("env.service", status, code, "KUBERNETES_SERVICE_HOST", host, "KUBERNETES_SERVICE_PORT", "443")
}

func fails(id, code string) checks.Result { return result(id, checks.Fail, code) }

func warns(id, code string) checks.Result { return result(id, checks.Warn, code) }

func TestDiagnoseNamesTheFirstCause(t *testing.T) {
	byAddress, byName := env("10.96.0.1", checks.Pass, ""), env("api.example.org", checks.Pass, "")
	accepted := result("auth.review", checks.Pass, "", "user", "system:serviceaccount:shop:checkout")
	for _, tc := range []struct {
		name    string
		results []checks.Result
		want    string // codes of the causes
	}{
		{"nothing ran", nil, ""},
		{"all pass", []checks.Result{byAddress, accepted}, ""},
		{"env before volume", []checks.Result{env("", checks.Fail, "env.missing"), fails("volume.token", "volume.token-empty")}, "env.missing volume.token-empty"},
		{"volume before net", []checks.Result{byAddress, fails("net.connect", "net.api-blocked"), fails("volume.token", "volume.token-empty")}, "volume.token-empty net.api-blocked"},
		{"net before DNS, by address", []checks.Result{byAddress, fails("dns.servers", "dns.servfail"), fails("net.connect", "net.api-down")}, "net.api-down"},
		{"DNS before net, by name", []checks.Result{byName, fails("net.connect", "net.api-down"), fails("dns.servers", "dns.servfail")}, "dns.servfail net.api-down"},
		{"proxy before DNS, by address", []checks.Result{byAddress, fails("dns.servers", "dns.silent"), fails("net.proxy", "proxy.in-path")}, "proxy.in-path dns.silent"},
		{"DNS before TLS", []checks.Result{byAddress, fails("tls.chain", "tls.unknown-ca"), fails("dns.servers", "dns.silent")}, "dns.silent tls.unknown-ca"},
		{"TLS before token", []checks.Result{byAddress, fails("auth.review", "token.rejected"), fails("tls.chain", "tls.unknown-ca")}, "tls.unknown-ca token.rejected token.unknown-key token.unknown-issuer"},
		{"token before API", []checks.Result{byAddress, fails("api.health", "api.unhealthy"), fails("auth.review", "token.rejected")}, "token.rejected token.unknown-key token.unknown-issuer"},
		{"kubectl proxy last", []checks.Result{byAddress, fails("kubectl-proxy.api", "kubectl-proxy.down"), fails("api.health", "api.unhealthy")}, "api.unhealthy kubectl-proxy.down"},
		{"other people's checks after ours", []checks.Result{byAddress, fails("storage.mount", "storage.slow"), fails("kubectl-proxy.api", "kubectl-proxy.down")}, "kubectl-proxy.down storage.slow"},
		{"a broken check hides nothing", []checks.Result{byAddress, fails("dns.servers", "internal.error"), fails("storage.mount", "storage.slow")}, "storage.slow internal.error"},
		{"a broken check alone", []checks.Result{byAddress, fails("dns.servers", "internal.error")}, "internal.error"},
		{"the same layer keeps the order of the run", []checks.Result{byAddress, fails("dns.servers", "dns.silent"), fails("dns.resolve", "dns.nxdomain")}, "dns.silent"},
		{"a failure before a warning", []checks.Result{warns("env.client", "env.client-override"), fails("api.access", "api.forbidden")}, "api.forbidden env.client-override"},
		{"the first warning", []checks.Result{byAddress, accepted, warns("tls.name", "tls.name-not-covered"), warns("env.client", "env.client-override")}, "env.client-override tls.name-not-covered"},
		{"the server has accepted the token", []checks.Result{byAddress, warns("token.claims", "token.expired"), accepted, warns("auth.clock", "token.clock-skew")}, "token.clock-skew"},
		{"an API of another server explains nothing", []checks.Result{byAddress, accepted, warns("api.versions", "api.aggregation-broken"), warns("api.version", "api.version-skew")}, "api.aggregation-broken api.version-skew"},
		{"nor is it explained by what is not asked for", []checks.Result{byAddress, warns("auth.review", "api.review-unavailable"), warns("api.versions", "api.aggregation-broken")}, "api.review-unavailable api.aggregation-broken"},
		{"nobody has asked the server", []checks.Result{byAddress, warns("token.claims", "token.expired")}, "token.expired"},
		{"skips are no causes", []checks.Result{byAddress, result("tls.chain", checks.Skip, "")}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := Diagnose(Seen{Results: tc.results})
			got := ""
			for _, c := range v.Causes {
				got = strings.TrimSpace(got + " " + c.Code)
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if v.Summary == "" || v.Causes == nil {
				t.Errorf("summary %q, causes %#v", v.Summary, v.Causes)
			}
		})
	}
}

func TestSummaryClaimsOnlyWhatWasSeen(t *testing.T) {
	address := env("10.96.0.1", checks.Pass, "")
	v6 := env("fd00::1", checks.Pass, "")
	accepted := result("auth.review", checks.Pass, "", "user", "system:serviceaccount:shop:checkout")
	nameless := result("auth.review", checks.Warn, "api.review-unavailable")
	host := result("tls.host", checks.Pass, "")
	denial := fails("api.access", "api.forbidden")
	denial.Observations = observe.Collect(func(log *observe.Log) { observe.APIDenied.Saw(log, 1, 2) })
	for _, tc := range []struct {
		name    string
		results []checks.Result
		want    string
	}{
		{"nothing", nil, "no check has run"},
		{"accepted", []checks.Result{address, host, accepted}, "this pod can use the API server at 10.96.0.1:443 as system:serviceaccount:shop:checkout; what it may do there was not asked (--can-i VERB/RESOURCE)"},
		{"accepted, and may do what it was asked about", []checks.Result{address, accepted, result("api.access", checks.Pass, "")}, "this pod can use the API server at 10.96.0.1:443 as system:serviceaccount:shop:checkout"},
		{"accepted, and nothing was asked about", []checks.Result{address, accepted, result("api.access", checks.Skip, "")}, "this pod can use the API server at 10.96.0.1:443 as system:serviceaccount:shop:checkout; what it may do there was not asked (--can-i VERB/RESOURCE)"},
		{"IPv6", []checks.Result{v6, accepted}, "this pod can use the API server at [fd00::1]:443 as system:serviceaccount:shop:checkout; what it may do there was not asked (--can-i VERB/RESOURCE)"},
		{"nobody asked about the token", []checks.Result{address, host}, "the API server at 10.96.0.1:443 answers; whether it accepts this pod's token was not asked"},
		{"no TLS", []checks.Result{address, result("tls.host", checks.Skip, "")}, "no check has failed; whether the API server can be used was not asked"},
		{"only skips", []checks.Result{result("env.service", checks.Skip, "")}, "no check has failed; whether the API server can be used was not asked"},
		{"warning", []checks.Result{address, nameless}, "the API server at 10.96.0.1:443 accepts this pod's token; warning: auth.review: what auth.review saw"},
		{"certain", []checks.Result{address, fails("tls.chain", "tls.not-tls")}, "what answers at the API server's address and port does not speak TLS; tls.chain: what tls.chain saw"},
		{"possible", []checks.Result{address, fails("net.connect", "net.api-down")}, "possibly: no API server listens behind the service IP; net.connect: what net.connect saw"},
		{
			"told apart", []checks.Result{address, clusterDNS, dnsAnswers, apiSilent},
			"most likely: an egress policy, a firewall or a security group drops what this pod sends to the API server; net.connect: what net.connect saw; " +
				"the nameserver's service IP answers, so service IPs work and packets leave this pod",
		},
		{"unknown code", []checks.Result{fails("storage.mount", "storage.slow")}, "storage.mount: what storage.mount saw"},
		{
			"DNS fails and the API works", []checks.Result{address, fails("dns.servers", "dns.no-endpoints"), accepted},
			"possibly: no DNS server is ready behind the service IP; dns.servers: what dns.servers saw; yet the API server at 10.96.0.1:443 accepts this pod's token",
		},
		{
			"forbidden is no contradiction", []checks.Result{address, accepted, fails("api.access", "api.forbidden")},
			"most likely: the API server knows this account and does not allow it what was asked; api.access: what api.access saw",
		},
		{
			"a denial is proof", []checks.Result{address, accepted, denial},
			"the API server knows this account and does not allow it what was asked; api.access: what api.access saw",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Diagnose(Seen{Results: tc.results}).Summary); diff != "" {
				t.Errorf("summary (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFindingRestsOnEvidence(t *testing.T) {
	r := result("net.connect", checks.Fail, "net.api-blocked", "address", "10.96.0.1:443", "answer", "no answer within 5s")
	got := Diagnose(Seen{Pod: causes.Pod{Namespace: "shop"}, Results: []checks.Result{r}}).Causes[0]
	want := []string{"net.connect: what net.connect saw", "address: 10.96.0.1:443", "answer: no answer within 5s"}
	if diff := cmp.Diff(want, got.Evidence); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
	if !strings.Contains(strings.Join(got.Fix, "\n"), "kubectl -n shop get networkpolicy") {
		t.Errorf("the fix does not name the namespace: %q", got.Fix)
	}
	for i := range 30 {
		r.Evidence.Add("more", "%d", i)
	}
	if got := Diagnose(Seen{Results: []checks.Result{r}}).Causes[0]; len(got.Evidence) != maxFacts+1 {
		t.Errorf("%d pieces of evidence, want %d", len(got.Evidence), maxFacts+1)
	}
}

func TestVerdictHasNoNullInJSON(t *testing.T) {
	for _, results := range [][]checks.Result{nil, {fails("storage.mount", "storage.slow")}, {fails("x", "")}} {
		data, err := json.Marshal(Diagnose(Seen{Results: results}))
		if err != nil || strings.Contains(string(data), "null") {
			t.Errorf("%s, error %v", data, err)
		}
	}
}

func TestConsequenceStandsUnderTheCauseThatExplainsIt(t *testing.T) {
	named := []Finding{{Code: "net.api-down"}, {Code: "net.policy-rejects"}}
	for _, tc := range []struct {
		name string
		r    checks.Result
		want int
	}{
		{"DNS refuses: the policy, not the API", fails("dns.servers", "dns.no-endpoints"), 1},
		{"DNS cannot reach the API: the API", fails("dns.servers", "dns.servfail"), 0},
		{"a missing file: neither", fails("volume.ca", "volume.ca-missing"), -1},
	} {
		if got := explains(named, tc.r); got != tc.want {
			t.Errorf("%s: got %d, want %d", tc.name, got, tc.want)
		}
	}
}
