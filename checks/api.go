package checks

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/version"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/panics"
	"github.com/k8sdoctor/k8sdoctor/pattern"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

var apiVersions = &Check{
	ID:    "api.versions",
	Title: "GET /api with the token answers APIVersions",
	Needs: []string{"auth.review"},
	Records: append([]*observe.Row{
		observe.APIVersionsAnswer.Row, observe.APIServerAddress.Row, observe.APIStale.Row, observe.APIStaleNames.Row,
	}, refusals...),
	Run: runAPIVersions,
}

// runAPIVersions makes the request that the Kubernetes guide shows with curl, and
// looks beside it whether all servers behind the API server answer it.
func runAPIVersions(ctx context.Context, _ *pod.System, session *Session, log *observe.Log) Outcome {
	var groups discovery
	var apis *exchange
	done := make(chan struct{})
	go panics.Guarded(ctx, func() {
		defer close(done)
		groups, apis = session.discover(ctx)
	})()
	x := session.get(ctx, session.API, "/api")
	<-done
	e := x.evidence()
	var answer metav1.APIVersions
	if x.err == nil && x.status == http.StatusOK && x.into("APIVersions", &answer) {
		observe.APIVersionsAnswer.Saw(log, observe.OK)
		e.Add("versions", "%s", strings.Join(answer.Versions, " "))
		for _, a := range answer.ServerAddressByClientCIDRs {
			e.Add("server address for "+a.ClientCIDR, "%s", a.ServerAddress)
			if _, err := netip.ParseAddrPort(a.ServerAddress); err == nil && a.ClientCIDR == "0.0.0.0/0" {
				observe.APIServerAddress.Saw(log, a.ServerAddress)
			}
		}
		out := judgeDiscovery(groups, apis, pass(e, "APIVersions %s", strings.Join(answer.Versions, " ")), log)
		out.took = max(x.took, apis.took)
		return out
	}
	x.record(log, observe.APIVersionsAnswer)
	if x.err == nil && x.status < 300 {
		return fail(e, "%s: %d, and no APIVersions: %q", x.name(), x.status, x.message())
	}
	return fail(e, "%s", x.refusal())
}

var apiHealth = &Check{
	ID:      "api.health",
	Title:   "the API server says that it is ready and alive",
	Needs:   []string{"tls.chain", "tls.host", "tls.validity"},
	Records: append([]*observe.Row{observe.APIReady.Row, observe.APILive.Row, observe.APIFailingParts.Row}, refusals...),
	Run:     runAPIHealth,
}

// runAPIHealth asks with the token where that is accepted, and without it
// otherwise: a bad token is refused here too, none at all usually is not.
func runAPIHealth(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	api, err := session.client(sys)
	if err != nil {
		return fail(nil, "%v", err)
	}
	as, anonymous := api.authenticated, false
	if !canBeSent(session.token) || session.API != nil && !session.accepted { // a token that was refused once is refused here
		as, anonymous = api.anonymous, true
	}
	alive := make(chan *exchange, 1)
	askAlive := panics.Guarded(ctx, func() { alive <- session.get(ctx, as, "/livez") })
	if anonymous { // the server closes the connection behind it, and what waits there waits in vain
		askAlive()
	} else {
		go askAlive()
	}
	ready, live := session.get(ctx, as, "/readyz"), <-alive

	var e observe.Evidence
	var broken, untold *exchange
	failing := false
	for _, asked := range []struct {
		x      *exchange
		answer observe.Word[observe.Response]
	}{{live, observe.APILive}, {ready, observe.APIReady}} {
		x := asked.x
		failing = failing || len(failedParts(x)) > 0
		switch {
		case x.err == nil && x.status == http.StatusOK:
			asked.answer.Saw(log, observe.OK)
		case anonymous && (x.status == http.StatusUnauthorized || x.status == http.StatusForbidden):
			untold = x
			asked.answer.Saw(log, observe.NotAsked)
		default:
			broken = x
			x.record(log, asked.answer)
		}
	}
	if ready.err == nil || live.err == nil {
		observe.APIFailingParts.Saw(log, failing)
	}
	for _, x := range []*exchange{ready, live} {
		key := strings.TrimPrefix(x.request, "GET /")
		switch {
		case x.err != nil:
			e.Add(key, "%v after %s", x.err, observe.FormatDuration(x.took))
		case x.status == http.StatusOK:
			e.Add(key, "%s in %s", redact.Clip(strings.TrimSpace(string(x.body)), 60), observe.FormatDuration(x.took))
		default:
			e.Add(key, "%d %s", x.status, failure(x))
		}
	}
	switch {
	case broken != nil:
		return unhealthy(broken, e)
	case untold != nil:
		return Outcome{Status: observe.Skip, Summary: fmt.Sprintf("%s without a token: %d; not to be told without an accepted token", untold.request, untold.status), Evidence: e, BlockedBy: "auth.review"}
	}
	out := pass(e, "ready")
	out.took = max(ready.took, live.took)
	return out
}

func unhealthy(x *exchange, e observe.Evidence) Outcome {
	switch response := x.response(); {
	case response == observe.Forbidden, response == observe.Anonymous, response == observe.Throttled, response == observe.Initializing:
		return warn(e, "%s", x.refusal())
	case response == observe.ServerError:
		return fail(e, "%s: %d %s", x.name(), x.status, failure(x))
	}
	return fail(e, "%s", x.refusal())
}

