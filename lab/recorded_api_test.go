package lab

import (
	"io"
	"net/http"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func TestRecordedAPI(t *testing.T) {
	t.Parallel()
	everywhere := func(answer observe.Response) []observe.Prediction {
		return []observe.Prediction{observe.TokenReview.Is(answer), observe.APIReady.Is(answer), observe.APILive.Is(answer)}
	}
	for _, test := range []answersWorld{
		{
			name: "healthy",
			want: []observe.Prediction{
				observe.APIVersionsAnswer.Is(observe.OK), observe.APIReady.Is(observe.OK), observe.APILive.Is(observe.OK), observe.APIVersionAnswer.Is(observe.OK),
				observe.APIFailingParts.Is(false), observe.APIStale.Is(0), observe.APISkewed.Is(false),
				observe.SidecarAsked.Is(false), observe.SidecarAnswer.Is(observe.SidecarAbsent),
			},
			unseen: []*observe.Row{observe.APIAccess.Row, observe.APIDenied.Row},
			texts:  map[observe.Text]string{observe.APIServerAddress: endpoint, observe.APIVersionIs: "v1.37.2"},
		},
		{name: "a web server", change: faultOf("api.not-kubernetes"), want: []observe.Prediction{observe.TokenReview.Is(observe.Foreign), observe.APIFromServer.Is(false)}},
		{
			name: "no API server says 404",
			change: instead("/api", false, func(w http.ResponseWriter, r *http.Request) {
				http.Error(w, "404 page not found", http.StatusNotFound)
			}),
			want: []observe.Prediction{observe.TokenReview.Is(observe.OK), observe.APIVersionsAnswer.Is(observe.NotFound)},
		},
		{
			name: "no discovery", change: faultOf("api.forbidden"),
			want: []observe.Prediction{observe.TokenReview.Is(observe.OK), observe.APIVersionsAnswer.Is(observe.Forbidden), observe.APIFromServer.Is(true)},
		},
		{name: "no review", change: faultOf("api.review-unavailable"), want: []observe.Prediction{observe.TokenReview.Is(observe.Unavailable), observe.TokenUser.Is(observe.Own)}},
		{name: "reviews are forbidden", change: instead(reviewsPath, true, forbid), want: []observe.Prediction{observe.TokenReview.Is(observe.Unavailable), observe.TokenTimeServer.Is(observe.Now)}},
		{
			name: "overloaded", change: everyRequest(http.StatusTooManyRequests, "Too many requests, please try again later."),
			want: append(everywhere(observe.Throttled), observe.APIFlowSchema.Is(true)),
		},
		{
			name: "a proxy's 429", change: handle(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "slow down", http.StatusTooManyRequests) }),
			want: append(everywhere(observe.Throttled), observe.APIFlowSchema.Is(false), observe.APIFromServer.Is(false)), unseen: []*observe.Row{observe.APIFlowSchemaUID.Row},
		},
		{
			name: "a flow schema that is none", change: handle(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Kubernetes-Pf-Flowschema-Uid", "$(reboot)")
				http.Error(w, "slow down", http.StatusTooManyRequests)
			}),
			want: []observe.Prediction{observe.APIFlowSchema.Is(true)}, unseen: []*observe.Row{observe.APIFlowSchemaUID.Row},
		},
		{name: "initializing", change: everyRequest(http.StatusTooManyRequests, "storage is (re)initializing"), want: everywhere(observe.Initializing)},
		{name: "initializing, with 503", change: everyRequest(http.StatusServiceUnavailable, "storage is (re)initializing"), want: everywhere(observe.Initializing)},
		{name: "a gateway without a server", change: handle(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }), want: append(everywhere(observe.ServerError), observe.APIFailingParts.Is(false), observe.APIFromServer.Is(false))},
		{
			name: "no answer", change: handle(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }),
			want: append(everywhere(observe.NoResponse), observe.APIUnverified.Is(false)), unseen: []*observe.Row{observe.ClockSkew.Row, observe.APIFailingParts.Row, observe.APIReviewTook.Row},
		},
		{name: "etcd fails", change: faultOf("api.unhealthy"), want: []observe.Prediction{observe.TokenReview.Is(observe.OK), observe.APIReady.Is(observe.ServerError), observe.APILive.Is(observe.ServerError), observe.APIFailingParts.Is(true)}},
		{
			name: "not alive, and anonymous requests are refused",
			change: func(p *plan) {
				faultOf("token.rejected")(p)
				instead("/readyz", false, forbid)(p)
				instead("/livez", false, func(w http.ResponseWriter, _ *http.Request) {
					http.Error(w, "[-]etcd failed: reason withheld", http.StatusInternalServerError)
				})(p)
			},
			want: []observe.Prediction{observe.APIReady.Is(observe.NotAsked), observe.APILive.Is(observe.ServerError), observe.APIFailingParts.Is(true)},
		},
		{
			name: "anonymous requests are refused",
			change: func(p *plan) {
				faultOf("token.rejected")(p)
				instead("", true, func(w http.ResponseWriter, r *http.Request) {
					status(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized", nil)
				})(p)
			},
			want: []observe.Prediction{observe.APIReady.Is(observe.NotAsked), observe.APILive.Is(observe.NotAsked), observe.AnonymousVersion.Is(observe.Unauthorized)},
		},
		{name: "slow", change: faultOf("api.slow"), want: []observe.Prediction{observe.APISlow.Is(true), observe.TokenReview.Is(observe.OK)}},
		{name: "a stale API", change: faultOf("api.aggregation-broken"), want: []observe.Prediction{observe.APIStale.Is(1)}},
		{
			name: "discovery is forbidden", change: instead("/apis", false, forbid),
			want: []observe.Prediction{observe.APIVersionsAnswer.Is(observe.OK)}, unseen: []*observe.Row{observe.APIStale.Row},
		},
		{name: "an old server", change: faultOf("api.version-skew"), want: []observe.Prediction{observe.APISkewed.Is(true), observe.APIVersionAnswer.Is(observe.OK)}, texts: map[observe.Text]string{observe.APIVersionIs: "v1.20.15"}},
		{
			name: "no version", change: instead("/version", false, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") }),
			want: []observe.Prediction{observe.APIVersionAnswer.Is(observe.Foreign)}, unseen: []*observe.Row{observe.APISkewed.Row, observe.APIVersionIs.Row},
		},
		{name: "a right", after: mayNot("list", "pods"), want: []observe.Prediction{observe.APIAccess.Is(observe.OK), observe.APIDenied.None()}},
		{name: "a right that the account lacks", after: mayNot("delete", "pods"), want: []observe.Prediction{observe.APIAccess.Is(observe.OK), observe.APIDenied.Every()}},
		{
			name: "nobody may ask for rights", change: instead("/apis/authorization.k8s.io/", true, forbid), after: mayNot("list", "pods"),
			want: []observe.Prediction{observe.APIAccess.Is(observe.Forbidden)}, unseen: []*observe.Row{observe.APIDenied.Row},
		},
		{
			name: "two servers, two CAs", change: secondServerOfAnotherCA(t),
			want: []observe.Prediction{observe.TokenReview.Is(observe.OK), observe.APIReady.Is(observe.NoResponse), observe.APIUnverified.Is(true)},
		},
		{name: "a kubectl proxy", after: (*Pod).AddKubectlProxy, want: sidecar(false, observe.SidecarWorks)},
		{name: "no kubectl proxy where one was asked for", change: faultOf("kubectl-proxy.down"), want: sidecar(true, observe.SidecarClosed)},
		{
			name: "a kubectl proxy that hangs", change: func(p *plan) {
				p.expectKubectlProxy(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
			},
			want: sidecar(true, observe.SidecarSilent),
		},
		{name: "a kubectl proxy that filters", change: faultOf("kubectl-proxy.filtered"), want: sidecar(true, observe.SidecarFiltered)},
		{name: "a kubectl proxy without a server", change: faultOf("kubectl-proxy.upstream"), want: sidecar(true, observe.SidecarUpstream)},
		{name: "another server where one was asked for", change: func(p *plan) { p.expectKubectlProxy(http.HandlerFunc(loginPage)) }, want: sidecar(true, observe.SidecarForeign)},
		{name: "another server where none was asked for", after: guessed(loginPage), want: sidecar(false, observe.SidecarAbsent)},
		{name: "a filter where none was asked for", after: guessed(filteredHost), want: sidecar(false, observe.SidecarFiltered)},
	} {
		t.Run(test.name, test.run)
	}
}

func sidecar(asked bool, answer observe.Sidecar) []observe.Prediction {
	return []observe.Prediction{observe.SidecarAsked.Is(asked), observe.SidecarAnswer.Is(answer)}
}

// everyRequest answers each with that status, in the form of an API server's.
func everyRequest(code int, message string) func(*plan) {
	return instead("", true, func(w http.ResponseWriter, _ *http.Request) { status(w, code, http.StatusText(code), message, nil) })
}
