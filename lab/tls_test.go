package lab

import (
	"net/http"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func TestTLSVerdicts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*plan)
		check  string // that fails
		says   string // in its summary
		cause  string
		sure   causes.Confidence
	}{
		{
			name: "a leaf that expired before its renewed CA began", change: renewedCA,
			check: "tls.validity", says: "kube-apiserver expired on", cause: "tls.expired", sure: causes.Certain,
		},
		{
			name: "SSH", change: func(p *plan) { p.api.raw = pieces("SSH-2.0-OpenSSH_9.9\r\n") },
			check: "tls.chain", says: "answers SSH-2.0-OpenSSH_9.9, which is no TLS", cause: "tls.not-tls", sure: causes.Certain,
		},
		{
			name: "HTTP whose first line comes in pieces", change: func(p *plan) { p.api.raw = pieces("HT", "TP/1.1 400 ", "Bad Request\r\n\r\n") },
			check: "tls.chain", says: "HTTP/1.1 400 Bad Request", cause: "tls.not-tls", sure: causes.Certain,
		},
		{
			name: "HTTP that ends before its fifth byte", change: func(p *plan) { p.api.raw = sayAfterHello("HTTP") },
			check: "tls.chain", says: "answers HTTP", cause: "tls.not-tls", sure: causes.Certain,
		},
		{
			name: "two of three servers have another CA, and the first handshake met the right one",
			change: func(p *plan) {
				otherServers(1, 3)(p)
				p.api.http1 = true
				p.api.outer = append(p.api.outer, func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						w.Header().Set("Connection", "close") // each request takes a connection of its own
						next.ServeHTTP(w, r)
					})
				})
			},
			check: "api.health", says: "certificate signed by unknown authority", cause: "tls.mixed-servers", sure: causes.Certain,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := world{change: test.change}.look(t)
			if r := o.of(test.check); r.Status != observe.Fail || !strings.Contains(r.Summary, test.says) {
				t.Errorf("%s: got %s: %s, want fail with %q%s", test.check, r.Status, r.Summary, test.says, o)
			}
			named := diagnose.Diagnose(causes.Pod{}, o.results).Causes
			if len(named) != 1 || named[0].Code != test.cause || named[0].Confidence != test.sure {
				t.Errorf("got %d causes, the first %+v, want %s %s alone%s", len(named), named[:min(len(named), 1)], test.sure, test.cause, o)
			}
		})
	}
}