var failedPart = pattern.Lazy(`(?m)^\[-\](\S+)`)

// failedParts lists what a health endpoint marks with [-].
func failedParts(x *exchange) []string {
	var parts []string
	for _, match := range failedPart().FindAllStringSubmatch(string(x.body[:min(len(x.body), 16<<10)]), 16) {
		parts = append(parts, match[1])
	}
	return parts
}

// failure is what a health endpoint says of itself.
func failure(x *exchange) string {
	if parts := failedParts(x); len(parts) > 0 {
		return "failing: " + strings.Join(parts, ", ")
	}
	return x.message()
}

var apiVersion = &Check{
	ID:      "api.version",
	Title:   "the server's version is close to this client's",
	Needs:   []string{"auth.review"},
	Records: append([]*observe.Row{observe.APIVersionAnswer.Row, observe.APIVersionIs.Row, observe.APISkewed.Row}, refusals...),
	Run:     runAPIVersion,
}

// maxMinorSkew is how many minor versions client and server may be apart, as
// the Kubernetes version skew policy has it for the kubelet.
const maxMinorSkew = 3

// clientMinor is the Kubernetes minor version of the client-go in go.mod.
const clientMinor = 37

func runAPIVersion(ctx context.Context, _ *pod.System, session *Session, log *observe.Log) Outcome {
	x := session.get(ctx, session.API, "/version")
	e := x.evidence()
	if x.err != nil || x.status != http.StatusOK {
		x.record(log, observe.APIVersionAnswer)
		return warn(e, "%s", x.refusal())
	}
	var info version.Info
	if json.Unmarshal(x.body, &info) != nil || info.GitVersion == "" {
		observe.APIVersionAnswer.Saw(log, observe.Foreign)
		return warn(e, "%s: no Kubernetes version: %q", x.name(), x.message())
	}
	observe.APIVersionAnswer.Saw(log, observe.OK)
	observe.APIVersionIs.Saw(log, info.GitVersion)
	e.Add("server version", "%s", info.GitVersion)
	e.Add("platform", "%s", info.Platform)
	out := pass(e, "%s", info.GitVersion)
	out.took = x.took
	server, err := strconv.Atoi(strings.TrimRight(info.Minor, "+"))
	if err != nil {
		return out
	}
	skew := server - clientMinor
	e.Add("client-go", "for Kubernetes 1.%d", clientMinor)
	e.Add("skew", "%+d minor versions", skew)
	observe.APISkewed.Saw(log, max(skew, -skew) > maxMinorSkew)
	if max(skew, -skew) > maxMinorSkew {
		return warn(e, "%s, %d minor versions from this client's 1.%d", info.GitVersion, max(skew, -skew), clientMinor)
	}
	return out
}

var apiAccess = &Check{
	ID:      "api.access",
	Title:   "the account may do what --can-i asks for",
	Needs:   []string{"volume.namespace", "auth.review"},
	Records: append([]*observe.Row{observe.APIAccess.Row, observe.APIDenied.Row, observe.APIDeniedNames.Row}, refusals...),
	Run:     runAPIAccess,
}

func runAPIAccess(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if len(sys.Access) == 0 {
		return notApplicable("no --can-i was given")
	}
	answers := make([]chan *exchange, len(sys.Access))
	for i, access := range sys.Access {
		answers[i] = make(chan *exchange, 1)
		go panics.Guarded(ctx, func() { answers[i] <- reviewAccess(ctx, session, access) })()
	}
	var e observe.Evidence
	var denied []string
	answered := 0
	var broken *exchange
	for i, access := range sys.Access {
		x := <-answers[i]
		var answer accessReview
		switch {
		case x.err != nil || x.status != http.StatusCreated || !x.into("SelfSubjectAccessReview", &answer):
			broken = x
			e.Add(access.String(), "%s", x.refusal())
		case answer.Status.Allowed:
			answered++
			e.Add(access.String(), "allowed %s", answer.Status.Reason)
		default:
			answered++
			denied = append(denied, access.String())
			e.Add(access.String(), "denied %s", answer.Status.Reason)
		}
	}
	if answered > 0 {
		observe.APIDenied.Saw(log, len(denied), answered)
		observe.APIDeniedNames.Saw(log, denied...)
	}
	if broken != nil {
		broken.record(log, observe.APIAccess)
		return fail(e, "%s", broken.refusal())
	}
	observe.APIAccess.Saw(log, observe.OK)
	if len(denied) > 0 {
		return fail(e, "%s may not %s", session.User, strings.Join(denied, ", "))
	}
	return pass(e, "all %d allowed", len(sys.Access))
}

func reviewAccess(ctx context.Context, session *Session, a observe.Access) *exchange {
	namespace := a.Namespace
	switch namespace {
	case "":
		namespace = session.Namespace
	case observe.EveryNamespace:
		namespace = ""
	}
	resource, sub, _ := strings.Cut(a.Resource, "/")
	body := accessReview{APIVersion: "authorization.k8s.io/v1", Kind: "SelfSubjectAccessReview"}
	body.Spec.ResourceAttributes = resourceAttributes{
		Namespace: namespace, Verb: a.Verb, Group: a.Group, Resource: resource, Subresource: sub,
	}
	return send(ctx, session.API, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body)
}
