package checks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

// usualProxy is where the Kubernetes guide puts the kubectl proxy sidecar.
const usualProxy = "127.0.0.1:8001"

var kubectlProxyAPI = &Check{
	ID:      "kubectl-proxy.api",
	Title:   "the kubectl proxy beside this container answers /api",
	Records: []*observe.Row{observe.SidecarAsked.Row, observe.SidecarAnswer.Row},
	Run:     runKubectlProxy,
}

// runKubectlProxy fails only where a kubectl proxy was asked for: at the usual
// address others have ports of their own, and who has a proxy there may not need it.
func runKubectlProxy(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	given := sys.KubectlProxy
	observe.SidecarAsked.Saw(log, given != nil)
	at := given
	if at == nil {
		at = &url.URL{Scheme: "http", Host: usualProxy}
	}
	x := askProxy(ctx, sys, session, session.token.KeptFrom(at), given == nil)
	e := append(observe.Evidence{{Key: "url", Value: at.Redacted()}}, x.evidence()...)
	var answer metav1.APIVersions
	if x.err == nil && x.status == http.StatusOK && x.into("APIVersions", &answer) {
		observe.SidecarAnswer.Saw(log, observe.SidecarWorks)
		return pass(e, "%s: APIVersions %s in %s", at.Host, strings.Join(answer.Versions, " "), observe.FormatDuration(x.took))
	}
	if netprobe.IsSocketDenied(x.err) {
		return notApplicable("%s: %v", at.Host, x.err)
	}
	said := proxyAnswer(x, given != nil)
	observe.SidecarAnswer.Saw(log, said)
	switch said {
	case observe.SidecarAbsent:
		if errors.Is(x.err, syscall.ECONNREFUSED) {
			return notApplicable("nothing listens on %s", usualProxy)
		}
		return notApplicable("what listens on %s is no kubectl proxy", usualProxy)
	case observe.SidecarClosed, observe.SidecarSilent:
		return fail(e, "%s: %v", at.Host, x.err)
	case observe.SidecarForeign:
		return fail(e, "%s: %d with %q, which no kubectl proxy says", at.Host, x.status, x.message())
	}
	if given == nil {
		return warn(e, "%s: %d %s", at.Host, x.status, x.message())
	}
	return fail(e, "%s: %d %s", at.Host, x.status, x.message())
}

// proxyAnswer knows the answers that kubectl proxy itself gives: to a Host
// header that it does not accept, and when it cannot reach the API server itself.
func proxyAnswer(x *exchange, asked bool) observe.Sidecar {
	body := strings.TrimSpace(string(x.body))
	var status metav1.Status
	switch {
	case x.err != nil && !asked:
		return observe.SidecarAbsent
	case errors.Is(x.err, syscall.ECONNREFUSED):
		return observe.SidecarClosed
	case x.err != nil:
		return observe.SidecarSilent
	case x.status == http.StatusForbidden && (body == "Forbidden" || body == "<h3>Unauthorized</h3>"):
		return observe.SidecarFiltered
	case x.status == http.StatusBadGateway && body == "",
		x.status >= 500 && (strings.HasPrefix(body, "dial tcp ") || strings.Contains(body, "x509: ")),
		x.status >= 400 && x.into("Status", &status):
		return observe.SidecarUpstream
	case !asked:
		return observe.SidecarAbsent
	}
	return observe.SidecarForeign
}

// loopbackLimit is how long a connection to a port of this pod may take: loopback answers
// at once.
const loopbackLimit = 500 * time.Millisecond

func dialLoopback(dial func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := pulse.Within(ctx, loopbackLimit)
		defer cancel()
		return dial(ctx, network, address)
	}
}

// askProxy sends no token: the proxy adds its own.
func askProxy(ctx context.Context, sys *pod.System, session *Session, at *url.URL, guessed bool) *exchange {
	dial := hop{sys, session}.DialContext
	if guessed {
		dial = dialLoopback(dial)
	}
	x := &exchange{request: "GET /api"}
	client := &http.Client{
		Transport: &http.Transport{
			DialContext:            dial,
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: maxHeader,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	w := pulse.StartWatch(ctx)
	defer func() { x.took = w.Took() }()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.JoinPath("/api").String(), nil)
	if err != nil {
		x.err = err
		return x
	}
	response, err := client.Do(request)
	if err != nil {
		x.err = requestError(ctx, err)
		return x
	}
	defer response.Body.Close()
	x.status, x.header = response.StatusCode, response.Header
	if x.body, err = io.ReadAll(io.LimitReader(response.Body, maxBody)); err != nil {
		x.err = requestError(ctx, err)
	}
	return x
}

// ParseProxyURL reads the address of a kubectl proxy, "http://HOST:PORT".
func ParseProxyURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.Host == "" {
		return nil, fmt.Errorf("%q is not the URL of a kubectl proxy, such as http://127.0.0.1:8001", text)
	}
	if _, _, err := net.SplitHostPort(u.Host); err != nil {
		u.Host = net.JoinHostPort(u.Hostname(), "80")
	}
	return u, nil
}
