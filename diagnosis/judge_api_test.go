package diagnosis

import (
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
)

func TestOverloaded(t *testing.T) {
	const uid = "553250c6-d702-469e-a18c-194a2a819510"
	plain := result("auth.review", checks.Fail, "api.overloaded", "status", "429 in 5ms")
	own := result("auth.review", checks.Fail, "api.overloaded", "status", "429 in 5ms", "x-kubernetes-pf-flowschema-uid", uid)
	for _, tc := range []struct {
		name       string
		results    []checks.Result
		confidence causes.Confidence
		want       string // in evidence or fix
	}{
		{"some 429", []checks.Result{plain}, causes.Possible, "flowschemas"},
		{"a 429 of the API server's own", []checks.Result{own}, causes.Likely, "x-kubernetes-pf-flowschema-uid: " + uid},
		{"a header that is no uid is not pasted", []checks.Result{result("auth.review", checks.Fail, "api.overloaded", "x-kubernetes-pf-flowschema-uid", "$(reboot)")}, causes.Likely, "flowschemas"},
		{"every time", []checks.Result{own, probe("probe.fresh", "leaf verifies, leaf aa, review 429 Too Many Requests", "6")}, causes.Likely, "all of 6 fresh connections"},
		{"now and then", []checks.Result{own, probe("probe.fresh", "leaf verifies, leaf aa, review 429 Too Many Requests", "2", "leaf verifies, leaf aa, review 201 Created", "4")}, causes.Likely, "2 of 6 fresh connections"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := Diagnose(Seen{Results: tc.results}).Causes[0]
			if got.Code != "api.overloaded" || got.Confidence != tc.confidence {
				t.Errorf("got %s %s, want api.overloaded %s", got.Code, got.Confidence, tc.confidence)
			}
			if text := strings.Join(append(got.Evidence, got.Fix...), "\n"); !strings.Contains(text, tc.want) {
				t.Errorf("got %s\nwant %q in it", text, tc.want)
			}
		})
	}
}

func TestUnhealthy(t *testing.T) {
	for _, tc := range []struct {
		name, readyz, livez string
		want                causes.Confidence
	}{
		{"names a part", "500 failing: etcd", "ok in 2ms", causes.Likely},
		{"is not alive", "ok in 2ms", "500 failing: etcd, kms-providers", causes.Likely},
		{"a 5xx of whoever", "502 Bad Gateway", "ok in 2ms", causes.Possible},
		{"no answer", "no answer within 5s after 5s", "no answer within 5s after 5s", causes.Possible},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := result("api.health", checks.Fail, "api.unhealthy", "readyz", tc.readyz, "livez", tc.livez)
			if got := Diagnose(Seen{Results: []checks.Result{r}}).Causes[0]; got.Code != "api.unhealthy" || got.Confidence != tc.want {
				t.Errorf("got %s %s, want api.unhealthy %s", got.Code, got.Confidence, tc.want)
			}
		})
	}
}
