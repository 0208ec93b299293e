package checks

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pattern"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// maxSkew is how far two clocks may be apart without a word.
const maxSkew = time.Minute

// slowRequest is from when on an answer counts as slow; a review touches neither
// storage nor network.
const slowRequest = time.Second

var authReview = &Check{
	ID:    "auth.review",
	Title: "the API server takes the token for the account that it names",
	Needs: []string{"volume.token", "tls.chain", "tls.host", "tls.validity"},
	Records: append([]*observe.Row{
		observe.TokenReview.Row, observe.APIReviewTook.Row, observe.APISlow.Row, observe.APIUser.Row, observe.TokenUser.Row,
		observe.TokenTimeServer.Row, observe.TokenTimePod.Row, observe.TokenAudience.Row, observe.TokenPod.Row,
	}, refusals...),
	Run: runAuthReview,
}

// reviewVersions are those of SelfSubjectReview, see KEP-3325: v1 since
// Kubernetes 1.28, v1beta1 since 1.27, v1alpha1 since 1.26.
var reviewVersions = []string{"v1", "v1beta1", "v1alpha1"}

func runAuthReview(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	client, err := session.client(sys)
	if err != nil {
		return fail(nil, "%v", err)
	}
	session.API = client.authenticated
	ctx = session.withRequestsAhead(ctx, client.authenticated)
	var x *exchange
	for _, version := range reviewVersions {
		x = review(ctx, client, version)
		if x.status != http.StatusNotFound {
			break
		}
	}
	if x.err != nil || x.status == http.StatusUnauthorized { // behind a refusal the server closes the connection: what waits there waits in vain
		session.ahead.close()
	}
	session.noteClock(x)
	session.unanswered = x.err != nil
	if x.err == nil {
		observe.APIReviewTook.Saw(log, x.took)
	}
	out := judgeReview(ctx, session, x, log)
	session.recordFitness(log)
	return out
}

func judgeReview(ctx context.Context, session *Session, x *exchange, log *observe.Log) Outcome {
	e := x.evidence()
	var answer selfReview
	if x.status == http.StatusCreated && x.err == nil && x.into("SelfSubjectReview", &answer) {
		session.User = answer.Status.UserInfo.Username
		e.Add("user", "%s", session.User)
		e.Add("groups", "%s", strings.Join(answer.Status.UserInfo.Groups, ", "))
		observe.APISlow.Saw(log, x.took >= slowRequest)
		if out := judgeUser(session, e, observe.OK, log); out.Status != observe.Pass || x.took < slowRequest {
			return out
		}
		return warn(e, "%s: answered in %s, the connection took %s", x.name(), observe.FormatDuration(x.took), observe.FormatDuration(session.connectTook))
	}
	if x.err == nil && (x.status == http.StatusNotFound || x.status == http.StatusForbidden && x.fromAPIServer()) {
		return reviewUnavailable(ctx, session, x, e, log)
	}
	x.record(log, observe.TokenReview)
	if x.err == nil && x.status < 300 {
		return fail(e, "%s: %d, and no SelfSubjectReview: %q", x.name(), x.status, x.message())
	}
	return fail(e, "%s", x.refusal())
}

// recordFitness records what the server's answer says of the token's claims. One
// that it accepts fits, whatever it looked like by this pod's clock, by its
// audience or by its pod.
func (s *Session) recordFitness(log *observe.Log) {
	switch {
	case s.accepted:
		observe.TokenTimeServer.Saw(log, observe.Now)
		observe.TokenTimePod.Saw(log, observe.Now)
		observe.TokenAudience.Saw(log, observe.OwnAudience)
		observe.TokenPod.Saw(log, observe.Own)
	case !s.serverDate.IsZero():
		observe.TokenTimeServer.Saw(log, s.claims.Validity(s.serverDate))
	}
}

func review(ctx context.Context, client *apiClient, version string) *exchange {
	body := selfReview{APIVersion: "authentication.k8s.io/" + version, Kind: "SelfSubjectReview"}
	return send(ctx, client.authenticated, "POST", "/apis/authentication.k8s.io/"+version+"/selfsubjectreviews", body)
}

func (s *Session) noteClock(x *exchange) {
	if date, err := http.ParseTime(x.header.Get("Date")); err == nil {
		s.serverDate, s.answeredAt = date, x.at
	}
}

// judgeUser compares the accounts; answer is what is recorded of a review that
// names one.
func judgeUser(session *Session, e observe.Evidence, answer observe.Response, log *observe.Log) Outcome {
	subject := session.claims.Subject
	e.Add("the token's subject", "%s", subject)
	observe.APIUser.Saw(log, session.User)
	session.accepted = session.User != "system:anonymous"
	if !session.accepted {
		observe.TokenReview.Saw(log, observe.Anonymous)
		return fail(e, "a token was sent, the server saw %s", session.User)
	}
	observe.TokenReview.Saw(log, answer)
	observe.TokenUser.Saw(log, whose(session.User == subject))
	if session.User == subject {
		return pass(e, "%s", session.User)
	}
	return warn(e, "the server sees %s, the token says %s", session.User, subject)
}

