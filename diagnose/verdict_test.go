package diagnose

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// result is one check, with what it has observed as world has it.
func result(t *testing.T, id string, status observe.Status, seen string) observe.Result {
	t.Helper()
	return observe.Result{ID: id, Status: status, Summary: "what " + id + " saw", Observations: world(t, seen)}
}

func foreign(id string, status observe.Status) observe.Result {
	return observe.Result{ID: id, Status: status, Summary: "what " + id + " saw"}
}

func TestCausesAreInOrder(t *testing.T) {
	env := result(t, "env.service", observe.Pass, "env.host=fine env.port=fine env.host-is-name=no env.host.value=10.96.0.1")
	byName := result(t, "env.service", observe.Pass, "env.host=fine env.host-is-name=yes env.host.value=api.example.org")
	empty := result(t, "volume.token", observe.Fail, "volume.token=empty")
	down := result(t, "net.connect", observe.Fail, "net.api.tcp=refuses net.api.fails=1/1")
	nxdomain := func(status observe.Status) observe.Result {
		return result(t, "dns.servers", status, "dns.rcode=NXDOMAIN dns.resolver=cluster dns.udp=answers dns.tcp=answers")
	}
	for _, tc := range []struct {
		name    string
		results []observe.Result
		want    string // the first codes
	}{
		{"nothing ran", nil, ""},
		{"volume before net", []observe.Result{env, down, empty}, "volume.token-empty net.api-down"},
		{"net before DNS, by address", []observe.Result{env, nxdomain(observe.Fail), down}, "net.api-down net.policy-rejects"},
		{"DNS before net, by name", []observe.Result{byName, down, nxdomain(observe.Fail)}, "dns.nxdomain net.api-down"},
		{"a failure before a warning", []observe.Result{env, nxdomain(observe.Warn), result(t, "api.access", observe.Fail, "api.access.denied=1/1")}, "api.forbidden dns.nxdomain"},
		{"other people's checks after ours", []observe.Result{env, foreign("storage.mount", observe.Fail), empty}, "volume.token-empty storage.mount"},
		{"skips are no causes", []observe.Result{env, foreign("tls.chain", observe.Skip)}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := Diagnose(causes.Pod{}, tc.results)
			var got []string
			for _, c := range v.Causes {
				got = append(got, c.Code)
			}
			if text := strings.Join(got, " "); !strings.HasPrefix(text, tc.want) || tc.want == "" && text != "" {
				t.Errorf("got %q, want %q first", text, tc.want)
			}
			if v.Summary == "" || v.Causes == nil {
				t.Errorf("summary %q, causes %#v", v.Summary, v.Causes)
			}
		})
	}
}

func TestSummaryClaimsOnlyWhatWasSeen(t *testing.T) {
	address := result(t, "env.service", observe.Pass, "env.host.value=10.96.0.1 env.port.value=443")
	v6 := result(t, "env.service", observe.Pass, "env.host.value=fd00::1 env.port.value=443")
	accepted := result(t, "auth.review", observe.Pass, "token.review=ok api.user=system:serviceaccount:shop:checkout")
	host := result(t, "tls.host", observe.Pass, "tls.covers.host=yes")
	for _, tc := range []struct {
		name    string
		results []observe.Result
		want    string
	}{
		{"nothing", nil, "no check has run"},
		{"accepted", []observe.Result{address, host, accepted}, "this pod can use the API server (permissions not checked: --can-i)"},
		{"and may do what was asked", []observe.Result{v6, accepted, result(t, "api.access", observe.Pass, "api.access.denied=0/1")}, "this pod can use the API server"},
		{"nobody asked about the token", []observe.Result{address, host}, "the API server at 10.96.0.1:443 answers; whether it accepts this pod's token was not checked"},
		{"no TLS", []observe.Result{address}, "no check has failed; whether this pod can use the API server was not checked"},
		{"a warning", []observe.Result{address, result(t, "auth.review", observe.Warn, "token.review=unavailable")}, "most likely: the API server does not offer SelfSubjectReview (Kubernetes 1.28) to this account; auth.review: what auth.review saw; but the API server accepts this pod's token"},
		{"certain", []observe.Result{address, result(t, "volume.token", observe.Fail, "volume.token=empty")}, "the token file is empty; volume.token: what volume.token saw"},
		{"somebody else's", []observe.Result{foreign("storage.mount", observe.Fail)}, "what storage.mount saw"},
		{"a denial", []observe.Result{address, accepted, result(t, "api.access", observe.Fail, "api.access.denied=1/1")}, "the API server knows this account but does not authorize the request (403); api.access: what api.access saw"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Diagnose(causes.Pod{}, tc.results).Summary; got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestUnexplainedIsSaid(t *testing.T) {
	v := Diagnose(causes.Pod{}, []observe.Result{
		result(t, "net.connect", observe.Fail, "net.api.tcp=refuses net.api.fails=1/1 net.again.connects=0/6 net.control=refuses net.control.other-port=answers net.unassigned.tcp=silent net.endpoint.tcp=silent"),
	})
	if len(v.Causes) > 0 || len(v.Unexplained) != 1 || len(v.Unexplained[0].Nearest) == 0 || !strings.HasPrefix(v.Summary, "no known cause explains net.connect: ") {
		t.Errorf("got %+v", v)
	}
}

func TestVerdictHasNoNullInJSON(t *testing.T) {
	for _, results := range [][]observe.Result{nil, {foreign("storage.mount", observe.Fail)}, {result(t, "volume.token", observe.Fail, "volume.token=empty")}} {
		data, err := json.Marshal(Diagnose(causes.Pod{}, results))
		if err != nil || strings.Contains(string(data), ":null") {
			t.Errorf("%s, error %v", data, err)
		}
	}
}

// TestWordsDecideNothing replaces every text for people by "x": the verdict stays.
func TestWordsDecideNothing(t *testing.T) {
	results := []observe.Result{
		result(t, "env.service", observe.Pass, "env.host=fine env.host.value=10.96.0.1"),
		result(t, "dns.servers", observe.Pass, "dns.udp=answers dns.tcp=answers net.control=answers"),
		result(t, "net.connect", observe.Fail, "net.api.tcp=silent net.api.fails=1/1"),
	}
	before := Diagnose(causes.Pod{}, results)
	for i := range results {
		results[i].Summary, results[i].Title, results[i].Evidence = "x", "x", observe.Evidence{{Key: "x", Value: "x"}}
	}
	outline := func(v Verdict) (lines []string) {
		for _, c := range v.Causes {
			lines = append(lines, c.Code+" "+string(c.Confidence))
		}
		return lines
	}
	if diff := cmp.Diff(outline(before), outline(Diagnose(causes.Pod{}, results))); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}
