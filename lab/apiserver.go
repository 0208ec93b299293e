package lab

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// cluster is what was signed for a plan.
type cluster struct {
	ca      *authority
	serving tls.Certificate
	signer  *signer
	token   string
}

func newCluster(p *plan) (*cluster, error) {
	ca, err := newAuthority(named("kubernetes"), p.tls.ca...)
	if err == nil && p.tls.intermediate {
		ca, err = signedByOther(p.tls.ca)
	}
	if err != nil {
		return nil, err
	}
	leaf := serverLeaf(p.domain)
	for _, edit := range p.tls.leaf {
		edit(leaf)
	}
	issue := p.tls.issue
	if issue == nil {
		issue = (*authority).issue
	}
	serving, err := issue(ca, leaf)
	if err != nil {
		return nil, err
	}
	server, err := newSigner()
	if err != nil {
		return nil, err
	}
	by := server
	if p.token.foreignKey {
		if by, err = newSigner(); err != nil {
			return nil, err
		}
	}
	token, err := by.sign(newClaims(p))
	return &cluster{ca, serving, server, token}, err
}

// signedByOther makes the cluster's authority an intermediate one.
func signedByOther(edits []func(*x509.Certificate)) (*authority, error) {
	root, err := newAuthority(named("corporate-root"))
	if err != nil {
		return nil, err
	}
	return root.issueAuthority(named("kubernetes"), edits...)
}

// apiServer answers as kube-apiserver does.
type apiServer struct {
	plan   *plan
	signer *signer
	flow   string // uid of the flow schema of service accounts
	level  string // uid of its priority level
	inner  http.Handler
}

// user is who sent a request.
type user struct {
	name, uid string
	groups    []string
	claims    claims
}

const anonymous = "system:anonymous"

type userKey struct{}

func userOf(r *http.Request) user {
	u, _ := r.Context().Value(userKey{}).(user)
	return u
}

func as(r *http.Request, u user) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), userKey{}, u))
}

func newAPIServer(p *plan, c *cluster) *apiServer {
	s := &apiServer{plan: p, signer: c.signer, flow: newUUID(), level: newUUID()}
	s.inner = s.authorize(s.routes())
	for _, wrap := range p.api.inner {
		s.inner = wrap(s.inner)
	}
	return s
}

// ServeHTTP names the request and its sender and hands it on.
func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Audit-Id", newUUID())
	h.Set("Cache-Control", "no-cache, private")
	u, ok := s.authenticate(r.Header.Get("Authorization"))
	if (!ok || u.name == anonymous) && r.ProtoMajor == 2 {
		h.Set("Connection", "close") // as kube-apiserver: no HTTP/2 without authentication
	}
	if !ok {
		status(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized", nil)
		return
	}
	h.Set("X-Kubernetes-Pf-Flowschema-Uid", s.flow)
	h.Set("X-Kubernetes-Pf-Prioritylevel-Uid", s.level)
	s.inner.ServeHTTP(w, as(r, u))
}

// authenticate returns the sender of a request; false is a 401. Like
// kube-apiserver, it takes a header that carries no bearer token for none.
func (s *apiServer) authenticate(authorization string) (user, bool) {
	scheme, token, _ := strings.Cut(strings.TrimSpace(authorization), " ")
	if !strings.EqualFold(scheme, "bearer") || token == "" || strings.HasPrefix(token, " ") {
		return user{name: anonymous, groups: []string{"system:unauthenticated"}}, true
	}
	c, err := s.signer.verify(token)
	if err != nil || s.plan.accept(c) != nil {
		return user{}, false
	}
	uid := c.LegacyAccountUID
	if c.Kubernetes != nil {
		uid = c.Kubernetes.Account.UID
	}
	return user{c.Subject, uid, []string{
		"system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated",
	}, c}, true
}

// asAdmin is the server as the kubeconfig of an administrator sees it.
func (s *apiServer) asAdmin() http.Handler {
	admin := user{name: "kubernetes-admin", groups: []string{"kubeadm:cluster-admins", "system:authenticated"}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Audit-Id", newUUID())
		s.inner.ServeHTTP(w, as(r, admin))
	})
}