// forbiddenUser finds the account in the message of a 403.
var forbiddenUser = pattern.Lazy(`User "([^"]+)" cannot `)

// identityPath exists on no server; asking for it tells the account's name by
// the 403 that follows.
const identityPath = "/k8sdoctor-who-am-i"

// reviewUnavailable takes the account from the text of a 403: of the review
// itself, or of a path that no account may read.
func reviewUnavailable(ctx context.Context, session *Session, x *exchange, e observe.Evidence, log *observe.Log) Outcome {
	refused := x.message()
	if x.status == http.StatusNotFound {
		other := send(ctx, session.api.authenticated, "GET", identityPath, nil)
		e.Add("second request", "%s: %d %s", other.request, other.status, other.message())
		if other.err != nil || other.status != http.StatusForbidden && !other.notFound() {
			other.record(log, observe.TokenReview)
			return fail(e, "%s", other.refusal())
		}
		refused = other.message()
	}
	session.accepted = true
	match := forbiddenUser().FindStringSubmatch(refused)
	if match == nil {
		observe.TokenReview.Saw(log, observe.Unavailable)
		return warn(e, "%s: %d; the token is accepted, the account's name stays unknown", x.name(), x.status)
	}
	session.User = match[1]
	e.Add("user", "%s", session.User)
	if out := judgeUser(session, e, observe.Unavailable, log); out.Status != observe.Pass {
		return out
	}
	return warn(e, "%s: %d; a refusal names %s", x.name(), x.status, session.User)
}

var authClock = &Check{
	ID:    "auth.clock",
	Title: "this pod's clock and the server's agree, and the token is valid by both",
	Needs: []string{"tls.chain", "tls.host", "tls.validity"},
	Records: []*observe.Row{
		observe.ClockSkew.Row, observe.ClockDifference.Row, observe.TokenTimeServer.Row, observe.APIUnverified.Row, observe.FreshCertificates.Row,
	},
	Run: runAuthClock,
}

// runAuthClock reads the Date header of the review's answer, whatever its
// status; without one it asks for the version, without the token.
func runAuthClock(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if session.unanswered {
		return blocked("auth.review")
	}
	if session.serverDate.IsZero() {
		client, err := session.client(sys)
		if err != nil {
			return fail(nil, "%v", err)
		}
		x := send(ctx, client.anonymous, "GET", "/version", nil)
		if session.noteClock(x); session.serverDate.IsZero() {
			return noTime(x, log)
		}
	}
	skew := session.answeredAt.Sub(session.serverDate)
	observe.ClockDifference.Saw(log, skew)
	observe.ClockSkew.Saw(log, skewOf(skew))
	var e observe.Evidence
	e.Add("server", "%s", session.serverDate.UTC().Format(time.RFC3339))
	e.Add("pod", "%s", session.answeredAt.UTC().Format(time.RFC3339))
	e.Add("skew", "%s", skew.Round(time.Second))
	if c := session.claims; c != nil {
		valid := observe.Now
		if !session.accepted {
			valid = c.Validity(session.serverDate)
		}
		observe.TokenTimeServer.Saw(log, valid)
		switch valid {
		case observe.Past:
			return fail(e, "the token expired %s ago by the server's clock", observe.FormatDuration(session.serverDate.Sub(c.Expires)))
		case observe.Future:
			return fail(e, "the token is valid only in %s by the server's clock", observe.FormatDuration(c.NotBefore.Sub(session.serverDate)))
		}
	}
	if skew.Abs() > maxSkew {
		return warn(e, "this pod's clock is %s the server's", apart(skew))
	}
	return pass(e, "the clocks agree to a minute")
}

// noTime is of an answer without a usable Date header, which is no fault; what kept
// an answer from coming is for the checks that need one.
func noTime(x *exchange, log *observe.Log) Outcome {
	e, summary := x.evidence(), "the server tells no time: "+x.outcome()
	if x.unverified() {
		x.recordCertificate(log)
		return warn(e, "%s", summary)
	}
	return Outcome{Status: observe.Skip, Summary: summary, Evidence: e}
}

func skewOf(skew time.Duration) observe.Skew {
	switch {
	case skew > maxSkew:
		return observe.PodAhead
	case skew < -maxSkew:
		return observe.PodBehind
	}
	return observe.ClocksAgree
}

func apart(skew time.Duration) string {
	if skew < 0 {
		return fmt.Sprintf("%s behind", observe.FormatDuration(-skew))
	}
	return fmt.Sprintf("%s ahead of", observe.FormatDuration(skew))
}
