package pod

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

func jwt(header, claims string) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(header)) + "." + enc([]byte(claims)) + "." + enc([]byte("signature"))
}

func TestParseJWT(t *testing.T) {
	for _, tc := range []struct {
		name, token, want string
	}{
		{"bound", jwt(`{"alg":"RS256","kid":"k"}`, `{"iss":"i","sub":"system:serviceaccount:shop:web","aud":["a","b"],"exp":1700000000,"kubernetes.io":{"namespace":"shop","pod":{"name":"p"},"serviceaccount":{"name":"web"}}}`),
			"k i system:serviceaccount:shop:web [a b] 2023-11-14 shop web p false"},
		{"one audience", jwt(`{}`, `{"sub":"system:serviceaccount:shop:web","aud":"a"}`), "  system:serviceaccount:shop:web [a] 0001-01-01 shop   false"},
		{"legacy", jwt(`{}`, `{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:shop:web","kubernetes.io/serviceaccount/namespace":"shop","kubernetes.io/serviceaccount/secret.name":"s","kubernetes.io/serviceaccount/service-account.name":"web"}`),
			" kubernetes/serviceaccount system:serviceaccount:shop:web [] 0001-01-01 shop web  true"},
		{"absurd times", jwt(`{}`, `{"exp":1e300,"nbf":-5}`), "   [] 9999-12-31    false"},
		{"expired before 1970", jwt(`{}`, `{"exp":-1}`), "   [] 1969-12-31    false"},
		{"expired in 1970", jwt(`{}`, `{"exp":0}`), "   [] 1970-01-01    false"},
		{"expired before all time", jwt(`{}`, `{"exp":-1e300}`), "   [] 1653-02-10    false"},
		{"two parts", "a.b", "error: a JWT has 3 parts, this has 2"},
		{"no base64", "*.e30.e30", "error: header: not base64url"},
		{"no JSON", jwt(`{}`, `x`), "error: claims: not a JSON object of a token's form"},
		{"wrong type", jwt(`{}`, `{"exp":"soon"}`), "error: claims: not a JSON object of a token's form"},
		{"audience is a number", jwt(`{}`, `{"aud":7}`), "error: claims: aud is neither a text nor a list of texts"},
		{"no signature", "e30.e30.*", "error: signature: not base64url"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ""
			if c, err := ParseJWT(tc.token); err != nil {
				got = "error: " + err.Error()
			} else {
				got = fmt.Sprintf("%s %s %s %v %s %s %s %s %t", c.KeyID, c.Issuer, c.Subject, c.Audience, c.Expires.UTC().Format(time.DateOnly), c.Namespace(), c.Account(), c.Bound.Pod.Name, c.Legacy())
			}
			if got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestForeignAudience(t *testing.T) {
	for _, tc := range []struct {
		name string
		c    Claims
		want bool
	}{
		{"the issuer is the default audience", Claims{Issuer: "https://oidc.example/id", Audience: []string{"https://oidc.example/id"}}, false},
		{"the Service's name", Claims{Issuer: "https://oidc.example", Audience: []string{"https://kubernetes.default.svc"}}, false},
		{"k3s", Claims{Issuer: "https://kubernetes.default.svc.cluster.local", Audience: []string{"https://kubernetes.default.svc.cluster.local", "k3s"}}, false},
		{"legacy tokens have none", Claims{Issuer: legacyIssuer}, false},
		{"the API's host", Claims{Issuer: "https://oidc.example", Audience: []string{"https://api.shop.example"}}, false},
		{"vault", Claims{Issuer: "https://kubernetes.default.svc", Audience: []string{"vault"}}, true},
	} {
		if got := tc.c.unusualAudience("api.shop.example"); got != tc.want {
			t.Errorf("%s: got %t, want %t", tc.name, got, tc.want)
		}
	}
}

func TestRenewalAge(t *testing.T) {
	issued := time.Date(2026, 11, 28, 7, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name            string
		lives, warnings time.Duration // since issued; zero: none
		want            time.Duration
	}{
		{"an hour", time.Hour, 0, 48 * time.Minute},
		{"an hour, put off to a year", 365 * 24 * time.Hour, time.Hour, 48 * time.Minute},
		{"two days", 48 * time.Hour, 0, 24 * time.Hour},
		{"a warning after the end", 10 * time.Minute, time.Hour, 8 * time.Minute},
		{"no end", 0, 0, 0},
		{"ends before it is issued", -time.Hour, 0, 0},
	} {
		c := Claims{Issued: issued}
		if tc.lives != 0 {
			c.Expires = issued.Add(tc.lives)
		}
		if tc.warnings != 0 {
			c.Bound.WarnAfter = float64(issued.Add(tc.warnings).Unix())
		}
		if got, ok := c.RenewalAge(); got != tc.want || ok != (tc.want > 0) {
			t.Errorf("%s: got %s %t, want %s", tc.name, got, ok, tc.want)
		}
	}
	if _, ok := (&Claims{Expires: issued}).RenewalAge(); ok {
		t.Error("a token without a time of issue has an age")
	}
}

func FuzzParseJWT(f *testing.F) {
	f.Add(jwt(`{"alg":"RS256","kid":"x"}`, `{"sub":"system"}`))
	f.Add(jwt(`{}`, `{"aud":["a"],"exp":1.5e9,"kubernetes.io":{}}`))
	f.Fuzz(func(t *testing.T, token string) {
		c, err := ParseJWT(token)
		if err == nil {
			c.Validity(time.Unix(0, 0))
		} else if len(token) > 40 && strings.Contains(err.Error(), token[:20]) {
			t.Errorf("the error quotes the token")
		}
	})
}
