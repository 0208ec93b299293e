package lab

import (
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

const httpProxyAddress = "10.20.0.5:3128"

func proxyFaults() []Fault {
	return []Fault{
		{
			Code: "proxy.in-path", Summary: "HTTPS_PROXY applies to the API server, and the proxy denies the connection",
			Check: "net.proxy", Status: observe.Fail,
			apply: func(p *plan) {
				p.setenv("HTTPS_PROXY", "http://"+httpProxyAddress)
				p.setenv("NO_PROXY", "localhost,127.0.0.1,.svc,.cluster.local")
				p.routes["tcp "+httpProxyAddress] = route{server: "http proxy"}
				p.proxy.http = http.HandlerFunc(denyTunnel)
			},
		},
		{
			Code: "proxy.client-dependent", Summary: "NO_PROXY has the Service IP in a CIDR, which not every client supports",
			Check: "env.proxy", Status: observe.Warn,
			apply: func(p *plan) {
				p.setenv("HTTPS_PROXY", "http://"+httpProxyAddress)
				p.setenv("NO_PROXY", "localhost,127.0.0.1,10.96.0.0/12,.svc,.cluster.local")
			},
		},
		{
			Code: "kubectl-proxy.down", Summary: "the kubectl proxy sidecar does not listen",
			Check: "kubectl-proxy.api", Status: observe.Fail,
			apply: func(p *plan) { p.expectKubectlProxy(nil) },
		},
		{
			Code: "kubectl-proxy.filtered", Summary: "the kubectl proxy sidecar refuses the Host header",
			Check: "kubectl-proxy.api", Status: observe.Fail,
			apply: func(p *plan) { p.expectKubectlProxy(http.HandlerFunc(filteredHost)) },
		},
		{
			Code: "kubectl-proxy.upstream", Summary: "the kubectl proxy sidecar cannot reach the API server",
			Check: "kubectl-proxy.api", Status: observe.Fail,
			apply: func(p *plan) {
				p.expectKubectlProxy(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(http.StatusBadGateway) // as kubectl: no body
				}))
			},
		},
	}
}

// expectKubectlProxy tells the checks to expect a kubectl proxy; nil answers
// for one that does not run.
func (p *plan) expectKubectlProxy(handler http.Handler) {
	p.proxy.kubectlURL = &url.URL{Scheme: "http", Host: kubectlProxyAddress}
	p.proxy.kubectl = handler
	p.routes["tcp "+kubectlProxyAddress] = route{}
	if handler != nil {
		p.routes["tcp "+kubectlProxyAddress] = route{server: "kubectl proxy"}
	}
}

// denyTunnel answers like a Squid whose access list forbids the destination.
func denyTunnel(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", "squid/6.10")
	w.Header().Set("X-Squid-Error", "ERR_ACCESS_DENIED 0")
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprintf(w, "<!DOCTYPE html><html><head><title>ERROR: The requested URL could not be retrieved</title></head>"+
		"<body><h1>ERROR</h1><p>Access Denied.</p><p>%s</p></body></html>\n", r.Host)
}

// acceptLocalHosts is the filter of kubectl proxy.
func acceptLocalHosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(r.Host); err == nil {
			host = h
		}
		switch host {
		case "localhost", "127.0.0.1", "::1":
			next.ServeHTTP(w, r)
		default:
			filteredHost(w, r)
		}
	})
}

// filteredHost is how kubectl proxy refuses a Host header.
func filteredHost(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
}
