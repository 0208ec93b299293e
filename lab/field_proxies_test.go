package lab

import (
	"io"
	"net/http"
)

// proxied sets a proxy that refuses every tunnel, and what goes around it.
func proxied(address, around string) func(*plan) {
	return func(p *plan) {
		p.rest = nothing
		p.setenv("HTTPS_PROXY", address)
		p.setenv("NO_PROXY", around)
		p.routes["tcp "+httpProxyAddress] = route{server: "http proxy"}
		p.proxy.http = http.HandlerFunc(denyTunnel)
	}
}

// fieldOfProxies are reports of proxies, and of what each client reads of them.
func fieldOfProxies() []fieldWorld {
	const at = "http://" + httpProxyAddress
	inPath, differs := []string{"proxy.in-path"}, []string{"proxy.client-dependent"}
	return []fieldWorld{
		{name: "NO_PROXY has names alone", change: proxied(at, ".svc,.cluster.local,localhost"), right: inPath},
		{
			name: "NO_PROXY lacks the API, and the proxy is silent", right: inPath,
			change: all(proxied(at, "localhost"), func(p *plan) {
				p.proxy.http = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() })
			}),
		},
		{name: "NO_PROXY has a range of one digit", change: proxied(at, "10.0.0.0/8,localhost"), right: differs, rows: map[string]string{"Java (fabric8)": "NO_PROXY"}},
		{
			name: "NO_PROXY has a range, and JavaScript reads none", why: "the table takes every release of JavaScript for one that ignores proxies", change: proxied(at, "10.96.0.0/12"), right: differs,
			rows: map[string]string{"JavaScript": "NO_PROXY", "C#": "NO_PROXY"},
		},
		{
			name: "NO_PROXY begins with an asterisk", change: proxied(at, "*.svc,10.96.0.1"),
			rows: map[string]string{"Java (fabric8)": "NO_PROXY URL contains invalid entry"},
		},
		{
			name: "the proxy's URL has no scheme", change: proxied(httpProxyAddress, "10.96.0.1"),
			rows: map[string]string{"Java (fabric8)": "Invalid proxy server configuration", "JavaScript": "tunneling socket could not be established"},
		},
		{
			name: "kube-rs does not read NO_PROXY", change: proxied(at, "10.96.0.1"),
			rows: map[string]string{"Rust (kube-rs)": "requires the disabled feature"}, warns: []string{"env.proxy warn"},
		},
		{
			name: "Python 34 and 35 ignore NO_PROXY", change: proxied(at, "10.96.0.1,localhost"),
			rows: map[string]string{"Python": "35.0.0"}, warns: []string{"env.proxy warn"},
		},
		{
			name: "the proxy is the only way, and JavaScript 1.0 knows none", change: all(elsewhere(nothing), throughProxy, apiBy(nothing)), after: openProxy,
			right: inPath, rows: map[string]string{"JavaScript": "ignores HTTPS_PROXY"},
		},
	}
}
