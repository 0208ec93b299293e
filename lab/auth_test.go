package lab

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestAnswersVerdicts has worlds whose answers are easily taken for another fault
// than theirs, or for one where there is none.
func TestAnswersVerdicts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*plan)
		after  func(*Pod) error
		only   []string
		want   []string // what is neither pass nor skip
		causes []string
	}{
		{
			name: "the server tells no time", change: withoutDate,
			only: []string{"auth.*", "api.health"},
		},
		{
			name: "the server tells no time, and no token is here",
			change: func(p *plan) {
				withoutDate(p)
				p.volume.files["token"].missing = true
			},
			only: []string{"auth.*"}, want: []string{"volume.token fail"}, causes: []string{"volume.token-missing"},
		},
		{
			name: "a 403 of 10 MB", change: instead("/api", false, longForbidden),
			only: []string{"api.versions"}, want: []string{"api.versions fail"}, causes: []string{"api.forbidden"},
		},
		{
			name: "a 403 of 10 MB for system:anonymous", change: handle(func(w http.ResponseWriter, r *http.Request) {
				longForbidden(w, as(r, user{name: anonymous}))
			}),
			only: []string{"auth.review"}, want: []string{"auth.review fail"}, causes: []string{"token.stripped"},
		},
		{
			name: "a denied right", after: mayNot("delete", "pods"), only: []string{"api.access"},
			want: []string{"api.access fail"}, causes: []string{"api.forbidden"},
		},
		{
			name: "one of two servers has another CA", change: secondServerOfAnotherCA(t),
			only: []string{"auth.review", "api.health"},
			want: []string{"api.health fail"}, causes: []string{"tls.mixed-servers"},
		},
		{
			name: "an admin port answers 403 where a kubectl proxy is guessed", after: guessed(filteredHost),
			only: []string{"kubectl-proxy.api"}, want: []string{"kubectl-proxy.api warn"}, causes: []string{"kubectl-proxy.filtered"},
		},
		{
			name:  "an admin port answers 502 where a kubectl proxy is guessed",
			after: guessed(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }),
			only:  []string{"kubectl-proxy.api"}, want: []string{"kubectl-proxy.api warn"}, causes: []string{"kubectl-proxy.upstream"},
		},
		{
			name: "a token that expired before 1970",
			change: rewriteClaims(func(claims map[string]any) {
				claims["exp"] = -1
			}),
			only: []string{"token.claims", "auth.review", "auth.clock"},
			want: []string{"auth.clock fail", "auth.review fail", "token.claims warn"}, causes: []string{"token.expired"},
		},
		{
			name: "a token of 10,000 audiences",
			change: rewriteClaims(func(claims map[string]any) {
				claims["aud"] = append(names("https://system-%d.example.com", 10000), claims["iss"].(string))
			}),
			only: []string{"token.claims"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := world{change: test.change, after: test.after, only: test.only}.look(t)
			if got := o.warningsAndFailures(); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q%s", got, test.want, o)
			}
			if got := o.causes(); !slices.Equal(got, test.causes) {
				t.Errorf("got causes %q, want %q%s", got, test.causes, o)
			}
		})
	}
}

func TestAudiencesInEvidence(t *testing.T) {
	t.Parallel()
	o := world{only: []string{"token.claims"}, change: rewriteClaims(func(claims map[string]any) {
		claims["aud"] = append([]string{claims["iss"].(string)}, names("a%d", 9)...)
	})}.look(t)
	const want = "https://kubernetes.default.svc.cluster.local, a0, a1, a2, a3, a4, a5, a6 and 2 more"
	if got := o.of("token.claims").Evidence.Get("audience"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNoTimeIsSaid(t *testing.T) {
	t.Parallel()
	r := world{only: []string{"auth.clock"}, change: withoutDate}.look(t).of("auth.clock")
	if r.Status != observe.Skip || r.BlockedBy != "" || !strings.HasPrefix(r.Summary, "the server tells no time: GET /version: 200") {
		t.Errorf("got %s by %q: %s", r.Status, r.BlockedBy, r.Summary)
	}
}

func TestRequestThatMeetsAnotherCA(t *testing.T) {
	t.Parallel()
	r := world{change: secondServerOfAnotherCA(t)}.look(t).of("api.health")
	if got := observe.FreshCertificates.In(r.Observations); got != observe.CertificatesDiffer {
		t.Errorf("got %q, want %q", got, observe.CertificatesDiffer)
	}
}

// withoutDate takes the Date header out of every answer.
func withoutDate(p *plan) {
	p.api.outer = append(p.api.outer, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Date"] = nil
			next.ServeHTTP(w, r)
		})
	})
}

// longForbidden is a refusal that names much.
func longForbidden(w http.ResponseWriter, r *http.Request) {
	status(w, http.StatusForbidden, "Forbidden", fmt.Sprintf("forbidden: User %q cannot get path %q: %s", userOf(r).name, r.URL.Path, strings.Repeat("no, ", 10<<20/4)), nil)
}

// mayNot asks about one right.
func mayNot(verb, resource string) func(*Pod) error {
	return func(pod *Pod) error {
		pod.System.Access = []observe.Access{{Verb: verb, Resource: resource}}
		return nil
	}
}

// guessed has a server at the address where a kubectl proxy is looked for, although
// none was asked for.
func guessed(answer http.HandlerFunc) func(*Pod) error {
	return func(pod *Pod) error {
		pod.dialer.set("tcp "+kubectlProxyAddress, route{server: "other"})
		return pod.serveHTTP("other", answer)
	}
}

// secondServerOfAnotherCA answers every handshake but the first with the certificate
// of another cluster, and each connection carries one request.
func secondServerOfAnotherCA(t *testing.T) func(*plan) {
	ca, err := newAuthority(named("kubernetes"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := ca.issue(serverLeaf("cluster.local"))
	if err != nil {
		t.Fatal(err)
	}
	var met atomic.Int64
	return func(p *plan) {
		p.api.http1 = true
		p.api.outer = append(p.api.outer, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Connection", "close")
				next.ServeHTTP(w, r)
			})
		})
		p.tls.config = append(p.tls.config, func(config *tls.Config) {
			own := config.Certificates[0]
			config.Certificates = nil
			config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
				if met.Add(1) == 1 {
					return &own, nil
				}
				return &other, nil
			}
		})
	}
}

// rewriteClaims changes what the token says; the signature stays, so that a server
// refuses it.
func rewriteClaims(change func(map[string]any)) func(*plan) {
	return rewrite("token", func(token []byte) ([]byte, error) {
		parts := strings.Split(string(token), ".")
		var claims map[string]any
		if err := decodeJSON(parts[1], &claims); err != nil {
			return nil, err
		}
		change(claims)
		body, err := json.Marshal(claims)
		return []byte(parts[0] + "." + encode(body) + "." + parts[2]), err
	})
}
