package pod

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Claims is what a service account's token says of itself, see KEP-1205 (bound
// tokens) and RFC 7519.
type Claims struct {
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
		// WarnAfter is the end that was asked for, where the API server has put it off
		// (--service-account-extend-token-expiration).
		WarnAfter float64 `json:"warnafter"`
	}
	legacyNamespace, legacyAccount, LegacySecret string
}

type named struct {
	Name string `json:"name"`
	UID  string `json:"uid"`
}

// legacyIssuer is the issuer of tokens that live in Secrets and never expire.
const legacyIssuer = "kubernetes/serviceaccount"

// Legacy says that the token comes from a Secret: it is bound to no pod and has no end.
func (c *Claims) Legacy() bool { return c.LegacySecret != "" || c.Issuer == legacyIssuer }

// Namespace is that of the ServiceAccount, or "".
func (c *Claims) Namespace() string {
	if c.Bound.Namespace != "" {
		return c.Bound.Namespace
	}
	if c.legacyNamespace != "" {
		return c.legacyNamespace
	}
	namespace, _, _ := strings.Cut(strings.TrimPrefix(c.Subject, "system:serviceaccount:"), ":")
	return namespace
}

// Account is the name of the ServiceAccount, or "".
func (c *Claims) Account() string {
	if c.Bound.ServiceAccount.Name != "" {
		return c.Bound.ServiceAccount.Name
	}
	return c.legacyAccount
}

// ParseJWT reads the claims of a token without verifying its signature. Errors
// never quote the token.
func ParseJWT(token string) (*Claims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("a JWT has 3 parts, this has %d", len(parts))
	}
	var header struct {
		KeyID string `json:"kid"`
	}
	if err := DecodePart(parts[0], &header); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	var body struct {
		Issuer          string          `json:"iss"`
		Subject         string          `json:"sub"`
		Audience        json.RawMessage `json:"aud"`
		Issued          *float64        `json:"iat"`
		NotBefore       *float64        `json:"nbf"`
		Expires         *float64        `json:"exp"`
		Bound           json.RawMessage `json:"kubernetes.io"`
		LegacyNamespace string          `json:"kubernetes.io/serviceaccount/namespace"`
		LegacyAccount   string          `json:"kubernetes.io/serviceaccount/service-account.name"`
		LegacySecret    string          `json:"kubernetes.io/serviceaccount/secret.name"`
	}
	if err := DecodePart(parts[1], &body); err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	if _, err := base64.RawURLEncoding.DecodeString(parts[2]); err != nil {
		return nil, errors.New("signature: not base64url")
	}
	c := &Claims{
		KeyID: header.KeyID, Issuer: body.Issuer, Subject: body.Subject,
		Issued: numericDate(body.Issued), NotBefore: numericDate(body.NotBefore), Expires: numericDate(body.Expires),
		legacyNamespace: body.LegacyNamespace, legacyAccount: body.LegacyAccount, LegacySecret: body.LegacySecret,
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

// DecodePart reads one of the first two parts of a JWT, see RFC 7519, 3.
func DecodePart(part string, into any) error {
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return errors.New("not base64url")
	}
	if json.Unmarshal(data, into) != nil {
		return errors.New("not a JSON object of a token's form")
	}
	return nil
}

// The moments that a NumericDate may name, in seconds since 1970: from the year
// 1653 to 9999. What lies beyond is as good as these.
const firstDate, lastDate = -1e10, 253402300799

func numericDate(seconds *float64) time.Time {
	if seconds == nil {
		return time.Time{}
	}
	return time.Unix(int64(min(max(*seconds, firstDate), lastDate)), 0).UTC()
}

// Kind says what sort of token it is.
func (c *Claims) Kind() observe.TokenKind {
	if c.Legacy() {
		return observe.LegacyToken
	}
	return observe.BoundToken
}

// Validity is where the moment lies for an API server, which forgives leeway.
func (c *Claims) Validity(at time.Time) observe.Validity {
	switch {
	case !c.Expires.IsZero() && at.After(c.Expires.Add(leeway)):
		return observe.Past
	case at.Before(c.NotBefore.Add(-leeway)):
		return observe.Future
	}
	return observe.Now
}

// renewed is after which part of its lifetime the kubelet renews a token, and oldest at
// which age at the latest, see serviceAccountToken in the reference of the Pod API.
const (
	renewed = 0.8
	oldest  = 24 * time.Hour
)

// RenewalAge is the age at which the kubelet renews the token; ok is false where the
// claims do not tell.
func (c *Claims) RenewalAge() (age time.Duration, ok bool) {
	end := c.Expires
	if asked := numericDate(&c.Bound.WarnAfter); c.Bound.WarnAfter > 0 && asked.Before(end) {
		end = asked
	}
	if c.Issued.IsZero() || !end.After(c.Issued) {
		return 0, false
	}
	return min(time.Duration(renewed*float64(end.Sub(c.Issued))), oldest), true
}

// maxAudiences is how many audiences are named.
const maxAudiences = 8

// Audiences lists the first of those that the token is for.
func (c *Claims) Audiences() string {
	list := strings.Join(c.Audience[:min(len(c.Audience), maxAudiences)], ", ")
	if more := len(c.Audience) - maxAudiences; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// MadeFor says for whom the token was made, as far as it tells. One without an audience,
// from a Secret, is for the API server.
func (c *Claims) MadeFor(host string) observe.Audience {
	switch {
	case !c.unusualAudience(host):
		return observe.UsualAudience
	case slices.ContainsFunc(c.Audience, wellKnownForeign):
		return observe.ForeignAudience
	}
	return observe.UnknownAudience
}

// unusualAudience says that no audience looks like an API server's: neither
// the issuer, which is its default audience, nor a name of the API's Service or
// host.
func (c *Claims) unusualAudience(host string) bool {
	return len(c.Audience) > 0 && !slices.ContainsFunc(c.Audience, func(aud string) bool {
		return aud == c.Issuer || host != "" && strings.Contains(aud, host) || strings.Contains(aud, "kubernetes")
	})
}

// wellKnownForeign knows audiences that belong to other systems.
func wellKnownForeign(aud string) bool {
	return slices.Contains([]string{"sts.amazonaws.com", "vault", "istio-ca", "api://AzureADTokenExchange", "sigstore"}, aud)
}

// leeway is what API servers forgive when they compare a token's times with their
// clock.
const leeway = time.Minute
