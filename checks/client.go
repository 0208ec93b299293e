package checks

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/transport"
)

// What is read of one answer at most, in bytes.
const (
	maxBody   = 256 << 10
	maxHeader = 64 << 10
)

// apiClient speaks to the API server over connections that are verified
// against ca.crt for the host that the environment names; no other connection
// can come about, so the token goes nowhere else.
type apiClient struct {
	authenticated, anonymous rest.Interface
	close                    func()
}

// client makes the client on first use.
func (s *Session) client(sys *pod.System) (*apiClient, error) {
	if s.api == nil {
		api, err := newAPIClient(sys, s)
		if err != nil {
			return nil, err
		}
		s.api = api
	}
	return s.api, nil
}

func newAPIClient(sys *pod.System, session *Session) (*apiClient, error) {
	var mu sync.Mutex
	ready := session.verified
	roundTripper := &http.Transport{
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: maxHeader,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("a connection without TLS was asked for")
		},
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			mu.Lock()
			conn := ready
			ready = nil
			mu.Unlock()
			if conn != nil {
				return conn, nil
			}
			return dialVerified(ctx, sys, session)
		},
	}
	anonymous, err := restClient(session, observer{roundTripper, sys})
	if err != nil {
		return nil, err
	}
	authenticated, err := restClient(session, transport.NewBearerAuthRoundTripper(session.token.Text(), observer{roundTripper, sys}))
	return &apiClient{authenticated, anonymous, roundTripper.CloseIdleConnections}, err
}

// afterOthers is how long a connection waits for those of net.connect, which come at a pace
// that any server keeps up with.
const afterOthers = 200 * time.Millisecond

func dialVerified(ctx context.Context, sys *pod.System, session *Session) (net.Conn, error) {
	select {
	case <-session.connected:
	case <-time.After(afterOthers):
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	conn, err := session.dialAPI(ctx, sys)
	if err != nil {
		return nil, err
	}
	client := tls.Client(conn, session.tlsConfig(sys))
	if err := client.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return client, nil
}

func restClient(session *Session, rt http.RoundTripper) (rest.Interface, error) {
	base := &url.URL{Scheme: "https", Host: net.JoinHostPort(session.Host, session.Port)}
	config := &rest.Config{
		Host:           base.String(),
		QPS:            -1,
		WarningHandler: rest.NoWarnings{},
		ContentConfig:  rest.ContentConfig{NegotiatedSerializer: undecoded{}},
	}
	return rest.UnversionedRESTClientForConfigAndClient(config, &http.Client{
		Transport:     rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
}

type exchangeKey struct{}

// observer reads the answer, at most maxBody of it, for the check that asked:
// client-go keeps neither headers nor the text of what it cannot decode.
type observer struct {
	next http.RoundTripper
	sys  *pod.System
}

// RoundTrip implements http.RoundTripper.
func (o observer) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := o.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	at := o.sys.Now()
	x, asked := r.Context().Value(exchangeKey{}).(*exchange)
	if asked && x.read != nil && response.StatusCode == http.StatusOK {
		x.read(response)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	if asked {
		x.status, x.header, x.body, x.at = response.StatusCode, response.Header, body, at
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// send makes one request; body is sent as JSON unless it is nil.
func send(ctx context.Context, client rest.Interface, verb, path string, body any) *exchange {
	x := &exchange{request: verb + " " + path}
	request := client.Verb(verb).AbsPath(path).SetHeader("Accept", "application/json, */*")
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			x.err = err
			return x
		}
		request = request.Body(data).SetHeader("Content-Type", "application/json")
	}
	x.send(ctx, request)
	return x
}

func (x *exchange) send(ctx context.Context, request *rest.Request) {
	w := pulse.StartWatch(ctx)
	err := request.MaxRetries(0).Do(context.WithValue(ctx, exchangeKey{}, x)).Error()
	x.took = w.Waited()
	if x.status == 0 {
		x.err = requestError(ctx, err)
	}
}

func requestError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	return netprobe.RootError(ctx, err)
}

func limitedReader(r io.Reader) *bufio.Reader { return bufio.NewReader(io.LimitReader(r, maxHeader)) }
