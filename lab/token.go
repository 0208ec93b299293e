package lab

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// The account that runs the pod when it is not the one that was meant.
const (
	otherAccount    = "default"
	otherAccountUID = "5ee0c6d1-52d1-4b6b-9d43-0a4b8f0e9c12"
)

func tokenFaults() []Fault {
	return []Fault{
		{
			Code: "token.expired", Summary: "the token is a copy that expired an hour ago",
			Check: "auth.review", Status: observe.Fail,
			apply: func(p *plan) {
				p.token.issued, p.token.expires = -25*time.Hour, -time.Hour
				p.volume.copied = true
			},
		},
		{
			Code: "token.not-renewed", Summary: "the kubelet has not renewed the token, which expired 20 minutes ago",
			Check: "auth.review", Status: observe.Fail,
			apply: func(p *plan) { p.token.issued, p.token.expires = -80*time.Minute, -20*time.Minute },
		},
		{
			Code: "token.not-yet-valid", Summary: "the token was issued by a clock that is half an hour ahead",
			Check: "auth.review", Status: observe.Fail,
			apply: func(p *plan) { p.token.issued, p.volume.written = 30*time.Minute, -20*time.Minute },
		},
		{
			Code: "token.clock-skew", Summary: "this pod's clock is ten minutes ahead",
			Check: "auth.clock", Status: observe.Warn,
			apply: func(p *plan) { p.ahead = 10 * time.Minute },
		},
		{
			Code: "token.wrong-audience", Summary: "the token was issued for Vault",
			Check: "auth.review", Status: observe.Fail,
			apply: func(p *plan) { p.token.audience = "vault" },
		},
		{
			Code: "token.foreign-pod", Summary: "the token was copied from a pod that is gone",
			Check: "auth.review", Status: observe.Fail,
			apply: func(p *plan) {
				p.token.pod, p.token.podUID = "web-9c1d", "e1c0f3a2-0f2d-4b7e-8a55-6d2f9b7c3e41"
			},
		},
		{
			Code: "token.legacy", Summary: "the token is from a Secret and does not expire",
			Check: "token.claims", Status: observe.Warn,
			apply: func(p *plan) { p.token.legacy = true },
		},
		{
			Code: "token.intermittent", Summary: "one of two API servers, the first one, does not have the key",
			Check: "auth.review", Status: observe.Fail,
			apply: everySecondRefused,
		},
		{
			Code: "token.unknown-key", Summary: "the token was signed with a key that the server does not have",
			Check: "auth.review", Status: observe.Fail,
			apply: func(p *plan) { p.token.foreignKey = true },
		},
		{
			Code: "token.unknown-issuer", Summary: "the server's issuer was changed after the token was issued",
			Check: "auth.review", Status: observe.Fail,
			apply: func(p *plan) { p.api.issuer = "https://oidc.shop.example" },
		},
		{
			Code: "token.pod-terminating", Summary: "the pod is being deleted, and has not ended for three hours",
			Check: "auth.review", Status: observe.Fail,
			apply: func(p *plan) {
				p.token.issued = -3 * time.Hour
				p.api.podGone = true
			},
		},
		{
			Code: "token.rejected", Summary: "the ServiceAccount was deleted and recreated",
			Check: "auth.review", Status: observe.Fail,
			apply: func(p *plan) { p.api.accountUID = "d34c7b10-77a5-4f0b-a6f1-91c8e0d2f6b3" },
		},
		{
			Code: "token.stripped", Summary: "a proxy removes the Authorization header",
			Check: "auth.review", Status: observe.Fail,
			apply: func(p *plan) {
				p.api.outer = append(p.api.outer, func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						r.Header.Del("Authorization")
						next.ServeHTTP(w, r)
					})
				})
			},
		},
		{
			Code: "token.other-account", Summary: "the pod runs as the ServiceAccount default",
			Check: "token.claims", Status: observe.Warn,
			apply: func(p *plan) { p.token.account, p.token.accountUID = otherAccount, otherAccountUID },
		},
	}
}

// everySecondRefused answers the first question who the caller is, and then
// every second one, like an API server that does not know the token.
func everySecondRefused(p *plan) {
	var questions atomic.Int64
	p.api.outer = append(p.api.outer, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, reviewsPath) && questions.Add(1)%2 == 1 {
				status(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized", nil)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
}
