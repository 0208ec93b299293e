package lab

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

const reviewsPath = "/apis/authentication.k8s.io/"

func apiFaults() []Fault {
	return []Fault{
		{
			Code: "api.not-kubernetes", Summary: "a web server with the cluster's certificate answers",
			Check: "auth.review", Status: observe.Fail,
			apply: func(p *plan) {
				p.api.outer = append(p.api.outer, func(http.Handler) http.Handler { return http.HandlerFunc(loginPage) })
			},
		},
		{
			Code: "api.forbidden", Summary: "the role for discovery was removed",
			Check: "api.versions", Status: observe.Fail,
			apply: instead("/api", false, forbid),
		},
		{
			Code: "api.review-unavailable", Summary: "the server has no SelfSubjectReview",
			Check: "auth.review", Status: observe.Warn,
			apply: instead(reviewsPath, true, func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, "404 page not found", http.StatusNotFound)
			}),
		},
		{
			Code: "api.overloaded", Summary: "API Priority and Fairness throttles this account",
			Check: "auth.review", Status: observe.Fail,
			apply: instead("/api", true, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "1")
				http.Error(w, "Too many requests, please try again later.", http.StatusTooManyRequests)
			}),
		},
		{
			Code: "api.initializing", Summary: "the server's storage is being initialized",
			Check: "auth.review", Status: observe.Fail,
			apply: instead("/api", true, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "1")
				status(w, http.StatusTooManyRequests, "TooManyRequests", "storage is (re)initializing",
					map[string]any{"retryAfterSeconds": 1})
			}),
		},
		{
			Code: "api.slow", Summary: "every answer takes 1.5 s",
			Check: "auth.review", Status: observe.Warn,
			apply: func(p *plan) {
				p.api.inner = append(p.api.inner, func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						select {
						case <-time.After(1500 * time.Millisecond):
						case <-r.Context().Done():
						}
						next.ServeHTTP(w, r)
					})
				})
			},
		},
		{
			Code: "api.unhealthy", Summary: "/readyz and /livez report a broken etcd",
			Check: "api.health", Status: observe.Fail,
			apply: func(p *plan) { p.api.failing = "etcd" },
		},
		{
			Code: "api.version-skew", Summary: "the server is many versions older than this client",
			Check: "api.version", Status: observe.Warn,
			apply: instead("/version", false, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, `{"major": "1", "minor": "20", "gitVersion": "v1.20.15", "platform": "linux/amd64"}`)
			}),
		},
		{
			Code: "api.aggregation-broken", Summary: "the server of an aggregated API, metrics-server, is down",
			Check: "api.versions", Status: observe.Warn,
			apply: func(p *plan) { p.api.stale = []string{aggregatedGroup + "/v1beta1"} },
		},
	}
}

// instead answers requests for a path, or for all that begin with it, after
// authentication.
func instead(path string, prefix bool, answer http.HandlerFunc) func(*plan) {
	return func(p *plan) {
		p.api.inner = append(p.api.inner, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.TrimSuffix(r.URL.Path, "/") == path || prefix && strings.HasPrefix(r.URL.Path, path) {
					answer(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
		})
	}
}

// loginPage is what a server that is no API server says to anything.
func loginPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Server", "nginx")
	io.WriteString(w, "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>\n")
}
