package causes

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// published are the codes that scripts may match on, in causal order. None is
// ever removed or renamed.
var published = strings.Fields(`
	launch.admission launch.quota launch.unscheduled launch.node-lost launch.volume launch.sandbox launch.image launch.config launch.container
	env.not-a-pod env.missing env.scrubbed env.malformed env.overridden env.client-override env.links-collision
	volume.not-mounted volume.covered volume.empty volume.denied volume.token-missing volume.token-denied volume.token-empty
	volume.token-dirty volume.token-malformed volume.ca-missing volume.ca-invalid volume.ca-expired volume.ca-bundle
	volume.ca-not-root volume.ca-dirty volume.namespace-missing volume.namespace-mismatch
	net.no-route net.host-unreachable net.host-prohibited net.egress-blocked net.pod-network-down net.service-ips-dead net.api-blocked
	net.policy-denies net.policy-needs-endpoint net.policy-rejects net.api-down net.node-proxy-down net.some-endpoints-dead net.not-ready-yet net.lossy
	net.first-syn-dropped net.conntrack-full
	net.pod-routes net.pod-firewall net.reply-untranslated net.socket-denied net.ports-exhausted net.no-endpoints net.half-open
	net.cidr-overlap net.mtu net.handshake-stalled net.mesh-not-ready net.mesh-intercepts net.sni-required
	proxy.in-path proxy.client-dependent
	dns.node-resolver dns.rewritten dns.nxdomain dns.other-domain dns.servfail dns.refused dns.no-endpoints dns.node-cache-down
	dns.policy-denies dns.silent dns.udp-blocked dns.tcp-blocked dns.slow-race dns.slow dns.search-hijack dns.search-broken dns.limits dns.aaaa-broken
	dns.wrong-answer
	tls.ca-rekeyed tls.foreign-server tls.intercepted tls.self-signed tls.mixed-servers tls.unknown-ca
	tls.host-not-covered tls.name-not-covered tls.expired tls.not-yet-valid tls.expires-soon tls.no-common-version
	tls.not-tls tls.strict-clients tls.large-hello
	token.expired token.not-renewed token.not-yet-valid token.clock-skew token.wrong-audience token.foreign-pod token.legacy
	token.unknown-key token.unknown-issuer token.pod-terminating token.account-gone token.rejected token.intermittent token.stripped token.other-account
	api.not-kubernetes api.forbidden api.review-unavailable api.overloaded api.initializing api.unhealthy api.slow
	api.aggregation-broken api.version-skew
	kubectl-proxy.down kubectl-proxy.filtered kubectl-proxy.upstream
	internal.error
`)

// warnings are the codes with which requests can work.
var warnings = strings.Fields(`
	env.client-override env.links-collision volume.ca-bundle volume.ca-not-root volume.ca-dirty
	volume.namespace-missing volume.namespace-mismatch
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
	launch.admission launch.quota launch.unscheduled launch.node-lost launch.volume launch.sandbox launch.image launch.config launch.container
	env.scrubbed env.malformed env.client-override
	volume.not-mounted volume.covered volume.token-missing volume.token-empty volume.token-dirty volume.ca-missing volume.ca-bundle
	volume.ca-not-root volume.ca-dirty volume.namespace-missing
	net.policy-denies net.socket-denied
	dns.policy-denies
	tls.host-not-covered tls.name-not-covered tls.not-tls
	token.account-gone token.other-account api.version-skew internal.error
`)

func TestPagesHoldThePublishedCodes(t *testing.T) {
	var all, warn, certain []string
	for _, c := range All() {
		all = append(all, c.Code)
		if c.Warning {
			warn = append(warn, c.Code)
		}
		if c.Alone == Certain {
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

func TestPagesAreInTheOrderOfTheLayers(t *testing.T) {
	at, before := 0, ""
	for _, c := range All() {
		i := slices.IndexFunc(Layers(), func(l Layer) bool { return l.Name == LayerOf(c.Code) })
		if i < 0 {
			t.Errorf("%s: of no layer", c.Code)
			continue
		}
		if i < at {
			t.Errorf("%s stands behind %s, whose layer comes later", c.Code, before)
		}
		at, before = i, c.Code
	}
}

func TestPagesAreWellFormed(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$`)
	for _, c := range All() {
		if !form.MatchString(c.Code) {
			t.Errorf("%s: not of the form layer.cause", c.Code)
		}
		if !slices.Contains([]Confidence{Certain, Likely, Possible}, c.Alone) {
			t.Errorf("%s: confidence %q", c.Code, c.Alone)
		}
		if !slices.Contains([]Confidence{"", Likely, Possible}, c.Best) {
			t.Errorf("%s: got at best %q without a proof, want likely, possible or nothing", c.Code, c.Best)
		}
		if c.Title == "" || len(c.Title) > 120 || strings.HasSuffix(c.Title, ".") || slices.ContainsFunc(capitals().FindAllString(c.Title, -1), isBlank) {
			t.Errorf("%s: title %q: empty, long, with a period or with a placeholder", c.Code, c.Title)
		}
		if got, ok := Lookup(c.Code); !ok || got.Title != c.Title {
			t.Errorf("Lookup(%q) = %q, %v", c.Code, got.Title, ok)
		}
		if general, ok := Lookup(c.Special); c.Special != "" && (!ok || general.Special != "" || c.Special == c.Code) {
			t.Errorf("%s: a special case of %q, which is no general cause", c.Code, c.Special)
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

// wholeCode finds codes in a text; the names of layers keep paths such as
// "kubernetes.default" out.
var wholeCode = regexp.MustCompile(`\b(launch|env|volume|net|proxy|dns|tls|token|api|kubectl-proxy)\.[a-z]+(-[a-z]+)*`)

func TestEveryCauseHasSimilarOnes(t *testing.T) {
	sentences := regexp.MustCompile(`[\w)"]\.( |$)`)
	for _, c := range All() {
		if n := len(sentences.FindAllString(c.Similar, -1)); n < 2 || n > 3 {
			t.Errorf("%s: %d sentences, want two or three: %q", c.Code, n, c.Similar)
		}
		if len(c.Similar) > 480 || strings.TrimSpace(c.Similar) != c.Similar || strings.ContainsAny(c.Similar, "\n\t") || strings.Contains(c.Similar, "  ") {
			t.Errorf("%s: %d bytes or stray white space: %q", c.Code, len(c.Similar), c.Similar)
		}
		for _, code := range wholeCode.FindAllString(c.Similar, -1) {
			if _, known := Lookup(code); !known {
				t.Errorf("%s: names %s, which is no cause", c.Code, code)
			}
			if code == c.Code {
				t.Errorf("%s: names itself", c.Code)
			}
		}
	}
}
