package diagnosis

import (
	"slices"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestStarvedIsLessSure has a process that was kept from running: what rests on
// time is no more than possible, what does not is as sure as ever.
func TestStarvedIsLessSure(t *testing.T) {
	for _, tc := range []struct {
		name    string
		results []checks.Result
		code    string
		without causes.Confidence
		starved causes.Confidence
	}{
		{"a silence", []checks.Result{dnsAnswers, apiSilent}, "net.api-blocked", causes.Likely, causes.Possible},
		{"a fast error", []checks.Result{result("net.connect", checks.Fail, "net.host-prohibited", "answer", "connect: no route to host after 0.2ms")}, "net.host-prohibited", causes.Likely, causes.Possible},
		{"a handshake that stalls", []checks.Result{connected, stalled, probe("probe.segment", "usual segment", saysNothing, "segment 536", saysNothing)}, "net.handshake-stalled", causes.Likely, causes.Possible},
		{"a nameserver that is silent", []checks.Result{dnsSilent, connected}, "dns.silent", causes.Likely, causes.Possible},
		{"pairs that lose answers", []checks.Result{connected, dnsAnswers, warns("dns.resolve", "dns.slow"), probe("probe.dns-timing", "pairs", "20", "stalled", "4", "stalled singles", "0")}, "dns.slow-race", causes.Likely, causes.Possible},
		{"a plain answer", []checks.Result{connected, fails("tls.chain", "tls.not-tls")}, "tls.not-tls", causes.Certain, causes.Certain},
		{"a resolver", []checks.Result{connected, fails("dns.resolve", "dns.node-resolver")}, "dns.node-resolver", causes.Likely, causes.Likely},
		{"a file", []checks.Result{fails("volume.token", "volume.not-mounted")}, "volume.not-mounted", causes.Certain, causes.Certain},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for is, want := range map[bool]causes.Confidence{false: tc.without, true: tc.starved} {
				cpu := result("process.cpu", checks.Pass, "")
				cpu.Observations = observe.Collect(func(log *observe.Log) { observe.Starved.Saw(log, is) })
				v := Diagnose(Seen{Results: append([]checks.Result{byAddress, clusterDNS, cpu}, tc.results...)})
				if len(v.Causes) == 0 || v.Causes[0].Code != tc.code || v.Causes[0].Confidence != want {
					t.Fatalf("starved %t: got %q, want %s %s first", is, v.Summary, want, tc.code)
				}
				first := v.Causes[0]
				if lowered := want != tc.without; slices.Contains(first.Against, starved) != lowered || lowered && len(first.Decide) == 0 {
					t.Errorf("starved %t: got against %q and decide %q", is, first.Against, first.Decide)
				}
			}
		})
	}
}

// TestRefusalHasNoTime has refusals that came after seconds: nothing says that
// they came at once.
func TestRefusalHasNoTime(t *testing.T) {
	const slowNo = "connect: connection refused after 2.6s"
	apiSlowNo := result("net.connect", checks.Fail, "net.api-down", "address", "10.96.0.1:443", "answer", slowNo)
	dnsSlowNo := result("dns.servers", checks.Fail, "dns.no-endpoints", "10.96.0.10 udp", "read: connection refused after 2.6s", "10.96.0.10 tcp", slowNo)
	dnsTCPSlowNo := result("dns.servers", checks.Warn, "dns.tcp-blocked", "10.96.0.10 udp", "NOERROR 10.96.0.1 in 1ms", "10.96.0.10 tcp", slowNo)
	for _, tc := range []struct {
		name    string
		results []checks.Result
	}{
		{"everything", []checks.Result{dnsSlowNo, apiSlowNo, foreign(slowNo)}},
		{"all but what is unassigned", []checks.Result{dnsSlowNo, apiSlowNo, foreign(saysNothing)}},
		{"TCP alone", []checks.Result{dnsTCPSlowNo, apiSlowNo, foreign(slowNo), probe("probe.service-ip", "10.96.0.10:53 tcp", slowNo)}},
		{"all but DNS", []checks.Result{dnsAnswers, apiSlowNo, foreign(slowNo)}},
		{"all but DNS, whose metrics refuse", []checks.Result{dnsAnswers, apiSlowNo, foreign(slowNo), probe("probe.service-ip", "10.96.0.10:9153 metrics", slowNo)}},
		{"the nameserver, while the API is silent", []checks.Result{dnsSlowNo, apiSilent}},
		{"the nameserver and what is unassigned", []checks.Result{dnsSlowNo, connected, foreign(slowNo)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := Diagnose(Seen{Results: append([]checks.Result{byAddress, clusterDNS}, tc.results...)})
			if len(v.Causes) == 0 {
				t.Fatal("got no cause")
			}
			for _, c := range v.Causes {
				for _, text := range slices.Concat(c.Evidence, c.Against) {
					if strings.Contains(text, "at once") {
						t.Errorf("%s: got %q of refusals after 2.6s", c.Code, text)
					}
				}
			}
		})
	}
}
