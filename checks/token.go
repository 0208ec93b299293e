package checks

import (
	"context"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var tokenClaims = &Check{
	ID:    "token.claims",
	Title: "the token's claims fit this pod and its clock, and its renewal is not overdue",
	Needs: []string{"volume.token"},
	Records: []*observe.Row{
		observe.VolumeToken.Row, observe.TokenKindIs.Row, observe.TokenAudience.Row, observe.TokenPod.Row, observe.TokenAccount.Row, observe.TokenTimePod.Row,
		observe.TokenSubject.Row, observe.TokenNamespace.Row, observe.TokenPodName.Row, observe.TokenNode.Row, observe.TokenServiceAccount.Row, observe.TokenAccountUID.Row, observe.TokenSecret.Row,
		observe.TokenAudienceIs.Row, observe.TokenFileIs.Row, observe.TokenOverdue.Row, observe.TokenWritten.Row, observe.TokenExpires.Row, observe.TokenNotBefore.Row,
	},
	Run: runTokenClaims,
}

// runTokenClaims warns where only the server can decide: its clock and its list
// of audiences count, and auth.review asks it.
func runTokenClaims(_ context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	c, now := session.claims, sys.Now()
	e := claimEvidence(c, now)
	if c.Subject == "" {
		observe.VolumeToken.Saw(log, observe.FileNoSubject)
		return fail(e, "the token has no subject: no service account's token")
	}
	recordClaims(sys, session, now, log)
	file := lookAtFile(sys, session, now, log)
	file.evidence(&e)
	switch valid := c.Validity(now); {
	case valid == observe.Past:
		return warn(e, "expired %s ago by this pod's clock%s", observe.FormatDuration(now.Sub(c.Expires)), file.lateness(now))
	case valid == observe.Future:
		return warn(e, "valid only in %s by this pod's clock%s", observe.FormatDuration(c.NotBefore.Sub(now)), file.origin())
	case c.MadeFor(session.Host) == observe.ForeignAudience:
		return warn(e, "the token is for %s, which is no API server", c.Audiences())
	case session.foreignPod:
		return warn(e, "the token belongs to pod %s, this is %s", c.Bound.Pod.Name, sys.Env["POD_NAME"])
	case otherAccount(sys, c):
		return warn(e, "the token is %s, the pod was said to run as %s", c.Subject, sys.Env["POD_SERVICE_ACCOUNT"])
	case file.overdue:
		return warn(e, "%s: the kubelet had to renew the token %s ago", c.Subject, observe.FormatDuration(now.Sub(file.due)))
	case c.Legacy():
		return warn(e, "%s: a legacy token from a Secret", c.Subject)
	case c.Expires.IsZero():
		return pass(e, "token without expiry")
	}
	return pass(e, "token valid for %s", observe.FormatDuration(c.Expires.Sub(now)))
}

// recordClaims records what the token says of itself, and what that means in this
// pod as far as something here says what it should be.
func recordClaims(sys *pod.System, session *Session, now time.Time, log *observe.Log) {
	c := session.claims
	observe.TokenTimePod.Saw(log, c.Validity(now))
	observe.TokenAudience.Saw(log, c.MadeFor(session.Host))
	observe.TokenKindIs.Saw(log, c.Kind())
	if name, uid := sys.Env["POD_NAME"], sys.Env["POD_UID"]; name != "" && c.Bound.Pod.Name != "" || uid != "" && c.Bound.Pod.UID != "" {
		observe.TokenPod.Saw(log, whose(!session.foreignPod))
	}
	if sys.Env["POD_SERVICE_ACCOUNT"] != "" && c.Account() != "" {
		observe.TokenAccount.Saw(log, whose(!otherAccount(sys, c)))
	}
	for _, text := range []struct {
		subject observe.Text
		value   string
	}{
		{observe.TokenSubject, c.Subject}, {observe.TokenNamespace, c.Namespace()}, {observe.TokenServiceAccount, c.Account()}, {observe.TokenAccountUID, c.Bound.ServiceAccount.UID},
		{observe.TokenPodName, c.Bound.Pod.Name}, {observe.TokenNode, c.Bound.Node.Name}, {observe.TokenSecret, c.LegacySecret},
		{observe.TokenAudienceIs, c.Audiences()},
	} {
		if text.value != "" {
			text.subject.Saw(log, text.value)
		}
	}
	if !c.Expires.IsZero() {
		observe.TokenExpires.Saw(log, c.Expires)
	}
	if !c.NotBefore.IsZero() {
		observe.TokenNotBefore.Saw(log, c.NotBefore)
	}
}

func whose(own bool) observe.Whose {
	if own {
		return observe.Own
	}
	return observe.Others
}

func claimEvidence(c *pod.Claims, now time.Time) observe.Evidence {
	var e observe.Evidence
	e.Add("subject", "%s", c.Subject)
	e.Add("issuer", "%s", c.Issuer)
	e.Add("audience", "%s", c.Audiences())
	for _, t := range []struct {
		key string
		at  time.Time
	}{{"issued", c.Issued}, {"not before", c.NotBefore}, {"expires", c.Expires}} {
		if !t.at.IsZero() {
			e.Add(t.key, "%s", t.at.Format(time.RFC3339))
		}
	}
	e.Add("this pod's clock", "%s", now.UTC().Format(time.RFC3339))
	e.Add("kind", "%s", map[observe.TokenKind]string{observe.LegacyToken: "legacy, from a Secret", observe.BoundToken: "bound"}[c.Kind()])
	for _, f := range []observe.Fact{
		{Key: "namespace", Value: c.Namespace()}, {Key: "service account", Value: c.Account()},
		{Key: "service account uid", Value: c.Bound.ServiceAccount.UID},
		{Key: "pod", Value: c.Bound.Pod.Name}, {Key: "pod uid", Value: c.Bound.Pod.UID}, {Key: "node", Value: c.Bound.Node.Name},
		{Key: "secret", Value: c.LegacySecret}, {Key: "kid", Value: c.KeyID},
	} {
		if f.Value != "" {
			e = append(e, f)
		}
	}
	return e
}

// foreignPod compares with the downward API's POD_NAME and POD_UID; a host name
// proves nothing, as hostNetwork and spec.hostname change it.
func foreignPod(sys *pod.System, c *pod.Claims) bool {
	name, uid := sys.Env["POD_NAME"], sys.Env["POD_UID"]
	return name != "" && c.Bound.Pod.Name != "" && c.Bound.Pod.Name != name ||
		uid != "" && c.Bound.Pod.UID != "" && c.Bound.Pod.UID != uid
}

func otherAccount(sys *pod.System, c *pod.Claims) bool {
	want := sys.Env["POD_SERVICE_ACCOUNT"]
	return want != "" && c.Account() != "" && c.Account() != want
}
