package redact

import (
	"strings"
	"testing"
	"time"
)

func TestHide(t *testing.T) {
	const jwt = "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl"
	for _, tc := range []struct{ name, text, want string }{
		{"a user in a URL", `KUBERNETES_SERVICE_HOST="https://user:password@host": a URL`, `KUBERNETES_SERVICE_HOST="https://[redacted]@host": a URL`},
		{"a user alone", "ftp://t0ken@host:21/x", "ftp://[redacted]@host:21/x"},
		{"a password with @, / and :", "http://u:p@ss/w:rd@proxy:3128", "http://[redacted]@proxy:3128"},
		{"a password in percents", "http://u:p%40ss@proxy:3128", "http://[redacted]@proxy:3128"},
		{"a user without scheme", "user:password@host:3128", "[redacted]@host:3128"},
		{"a URL in a URL", "/login?to=https%3A%2F%2Fuser%3Apassword%40host%2Fx", "/login?to=https://[redacted]@host/x"},
		{"a header in a URL", "/login?to=Authorization%3a+Bearer+hunter2hunter2&x=a%2Fb", "/login?to=Authorization: [redacted]"},
		{"a header in a URL, without percents", "/login?to=Basic+Q7HVL5YLKU3VUSYDLMHFX7DW", "/login?to=Basic [redacted]"},
		{"percents and no secret", "/login?to=https%3A%2F%2Fhost%2Fx+y", "/login?to=https%3A%2F%2Fhost%2Fx+y"},
		{"a URL in JSON of PHP", `{"url":"https:\/\/user:password@host"}`, `{"url":"https:\/\/[redacted]@host"}`},
		{"a bearer token", "got Bearer hunter2hunter2 from you", "got Bearer [redacted] from you"},
		{"a bearer token of letters", "bearer " + strings.Repeat("abcdef", 5), "bearer [redacted]"},
		{"basic", "Basic dXNlcjpwYXNzd29yZA==, and more", "Basic [redacted], and more"},
		{"a header", "Authorization: Bearer correcthorse", "Authorization: [redacted]"},
		{"a header of another scheme", "proxy-authorization: s3cr3ts3cr3t", "proxy-authorization: [redacted]"},
		{"headers in JSON", `{"Authorization":["Bearer correcthorse"],"X":"y"}`, `{"Authorization":["[redacted]"],"X":"y"}`},
		{"headers in quoted JSON", `"{\"Authorization\":\"Bearer correcthorse\",\"X\":\"y\"}"`, `"{\"Authorization\":\"[redacted]\",\"X\":\"y\"}"`},
		{"a JWT", "user " + jwt + "!", "user [redacted]!"},
		{"the beginning of a JWT", jwt[:30], "[redacted]"},
		{"a cookie", "Set-Cookie: session=abcdefgh; Path=/; HttpOnly", "Set-Cookie: [redacted]"},
		{"cookies", `cookie: a="bcd efg"; d=efg next`, `cookie: [redacted] next`},
		{"a key", "-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----\nmore", "[redacted]\nmore"},
		{"half a key", "x -----BEGIN PRIVATE KEY----- MIIabc...", "x [redacted]"},
		{"assignments", "DB_PASSWORD=hunter2, token=abc&x=1 apiKey = 'a b'", "DB_PASSWORD=[redacted] token=[redacted]&x=1 apiKey = '[redacted]'"},
		{"JSON", `{"password": "a\"b c", "access_token":"x", "kind":"Status"}`, `{"password": "[redacted]", "access_token":"[redacted]", "kind":"Status"}`},
		{"YAML", "password: hunter2 and more", "password: [redacted] and more"},
		{"another header", "X-Vault-Token: s.abc", "X-Vault-Token: [redacted]"},
		{"a signed URL", "https://store.example/x?X-Amz-Signature=abc&sig=def&ok=1", "https://store.example/x?X-Amz-Signature=[redacted]&sig=[redacted]&ok=1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := hide(tc.text); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

// TestHideLeaves has what reports say of tokens and keys, and what servers say.
func TestHideLeaves(t *testing.T) {
	for _, text := range []string{
		"/var/run/secrets/kubernetes.io/serviceaccount/token: 1033 bytes, a JWT",
		"/var/run/secrets/kubernetes.io/serviceaccount/token: permission denied: -rw------- 0:0, this process is uid 65532",
		"header: not a JSON object of a token's form",
		"system:serviceaccount:shop:web, 365 days left",
		"kubernetes, key 4a8e, issuer's key (none), 2026-01-01 to 2036-01-01",
		"kid found, signature verifies",
		"kubernetes has no critical basic constraints; Basic Auth; a bearer token; Basic realm=\"shop\"",
		`Bearer realm="shop",error="invalid_token"`,
		`secrets "web" is forbidden: User "system:serviceaccount:shop:web" cannot get resource "secrets" in API group "" in the namespace "shop"`,
		`[invalid bearer token, service account token has been invalidated]`,
		"https://kubernetes.default.svc.cluster.local",
		"HTTPS_PROXY sends 10.96.0.1:443 through http://10.20.0.5:3128; NO_PROXY does not list 10.96.0.1",
		"KUBERNETES_AUTH_TOKEN, KUBERNETES_AUTH_BASIC_PASSWORD will beat the in-cluster configuration in some clients",
		"POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews: 201 in 2ms",
		"RBAC: access denied",
		"[fd00::1]:443 from fe80::1%eth0",
		"GET /openid/v1/jwks: 403; tokens=3",
		"kubernetes.default.svc.shop.svc.cluster.local.: NXDOMAIN in 1ms, after 2 datagrams",
	} {
		if got := hide(text); got != text {
			t.Errorf("got  %s\nwant %s", got, text)
		}
	}
}

// TestHideIsQuick gives it what is made to take long.
func TestHideIsQuick(t *testing.T) {
	for _, unit := range []string{"a", "password=", "://", "@", "eyJ", "eyJhbGciOiJSUzI1NiIsImtpZ", "-----BEGIN PRIVATE KEY-----", `token\"`, "bearer ", "cookie: a;", "[redacted]", "\x00", "\xff", "%3A%2F%2F"} {
		text := strings.Repeat(unit, (1<<20)/len(unit))
		start := time.Now()
		got := newSecret(testToken).Clean(text)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%q: took %s", unit, took)
		}
		if len(got) > 2*maxText {
			t.Errorf("%q: got %d bytes, want about %d", unit, len(got), maxText)
		}
	}
}

// FuzzClean puts a secret into a text, in the forms that are known for it.
func FuzzClean(f *testing.F) {
	const secret = "Zq8Rk2Vw7Lp4"
	forms := []string{
		"https://user:" + secret + "@host", "user:" + secret + "@host", "Authorization: Bearer " + secret, "bearer " + secret, "Set-Cookie: a=" + secret,
		"password=" + secret, `"token":"` + secret + `"`, `\"token\":\"` + secret + `\"`, "password: " + secret,
		"-----BEGIN PRIVATE KEY-----" + secret + "-----END PRIVATE KEY-----", testToken,
	}
	for i := range forms {
		f.Add("before ", " after", uint8(i))
	}
	f.Add("a@b ://\xff", "...\n\x1b[2J", uint8(3))
	s := newSecret(testToken)
	f.Fuzz(func(t *testing.T, before, after string, form uint8) {
		clean := s.Clean(before + " " + forms[int(form)%len(forms)] + " " + after)
		if len(clean) > 2*maxText {
			t.Errorf("got %d bytes, want about %d", len(clean), maxText)
		}
		if again := s.Clean(clean); again != clean {
			t.Errorf("got  %q\nthen %q", clean, again)
		}
		for i := 0; i+8 <= len(secret); i++ {
			if len(before) < maxHidden/2 && strings.Contains(clean, secret[i:i+8]) && !strings.Contains(before+after, secret[i:i+8]) {
				t.Errorf("got %q with %q", clean, secret[i:i+8])
			}
		}
	})
}
