package lab

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// answersWorld is a world and what the checks of token, auth, api and kubectl-proxy
// record of it.
type answersWorld struct {
	name   string
	change func(*plan)
	after  func(*Pod) error
	want   []observe.Prediction
	unseen []*observe.Row
	texts  map[observe.Text]string
}

func TestRecordedToken(t *testing.T) {
	t.Parallel()
	for _, test := range []answersWorld{
		{
			name: "healthy",
			want: []observe.Prediction{
				observe.TokenKindIs.Is(observe.BoundToken), observe.TokenAudience.Is(observe.OwnAudience), observe.TokenPod.Is(observe.Own),
				observe.TokenAccount.Is(observe.Own), observe.TokenUser.Is(observe.Own), observe.TokenTimePod.Is(observe.Now),
				observe.TokenTimeServer.Is(observe.Now), observe.TokenReview.Is(observe.OK), observe.ClockSkew.Is(observe.ClocksAgree), observe.APISlow.Is(false),
			},
			unseen: []*observe.Row{observe.APIFromServer.Row, observe.APIFlowSchema.Row, observe.TokenKey.Row, observe.TokenIssuer.Row, observe.AnonymousVersion.Row, observe.TokenSecret.Row},
			texts: map[observe.Text]string{
				observe.TokenSubject: "system:serviceaccount:shop:web", observe.TokenNamespace: namespace, observe.TokenPodName: podName,
				observe.TokenNode: nodeName, observe.TokenServiceAccount: account, observe.APIUser: "system:serviceaccount:shop:web",
				observe.TokenAudienceIs: "https://kubernetes.default.svc.cluster.local",
			},
		},
		{
			name: "expired", change: faultOf("token.expired"),
			want: []observe.Prediction{
				observe.TokenTimePod.Is(observe.Past), observe.TokenTimeServer.Is(observe.Past), observe.TokenReview.Is(observe.Unauthorized),
				observe.APIFromServer.Is(true), observe.ClockSkew.Is(observe.ClocksAgree), observe.TokenAudience.Is(observe.UsualAudience),
				observe.APIReady.Is(observe.OK), observe.APILive.Is(observe.OK), observe.AnonymousVersion.Is(observe.OK), observe.AnonymousVersions.Is(observe.Anonymous),
			},
			unseen: []*observe.Row{observe.TokenUser.Row, observe.APIUser.Row},
		},
		{
			name: "not yet valid", change: faultOf("token.not-yet-valid"),
			want: []observe.Prediction{
				observe.TokenTimePod.Is(observe.Future), observe.TokenTimeServer.Is(observe.Future), observe.TokenReview.Is(observe.Unauthorized),
			},
		},
		{
			name: "expired by the server's clock alone",
			change: func(p *plan) {
				faultOf("token.expired")(p)
				p.ahead = -2 * time.Hour
			},
			want: []observe.Prediction{
				observe.TokenTimePod.Is(observe.Now), observe.TokenTimeServer.Is(observe.Past), observe.ClockSkew.Is(observe.PodBehind),
			},
		},
		{
			name: "expired by this pod's clock alone, and accepted",
			change: func(p *plan) {
				p.token.issued, p.token.expires = -time.Hour, time.Hour
				p.ahead = 2 * time.Hour
			},
			want: []observe.Prediction{
				observe.TokenTimePod.Is(observe.Now), observe.TokenTimeServer.Is(observe.Now), observe.TokenReview.Is(observe.OK), observe.ClockSkew.Is(observe.PodAhead),
			},
		},
		{
			name: "made for Vault", change: faultOf("token.wrong-audience"),
			want:  []observe.Prediction{observe.TokenAudience.Is(observe.ForeignAudience), observe.TokenReview.Is(observe.Unauthorized), observe.TokenTimeServer.Is(observe.Now)},
			texts: map[observe.Text]string{observe.TokenAudienceIs: "vault"},
		},
		{
			name: "made for somebody", change: func(p *plan) { p.token.audience = "https://shop.example" },
			want: []observe.Prediction{observe.TokenAudience.Is(observe.UnknownAudience), observe.TokenReview.Is(observe.Unauthorized)},
		},
		{
			name: "of another pod", change: faultOf("token.foreign-pod"),
			want:  []observe.Prediction{observe.TokenPod.Is(observe.Others), observe.TokenReview.Is(observe.Unauthorized)},
			texts: map[observe.Text]string{observe.TokenPodName: "web-9c1d"},
		},
		{
			name: "of another pod and for Vault, and accepted",
			change: func(p *plan) {
				faultOf("token.foreign-pod")(p)
				p.token.audience = "vault"
				p.api.outer = append(p.api.outer, withUser("system:serviceaccount:shop:web"))
			},
			want: []observe.Prediction{observe.TokenPod.Is(observe.Own), observe.TokenAudience.Is(observe.OwnAudience), observe.TokenReview.Is(observe.OK)},
		},
		{
			name: "without downward API",
			change: func(p *plan) {
				for _, key := range []string{"POD_NAME", "POD_UID", "POD_SERVICE_ACCOUNT"} {
					delete(p.env, key)
				}
				faultOf("token.foreign-pod")(p)
			},
			want:   []observe.Prediction{observe.TokenReview.Is(observe.Unauthorized), observe.TokenKindIs.Is(observe.BoundToken)},
			unseen: []*observe.Row{observe.TokenPod.Row, observe.TokenAccount.Row},
		},
		{
			name: "legacy", change: faultOf("token.legacy"),
			want:   []observe.Prediction{observe.TokenKindIs.Is(observe.LegacyToken), observe.TokenReview.Is(observe.OK), observe.TokenAudience.Is(observe.OwnAudience)},
			texts:  map[observe.Text]string{observe.TokenSecret: "web-token-x7k2p", observe.TokenServiceAccount: account},
			unseen: []*observe.Row{observe.TokenExpires.Row},
		},
		{
			name: "of another account", change: faultOf("token.other-account"),
			want: []observe.Prediction{observe.TokenAccount.Is(observe.Others), observe.TokenUser.Is(observe.Own), observe.TokenReview.Is(observe.OK)},
		},
		{
			name: "the server sees another account", change: func(p *plan) { p.api.outer = append(p.api.outer, withUser("gateway")) },
			want:  []observe.Prediction{observe.TokenAccount.Is(observe.Own), observe.TokenUser.Is(observe.Others), observe.TokenReview.Is(observe.OK)},
			texts: map[observe.Text]string{observe.APIUser: "gateway"},
		},
		{
			name: "without a subject", change: rewriteClaims(func(claims map[string]any) { delete(claims, "sub") }),
			want: []observe.Prediction{observe.VolumeToken.Is(observe.FileNoSubject), observe.TokenReview.Is(observe.Unauthorized)},
		},
		{
			name: "another key", change: publish(t, "token.unknown-key"),
			want: []observe.Prediction{observe.TokenReview.Is(observe.Unauthorized), observe.TokenKey.Is(observe.KeyUnknown), observe.TokenIssuer.Is(observe.Own)},
		},
		{
			name: "another issuer", change: publish(t, "token.unknown-issuer"),
			want: []observe.Prediction{observe.TokenReview.Is(observe.Unauthorized), observe.TokenKey.Is(observe.KeyVerifies), observe.TokenIssuer.Is(observe.Others)},
		},
		{
			name: "refused, and nobody says why", change: faultOf("token.rejected"),
			want:   []observe.Prediction{observe.TokenReview.Is(observe.Unauthorized)},
			unseen: []*observe.Row{observe.TokenKey.Row, observe.TokenIssuer.Row},
		},
		{
			name: "stripped", change: faultOf("token.stripped"),
			want:   []observe.Prediction{observe.TokenReview.Is(observe.Anonymous)},
			unseen: []*observe.Row{observe.TokenUser.Row},
		},
		{
			name: "no time", change: withoutDate,
			want:   []observe.Prediction{observe.TokenTimeServer.Is(observe.Now)},
			unseen: []*observe.Row{observe.ClockSkew.Row, observe.ClockDifference.Row},
		},
	} {
		t.Run(test.name, test.run)
	}
}

