package checks

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// claims is what a service account's token says of itself, see KEP-1205 (bound
// tokens) and RFC 7519.
type claims struct {
	KeyID     string
	Issuer    string
	Subject   string
	Audience  []string
	Issued    time.Time // zero when absent, like the other times
	NotBefore time.Time
	Expires   time.Time
	Bound     struct {
		Namespace      string `json:"namespace"`
		Pod            named  `json:"pod"`
		Node           named  `json:"node"`
		ServiceAccount named  `json:"serviceaccount"`
	}
	legacyNamespace, legacyAccount, legacySecret string
}

type named struct {
	Name string `json:"name"`
	UID  string `json:"uid"`
}

// legacyIssuer is the issuer of tokens that live in Secrets and never expire.
const legacyIssuer = "kubernetes/serviceaccount"

func (c *claims) legacy() bool { return c.legacySecret != "" || c.Issuer == legacyIssuer }

func (c *claims) namespace() string {
	if c.Bound.Namespace != "" {
		return c.Bound.Namespace
	}
	if c.legacyNamespace != "" {
		return c.legacyNamespace
	}
	namespace, _, _ := strings.Cut(strings.TrimPrefix(c.Subject, "system:serviceaccount:"), ":")
	return namespace
}

func (c *claims) account() string {
	if c.Bound.ServiceAccount.Name != "" {
		return c.Bound.ServiceAccount.Name
	}
	return c.legacyAccount
}

// parseJWT reads the claims of a token without verifying its signature. Errors
// never quote the token.
func parseJWT(token string) (*claims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("%d parts, where a JWT has 3", len(parts))
	}
	var header struct {
		KeyID string `json:"kid"`
	}
	if err := decodePart(parts[0], &header); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	var body struct {
		Issuer          string          `json:"iss"`
		Subject         string          `json:"sub"`
		Audience        json.RawMessage `json:"aud"`
		Issued          float64         `json:"iat"`
		NotBefore       float64         `json:"nbf"`
		Expires         float64         `json:"exp"`
		Bound           json.RawMessage `json:"kubernetes.io"`
		LegacyNamespace string          `json:"kubernetes.io/serviceaccount/namespace"`
		LegacyAccount   string          `json:"kubernetes.io/serviceaccount/service-account.name"`
		LegacySecret    string          `json:"kubernetes.io/serviceaccount/secret.name"`
	}
	if err := decodePart(parts[1], &body); err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	if _, err := base64.RawURLEncoding.DecodeString(parts[2]); err != nil {
		return nil, errors.New("signature: not base64url")
	}
	c := &claims{
		KeyID: header.KeyID, Issuer: body.Issuer, Subject: body.Subject,
		Issued: numericDate(body.Issued), NotBefore: numericDate(body.NotBefore), Expires: numericDate(body.Expires),
		legacyNamespace: body.LegacyNamespace, legacyAccount: body.LegacyAccount, legacySecret: body.LegacySecret,
	}
	var one string
	if len(body.Audience) > 0 && json.Unmarshal(body.Audience, &one) == nil && one != "" {
		c.Audience = []string{one}
	} else if len(body.Audience) > 0 && json.Unmarshal(body.Audience, &c.Audience) != nil {
		return nil, errors.New("claims: aud is neither a text nor a list of texts")
	}
	if len(body.Bound) > 0 && json.Unmarshal(body.Bound, &c.Bound) != nil {
		return nil, errors.New("claims: kubernetes.io has not the form that Kubernetes gives it")
	}
	return c, nil
}

func decodePart(part string, into any) error {
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return errors.New("not base64url")
	}
	if json.Unmarshal(data, into) != nil {
		return errors.New("not a JSON object of a token's form")
	}
	return nil
}

func numericDate(seconds float64) time.Time {
	if seconds <= 0 || seconds > math.MaxInt32*100 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}

var tokenClaims = &Check{
	ID:    "token.claims",
	Title: "the token's claims fit this pod, its clock and the API server",
	Needs: []string{"volume.token"},
	Run:   runTokenClaims,
}

