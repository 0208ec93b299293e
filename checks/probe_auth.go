package checks

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var probeAnonymous = &Check{
	ID:      "probe.anonymous",
	Title:   "what the same requests get without a token",
	Needs:   []string{"tls.chain", "tls.host", "tls.validity"},
	Probe:   true,
	Records: []*observe.Row{observe.AnonymousVersions.Row, observe.AnonymousVersion.Row},
	Run:     runProbeAnonymous,
}

func runProbeAnonymous(ctx context.Context, _ *pod.System, session *Session, log *observe.Log) Outcome {
	if session.api == nil {
		return notApplicable("no check has asked the API server")
	}
	var e observe.Evidence
	for _, request := range []struct {
		path   string
		answer observe.Word[observe.Response]
	}{{"/api", observe.AnonymousVersions}, {"/version", observe.AnonymousVersion}} {
		x := send(ctx, session.api.anonymous, "GET", request.path, nil)
		if x.err == nil && x.status == http.StatusOK {
			request.answer.Saw(log, observe.OK)
		} else {
			request.answer.Saw(log, x.response())
		}
		if x.err != nil {
			e.Add(x.request, "%v", x.err)
		} else {
			e.Add(x.request, "%d", x.status)
		}
	}
	return pass(e, "without a token: /api %s, /version %s", e[0].Value, e[1].Value)
}

var probeKeys = &Check{
	ID:      "probe.keys",
	Title:   "what the server's published keys and issuer say of the token",
	Needs:   []string{"volume.token", "tls.chain", "tls.host", "tls.validity"},
	Probe:   true,
	Records: []*observe.Row{observe.TokenIssuer.Row, observe.TokenKey.Row},
	Run:     runProbeKeys,
}

// runProbeKeys reads the issuer's documents, see KEP-1393, without the token: a
// server that refuses the token refuses it there too.
func runProbeKeys(ctx context.Context, _ *pod.System, session *Session, log *observe.Log) Outcome {
	if session.api == nil {
		return notApplicable("no check has asked the API server")
	}
	var e observe.Evidence
	e.Add("token issuer", "%s", session.claims.Issuer)
	discovery := send(ctx, session.api.anonymous, "GET", "/.well-known/openid-configuration", nil)
	var issuer struct {
		Issuer string `json:"issuer"`
	}
	if discovery.err == nil && discovery.status == http.StatusOK && json.Unmarshal(discovery.body, &issuer) == nil {
		e.Add("issuer", "%s", issuer.Issuer)
		observe.TokenIssuer.Saw(log, whose(issuer.Issuer == session.claims.Issuer))
	} else {
		e.Add("issuer", "not readable: %s", notReadable(discovery))
	}
	keys := send(ctx, session.api.anonymous, "GET", "/openid/v1/jwks", nil)
	var set keySet
	if keys.err == nil && keys.status == http.StatusOK && json.Unmarshal(keys.body, &set) == nil {
		key, said := set.judge(session.token.Text(), session.claims.KeyID)
		e.Add("jwks", "%s", said)
		observe.TokenKey.Saw(log, key)
	} else {
		e.Add("jwks", "not readable: %s", notReadable(keys))
	}
	return pass(e, "issuer %s; keys %s", e.Get("issuer"), e.Get("jwks"))
}

func notReadable(x *exchange) string {
	if x.err != nil {
		return x.err.Error()
	}
	return fmt.Sprint(x.status)
}

// keySet is a JWKS, see RFC 7517.
type keySet struct {
	Keys []webKey `json:"keys"`
}

type webKey struct {
	KeyID    string `json:"kid"`
	Kind     string `json:"kty"`
	Curve    string `json:"crv"`
	Modulus  string `json:"n"`
	Exponent string `json:"e"`
	X        string `json:"x"`
	Y        string `json:"y"`
}

// judge says whether the set holds the token's key and the signature is its.
func (s keySet) judge(token, kid string) (key observe.Key, said string) {
	for _, key := range s.Keys {
		if key.KeyID != kid {
			continue
		}
		switch ok, known := key.verifies(token); {
		case !known:
			return observe.KeyUnchecked, "kid found, signature not checked"
		case ok:
			return observe.KeyVerifies, "kid found, signature verifies"
		}
		return observe.KeyFails, "kid found, signature fails"
	}
	return observe.KeyUnknown, fmt.Sprintf("kid not among %d keys", len(s.Keys))
}

// verifies checks an RS256 or ES256 signature, see RFC 7518, 3.3 and 3.4; known
// is false for what is neither, and for a key that is none.
func (k webKey) verifies(token string) (ok, known bool) {
	parts := strings.Split(token, ".")
	var header struct {
		Algorithm string `json:"alg"`
	}
	if len(parts) != 3 || pod.DecodePart(parts[0], &header) != nil {
		return false, false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return false, false
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	switch {
	case k.Kind == "RSA" && header.Algorithm == "RS256":
		public := &rsa.PublicKey{N: bigInt(k.Modulus), E: int(bigInt(k.Exponent).Int64())}
		if public.N.BitLen() > 16<<10 {
			return false, false
		}
		err := rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature)
		return err == nil, err == nil || errors.Is(err, rsa.ErrVerification)
	case k.Kind == "EC" && k.Curve == "P-256" && header.Algorithm == "ES256" && len(signature) == 64:
		point := make([]byte, 65)
		point[0] = 4
		x, y := bigInt(k.X), bigInt(k.Y)
		if x.BitLen() > 256 || y.BitLen() > 256 {
			return false, false
		}
		x.FillBytes(point[1:33])
		y.FillBytes(point[33:])
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
		if err != nil {
			return false, false
		}
		return ecdsa.Verify(public, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])), true
	}
	return false, false
}

// bigInt reads a number of at most 4 KiB; what is none is zero.
func bigInt(text string) *big.Int {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(data) > 4<<10 {
		return new(big.Int)
	}
	return new(big.Int).SetBytes(data)
}
