package checks

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync"

	"k8s.io/client-go/rest"

	"github.com/k8sdoctor/k8sdoctor/panics"
)

// ahead are requests that were sent before the check that needs them, beside the review of
// the token: on one HTTP/2 connection they cost one round trip together.
//
// Only a success counts. What failed is asked again when its check is due, by itself: a
// server that throttles several requests at once, or rejects a token now and then, is
// judged by the requests that a client would send.
type ahead struct {
	answers map[string]chan answered // by path
	begin   func()                   // sends them
	running sync.WaitGroup
	cancel  context.CancelFunc
}

// maxTokenAhead is how long a token may be, in bytes, that several requests have at a time.
const maxTokenAhead = 8 << 10

type answered struct {
	*exchange
	discovery
}

// withRequestsAhead has the first request of ctx followed by the others as soon as it is on its
// way over the verified connection: they share that, and open none of their own. A server
// that refuses the token takes no further request there.
func (s *Session) withRequestsAhead(ctx context.Context, client rest.Interface) context.Context {
	if s.verified == nil || s.verified.ConnectionState().NegotiatedProtocol != "h2" || len(s.token.Text()) > maxTokenAhead {
		return ctx
	}
	s.ahead = s.askAhead(client)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: s.ahead.begin})
}

// askAhead prepares the requests of those checks that the run has, with the token, for as long
// as the run lasts.
func (s *Session) askAhead(client rest.Interface) *ahead {
	ctx, cancel := context.WithCancel(s.run)
	begun := make(chan struct{})
	all := &ahead{answers: map[string]chan answered{}, begin: sync.OnceFunc(func() { close(begun) }), cancel: cancel}
	for _, wanted := range []struct{ check, path string }{
		{"api.versions", "/api"}, {"api.versions", discoveryPath}, {"api.version", "/version"}, {"api.health", "/readyz"}, {"api.health", "/livez"},
	} {
		if !slices.Contains(s.listed, wanted.check) {
			continue
		}
		answer := make(chan answered, 1)
		all.answers[wanted.path] = answer
		all.running.Go(panics.Guarded(ctx, func() {
			defer close(answer)
			select {
			case <-begun:
			case <-ctx.Done():
				return
			}
			var a answered
			if wanted.path == discoveryPath {
				a.discovery, a.exchange = discover(ctx, client)
			} else {
				a.exchange = send(ctx, client, "GET", wanted.path, nil)
			}
			answer <- a
		}))
	}
	return all
}

// take returns the answer to a request that was sent ahead, once, where it was a success.
func (a *ahead) take(ctx context.Context, path string) (got answered, ok bool) {
	if a == nil || a.answers[path] == nil {
		return answered{}, false
	}
	select {
	case got, ok = <-a.answers[path]:
	case <-ctx.Done():
	}
	return got, ok && got.exchange.err == nil && got.status == http.StatusOK
}

// close ends what is still under way.
func (a *ahead) close() {
	if a != nil {
		a.cancel()
		a.running.Wait()
	}
}

// get makes a request, unless it was made ahead.
func (s *Session) get(ctx context.Context, client rest.Interface, path string) *exchange {
	if got, ok := s.ahead.take(ctx, path); ok {
		return got.exchange
	}
	return send(ctx, client, "GET", path, nil)
}