func (test answersWorld) run(t *testing.T) {
	t.Parallel()
	o := world{change: test.change, after: test.after, every: test.name != "healthy"}.look(t)
	var sets []observe.Set
	for _, r := range o.results {
		sets = append(sets, r.Observations)
	}
	seen := observe.Merge(sets...)
	for _, want := range test.want {
		if v, ok := seen.Value(want.Subject); !ok || !want.Fits(v, observe.RareUsual) {
			t.Errorf("%s: got %+v (%t), want %s%s", want.Subject.ID, v, ok, want, o)
		}
	}
	for _, subject := range test.unseen {
		if v, ok := seen.Value(subject); ok {
			t.Errorf("%s: got %+v, want nothing%s", subject.ID, v, o)
		}
	}
	for subject, want := range test.texts {
		if got := subject.In(seen); got != want {
			t.Errorf("%s: got %q, want %q", subject.ID, got, want)
		}
	}
	mine := []string{"token.claims", "auth.review", "auth.clock", "api.versions", "api.health", "api.version", "api.access", "kubectl-proxy.api", "probe.anonymous", "probe.keys"}
	for _, c := range append(checks.All(), checks.Probes()...) {
		if slices.Contains(mine, c.ID) {
			recordsWhatItSays(t, c, o.of(c.ID))
		}
	}
}

// recordsWhatItSays demands that a check records what it declares, and that it warns
// or fails exactly when it has recorded an unhealthy symptom.
func recordsWhatItSays(t *testing.T, c *checks.Check, r observe.Result) {
	t.Helper()
	unhealthy := ""
	for id, entries := range r.Observations {
		i := slices.IndexFunc(c.Records, func(s *observe.Row) bool { return s.ID == id })
		if i < 0 {
			t.Errorf("%s records %s, and does not declare it", c.ID, id)
			continue
		}
		if slices.ContainsFunc(entries, func(e observe.Entry) bool { return c.Records[i].Unhealthy(e.Value) }) {
			unhealthy = id
		}
	}
	if found := r.Status == observe.Warn || r.Status == observe.Fail; found != (unhealthy != "") {
		t.Errorf("%s: got %s, and the unhealthy symptom %q: %s", c.ID, r.Status, unhealthy, r.Summary)
	}
}

// publish is a fault of the token, and a server that shows everybody its issuer and
// its keys.
func publish(t *testing.T, code string) func(*plan) {
	t.Helper()
	fault := faultOf(code)
	return func(p *plan) {
		fault(p)
		p.api.inner = append(p.api.inner, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/openid/") || strings.HasPrefix(r.URL.Path, "/.well-known/") {
					r = as(r, user{name: "everybody"})
				}
				next.ServeHTTP(w, r)
			})
		})
	}
}

// withUser answers the question who the caller is.
func withUser(name string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, reviewsPath) {
				next.ServeHTTP(w, r)
				return
			}
			answer(w, http.StatusCreated, map[string]any{
				"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1",
				"status": map[string]any{"userInfo": map[string]any{"username": name}},
			})
		})
	}
}