// runTokenClaims warns where only the server can decide: its clock and its list
// of audiences count, and auth.review asks it.
func runTokenClaims(_ context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	c, now := session.claims, sys.Now()
	e := claimEvidence(c, now)
	switch {
	case c.Subject == "":
		return fail("volume.token-malformed", e, "the token has no subject: no service account's token")
	case !c.Expires.IsZero() && now.After(c.Expires.Add(leeway)):
		return warn("token.expired", e, "expired %s ago by this pod's clock", span(now.Sub(c.Expires)))
	case now.Before(c.NotBefore.Add(-leeway)):
		return warn("token.not-yet-valid", e, "valid only in %s by this pod's clock", span(c.NotBefore.Sub(now)))
	case c.foreignAudience(session.Host) && slices.ContainsFunc(c.Audience, wellKnownForeign):
		return warn("token.wrong-audience", e, "the token is for %s, which is no API server", strings.Join(c.Audience, ", "))
	case session.foreignPod:
		return warn("token.foreign-pod", e, "the token belongs to pod %s, this is %s", c.Bound.Pod.Name, sys.Env["POD_NAME"])
	case otherAccount(sys, c):
		return warn("token.other-account", e, "the token is %s, the pod was said to run as %s", c.Subject, sys.Env["POD_SERVICE_ACCOUNT"])
	case c.legacy():
		return warn("token.legacy", e, "%s: a legacy token from a Secret", c.Subject)
	case c.Expires.IsZero():
		return pass(e, "%s, without expiry", c.Subject)
	}
	return pass(e, "%s, %s left", c.Subject, span(c.Expires.Sub(now)))
}

func claimEvidence(c *claims, now time.Time) Evidence {
	var e Evidence
	e.Add("subject", "%s", c.Subject)
	e.Add("issuer", "%s", c.Issuer)
	e.Add("audience", "%s", strings.Join(c.Audience, ", "))
	for _, t := range []struct {
		key string
		at  time.Time
	}{{"issued", c.Issued}, {"not before", c.NotBefore}, {"expires", c.Expires}} {
		if !t.at.IsZero() {
			e.Add(t.key, "%s", t.at.Format(time.RFC3339))
		}
	}
	e.Add("this pod's clock", "%s", now.UTC().Format(time.RFC3339))
	e.Add("kind", "%s", map[bool]string{true: "legacy, from a Secret", false: "bound"}[c.legacy()])
	for _, f := range []Fact{
		{"namespace", c.namespace()}, {"service account", c.account()},
		{"service account uid", c.Bound.ServiceAccount.UID},
		{"pod", c.Bound.Pod.Name}, {"pod uid", c.Bound.Pod.UID}, {"node", c.Bound.Node.Name},
		{"secret", c.legacySecret}, {"kid", c.KeyID},
	} {
		if f.Value != "" {
			e = append(e, f)
		}
	}
	return e
}

// foreignAudience says that no audience looks like an API server's: neither
// the issuer, which is its default audience, nor a name of the API's Service or
// host.
func (c *claims) foreignAudience(host string) bool {
	return len(c.Audience) > 0 && !slices.ContainsFunc(c.Audience, func(aud string) bool {
		return aud == c.Issuer || host != "" && strings.Contains(aud, host) || strings.Contains(aud, "kubernetes") || aud == "api" || aud == "k3s" || aud == "rke2"
	})
}

// wellKnownForeign knows audiences that belong to other systems.
func wellKnownForeign(aud string) bool {
	return slices.Contains([]string{"sts.amazonaws.com", "vault", "istio-ca", "api://AzureADTokenExchange", "sigstore"}, aud)
}

// foreignPod compares with the downward API's POD_NAME and POD_UID; a host name
// proves nothing, as hostNetwork and spec.hostname change it.
func foreignPod(sys *System, c *claims) bool {
	name, uid := sys.Env["POD_NAME"], sys.Env["POD_UID"]
	return name != "" && c.Bound.Pod.Name != "" && c.Bound.Pod.Name != name ||
		uid != "" && c.Bound.Pod.UID != "" && c.Bound.Pod.UID != uid
}

func otherAccount(sys *System, c *claims) bool {
	want := sys.Env["POD_SERVICE_ACCOUNT"]
	return want != "" && c.account() != "" && c.account() != want
}