// authorize lets pass what the default roles of Kubernetes allow.
func (s *apiServer) authorize(next http.Handler) http.Handler {
	public := []string{"/healthz", "/livez", "/readyz", "/version"}
	discovery := append([]string{"/api", "/apis", "/openapi", "/.well-known/openid-configuration", "/openid/v1/jwks"}, public...)
	reviews := []string{"/apis/authentication.k8s.io/", "/apis/authorization.k8s.io/"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u := userOf(r)
		path := strings.TrimSuffix(r.URL.Path, "/")
		review := r.Method == http.MethodPost && slices.ContainsFunc(reviews, func(prefix string) bool {
			return strings.HasPrefix(path, prefix)
		})
		switch {
		case slices.Contains(public, path),
			u.name != anonymous && (review || slices.Contains(discovery, path)):
			next.ServeHTTP(w, r)
		default:
			forbid(w, r)
		}
	})
}

func (pod *Pod) serveAPI(p *plan, c *cluster) error {
	pod.api = newAPIServer(p, c)
	return pod.listen("api", apiService(p, c, pod.api))
}

// service serves what arrives at a listener; what it returns ends that.
type service func(net.Listener) func()

// apiService is the API server with whatever the plan puts before it.
func apiService(p *plan, c *cluster, api *apiServer) service {
	if p.api.raw != nil {
		return rawService(p.api.raw)
	}
	var handler http.Handler = api
	for _, wrap := range p.api.outer {
		handler = wrap(handler)
	}
	if p.api.plain {
		return httpService(handler)
	}
	config := &tls.Config{Certificates: []tls.Certificate{c.serving}, MinVersion: tls.VersionTLS12}
	for _, edit := range p.tls.config {
		edit(config)
	}
	return func(l net.Listener) func() {
		srv := &http.Server{Handler: handler, TLSConfig: config.Clone(), Protocols: new(http.Protocols)}
		srv.Protocols.SetHTTP1(true)
		srv.Protocols.SetHTTP2(!p.api.http1)
		if p.api.maxHello > 0 {
			l = helloLimit{l, p.api.maxHello}
		}
		return serveUntilClosed(srv, func() error { return srv.ServeTLS(l, "", "") })
	}
}

// serveHTTP starts a server for "tcp NAME".
func (pod *Pod) serveHTTP(name string, handler http.Handler) error {
	return pod.listen(name, httpService(handler))
}

func httpService(handler http.Handler) service {
	return func(l net.Listener) func() {
		srv := &http.Server{Handler: handler}
		return serveUntilClosed(srv, func() error { return srv.Serve(l) })
	}
}

// serveUntilClosed runs serve and returns what ends it.
func serveUntilClosed(srv *http.Server, serve func() error) func() {
	srv.ErrorLog = log.New(io.Discard, "", 0)
	srv.ReadHeaderTimeout = time.Minute
	var running sync.WaitGroup
	running.Go(func() { serve() })
	return func() {
		srv.Close()
		running.Wait()
	}
}

// rawService hands each connection to serve and closes it when serve returns.
func rawService(serve func(net.Conn)) service {
	return func(l net.Listener) func() {
		var (
			mu      sync.Mutex
			open    = map[net.Conn]bool{}
			running sync.WaitGroup
		)
		running.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				mu.Lock()
				open[c] = true
				mu.Unlock()
				running.Go(func() {
					serve(c)
					mu.Lock()
					delete(open, c)
					mu.Unlock()
					c.Close()
				})
			}
		})
		return func() {
			l.Close()
			mu.Lock()
			for c := range open {
				c.Close()
			}
			mu.Unlock()
			running.Wait()
		}
	}
}

// listen opens a port for "tcp NAME".
func (pod *Pod) listen(name string, serve service) error {
	l, err := pod.dialer.network.listen()
	if err != nil {
		return err
	}
	pod.closes = append(pod.closes, serve(l))
	pod.dialer.setServer("tcp "+name, l.Addr().String())
	return nil
}
