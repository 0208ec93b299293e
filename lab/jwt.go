package lab

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// leeway is by how much kube-apiserver lets clocks differ.
const leeway = time.Minute

// claims are those of a service-account token, in the alphabetical order in
// which Kubernetes writes them.
type claims struct {
	Audience   []string     `json:"aud,omitempty"`
	Expires    int64        `json:"exp,omitempty"`
	Issued     int64        `json:"iat,omitempty"`
	Issuer     string       `json:"iss"`
	ID         string       `json:"jti,omitempty"`
	Kubernetes *boundClaims `json:"kubernetes.io,omitempty"`

	LegacyNamespace  string `json:"kubernetes.io/serviceaccount/namespace,omitempty"`
	LegacySecret     string `json:"kubernetes.io/serviceaccount/secret.name,omitempty"`
	LegacyAccount    string `json:"kubernetes.io/serviceaccount/service-account.name,omitempty"`
	LegacyAccountUID string `json:"kubernetes.io/serviceaccount/service-account.uid,omitempty"`

	NotBefore int64  `json:"nbf,omitempty"`
	Subject   string `json:"sub"`
}

type boundClaims struct {
	Namespace string `json:"namespace"`
	Node      object `json:"node"`
	Pod       object `json:"pod"`
	Account   object `json:"serviceaccount"`
	WarnAfter int64  `json:"warnafter"`
}

type object struct {
	Name string `json:"name"`
	UID  string `json:"uid"`
}

const legacyIssuer = "kubernetes/serviceaccount"

// newClaims says what the plan wants the token to say.
func newClaims(p *plan) claims {
	t := p.token
	subject := "system:serviceaccount:" + namespace + ":" + t.account
	if t.legacy {
		return claims{
			Issuer: legacyIssuer, Subject: subject,
			LegacyNamespace: namespace, LegacySecret: t.account + "-token-x7k2p",
			LegacyAccount: t.account, LegacyAccountUID: t.accountUID,
		}
	}
	at := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	return claims{
		Audience: []string{or(t.audience, p.issuer())},
		Issued:   at(t.issued), NotBefore: at(t.issued), Expires: at(t.expires),
		Issuer: or(t.issuer, p.issuer()), ID: newUUID(), Subject: subject,
		Kubernetes: &boundClaims{
			Namespace: namespace,
			Node:      object{nodeName, nodeUID},
			Pod:       object{t.pod, t.podUID},
			Account:   object{t.account, t.accountUID},
			WarnAfter: at(t.issued + 3607*time.Second),
		},
	}
}

func or(value, otherwise string) string {
	if value != "" {
		return value
	}
	return otherwise
}

// signer signs tokens with ES256.
type signer struct {
	key *ecdsa.PrivateKey
	id  string
}

// newSigner makes a key whose id holds no "eyJ", which reports would take for the beginning of
// a JWT and hide.
func newSigner() (*signer, error) {
	for {
		key, err := newKey()
		if err != nil {
			return nil, err
		}
		der, err := x509.MarshalPKIXPublicKey(key.Public())
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(der)
		if id := encode(sum[:]); !strings.Contains(id, "eyJ") {
			return &signer{key, id}, nil
		}
	}
}

type header struct {
	Algorithm string `json:"alg"`
	KeyID     string `json:"kid"`
}

func (s *signer) sign(c claims) (string, error) {
	head, err := json.Marshal(header{"ES256", s.id})
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	text := encode(head) + "." + encode(body)
	sum := sha256.Sum256([]byte(text))
	r, v, err := ecdsa.Sign(rand.Reader, s.key, sum[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	v.FillBytes(signature[32:])
	return text + "." + encode(signature), nil
}

// verify returns the claims of a token that this key has signed.
func (s *signer) verify(token string) (c claims, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return c, errors.New("not a JWT")
	}
	var head header
	if err := decodeJSON(parts[0], &head); err != nil {
		return c, err
	}
	if head != (header{"ES256", s.id}) {
		return c, fmt.Errorf("no key for %+v", head)
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return c, errors.New("no ES256 signature")
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	r, v := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if !ecdsa.Verify(&s.key.PublicKey, sum[:], r, v) {
		return c, errors.New("error in cryptographic primitive")
	}
	return c, decodeJSON(parts[1], &c)
}

// keySet is the key as a JSON Web Key Set.
func (s *signer) keySet() map[string]any {
	raw, err := s.key.PublicKey.Bytes()
	if err != nil {
		return nil
	}
	return map[string]any{"keys": []any{map[string]any{
		"use": "sig", "kty": "EC", "kid": s.id, "crv": "P-256", "alg": "ES256",
		"x": encode(raw[1:33]), "y": encode(raw[33:]),
	}}}
}

// accept says whether a server with this plan honours verified claims: the
// issuer, the audience, the times by its own clock, and what the token is bound
// to.
func (p *plan) accept(c claims) error {
	issuer := or(p.api.issuer, p.issuer())
	if c.Kubernetes == nil {
		if c.Issuer != legacyIssuer || c.LegacyAccountUID != p.uid(c.LegacyAccount) {
			return errors.New("legacy token of another account")
		}
		return nil
	}
	now := time.Now()
	b := c.Kubernetes
	switch {
	case c.Issuer != issuer:
		return fmt.Errorf("issuer %q is not %q", c.Issuer, issuer)
	case !slices.Contains(c.Audience, issuer):
		return fmt.Errorf("audiences %q are not %q", c.Audience, issuer)
	case now.After(time.Unix(c.Expires, 0).Add(leeway)):
		return errors.New("service account token has expired")
	case now.Before(time.Unix(c.NotBefore, 0).Add(-leeway)):
		return errors.New("service account token is not valid yet")
	case b.Account.UID != p.uid(b.Account.Name):
		return errors.New("service account UID does not match claim")
	case b.Pod != object{podName, podUID}, p.api.podGone:
		return errors.New("service account token has been invalidated")
	}
	return nil
}

// uid is that of an account as it exists now; "" for one that does not.
func (p *plan) uid(name string) string {
	switch name {
	case account:
		return p.api.accountUID
	case otherAccount:
		return otherAccountUID
	}
	return ""
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func decodeJSON(part string, into any) error {
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
