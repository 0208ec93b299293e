package lab

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestPublishedKeys has servers refuse the token and publish odd keys.
func TestPublishedKeys(t *testing.T) {
	t.Parallel()
	const kid = "KID" // stands for that of the token
	for _, test := range []struct{ name, keys, want string }{
		{"the right key", "", "kid found, signature verifies"},
		{"ES384", `{"kty":"EC","crv":"P-384","alg":"ES384","kid":"` + kid + `","x":"` + strings.Repeat("q", 64) + `","y":"` + strings.Repeat("q", 64) + `"}`, "kid found, signature not checked"},
		{"an X of 48 bytes", `{"kty":"EC","crv":"P-256","kid":"` + kid + `","x":"` + strings.Repeat("q", 64) + `","y":"` + strings.Repeat("q", 43) + `"}`, "kid found, signature not checked"},
		{"a point off the curve", `{"kty":"EC","crv":"P-256","kid":"` + kid + `","x":"AQ","y":"AQ"}`, "kid found, signature not checked"},
		{"no coordinates", `{"kty":"EC","crv":"P-256","kid":"` + kid + `"}`, "kid found, signature not checked"},
		{"RSA for an ES256 token", `{"kty":"RSA","kid":"` + kid + `","n":"` + strings.Repeat("q", 342) + `","e":"AA"}`, "kid found, signature not checked"},
		{"10,000 keys", strings.TrimSuffix(strings.Repeat(`{"kid":"other"},`, 10000), ","), "kid not among 10000 keys"},
		{"no key", " ", "kid not among 0 keys"},
		{"a key that is null", "null", "kid not among 1 keys"},
		{"no JSON", "}", "not readable: 200"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var signer *signer
			o := world{only: []string{"auth.review", "probe.keys"}, change: func(p *plan) {
				p.api.inner = append(p.api.inner, func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						switch {
						case strings.HasPrefix(r.URL.Path, reviewsPath):
							status(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized", nil)
						case r.URL.Path == "/openid/v1/jwks" && test.keys == "":
							answer(w, http.StatusOK, signer.keySet())
						case r.URL.Path == "/openid/v1/jwks":
							io.WriteString(w, `{"keys":[`+strings.ReplaceAll(test.keys, kid, signer.id)+`]}`)
						default:
							next.ServeHTTP(w, r)
						}
					})
				})
			}, after: func(pod *Pod) error {
				signer = pod.api.signer
				return nil
			}}.look(t)
			if got := o.of("probe.keys").Evidence.Get("jwks"); got != test.want {
				t.Errorf("got %q, want %q%s", got, test.want, o)
			}
			if got, want := observe.TokenKey.In(o.of("probe.keys").Observations), keyOf(test.want); got != want {
				t.Errorf("recorded %q, want %q", got, want)
			}
		})
	}
}

// keyOf is what is recorded of a text.
func keyOf(said string) observe.Key {
	switch said {
	case "kid found, signature verifies":
		return observe.KeyVerifies
	case "kid found, signature not checked":
		return observe.KeyUnchecked
	case "not readable: 200":
		return ""
	}
	return observe.KeyUnknown
}
