package lab

import (
	"crypto/tls"
	"crypto/x509"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// The simulated cluster.
const (
	serviceIP     = "10.96.0.1"
	apiAddress    = serviceIP + ":443"
	dnsIP         = "10.96.0.10"
	podIP         = "10.244.1.7"
	podName       = "web-5d4f"
	podUID        = "0c9dbd5a-5d0c-4f0e-a7a5-2d3c1b6f7e10"
	namespace     = "shop"
	nodeName      = "worker-2"
	nodeUID       = "7a1f53c4-9d5e-4d0b-8b4e-3f60a2f1c9aa"
	account       = "web"
	accountUID    = "b2f6a0de-63f1-4c53-9f0b-7d1f5e2b8c47"
	endpoint      = "172.18.0.2:6443" // of the API server behind the Service IP
	home          = "/home/web"
	serverVersion = "1.37"

	kubectlProxyAddress = "127.0.0.1:8001"
)

// plan describes a pod and the cluster around it. A fault changes the plan;
// nothing is signed, written or started before every fault has had its turn.
type plan struct {
	network    network
	domain     string            // the cluster domain
	env        map[string]string // of this process
	initEnv    map[string]string // of PID 1
	ahead      time.Duration     // of the pod's clock, measured from the server's
	token      tokenPlan
	volume     volumePlan
	home       map[string]string // files below the home directory
	hosts      string            // /etc/hosts
	resolv     resolvPlan
	sockets    string              // lines of /proc/net/tcp
	dns        map[string]*dnsPlan // by the nameserver's address
	socket     syscall.Errno       // what socket reports for any address, if not zero
	routes     map[string]route    // by "tcp IP:port" or "udp IP:port"
	rest       route               // to every other address
	routeTable string              // /proc/net/route
	arpTable   string              // /proc/net/arp
	proc       map[string]string   // other files of the kernel, below /proc
	tls        tlsPlan
	api        apiPlan
	proxy      proxyPlan
}

// tokenPlan is what the token says; the times are measured from the server's
// clock.
type tokenPlan struct {
	account, accountUID string
	audience, issuer    string // empty: those of the cluster
	pod, podUID         string
	issued, expires     time.Duration
	legacy              bool // a Secret's token: no audience, expiry or pod
	foreignKey          bool // signed with a key that the server does not know
}

// volumePlan is the service-account volume.
type volumePlan struct {
	unmounted bool
	cover     string // lines of /proc/self/mountinfo: a mount that hides the volume
	copied    bool   // the files are no links, as in a copy
	fstype    string
	written   time.Duration        // by the node's clock; zero: when the token was issued
	files     map[string]*filePlan // by name; the content is the cluster's
}

// filePlan is how one file differs from what the cluster would write.
type filePlan struct {
	missing bool
	mode    fs.FileMode
	rewrite func(content []byte) ([]byte, error)
}

// resolvPlan is /etc/resolv.conf.
type resolvPlan struct {
	nameservers   []string
	before, after []string // search domains around those of the cluster
	node          bool     // the node's file: no search domain of the cluster
	options       string
	later         time.Duration // written so long after the pod was set up
	text          string        // if not empty, the whole file
}

// dnsPlan is how one DNS server answers.
type dnsPlan struct {
	rules     []dnsRule     // before those of a healthy server
	foreign   bool          // it does not serve the cluster's zone
	stall     time.Duration // of UDP queries
	stallOnce bool          // only of the first one
	// raw, if not nil, makes the datagrams that answer a query.
	raw func(query []byte) [][]byte
}

// tlsPlan is the cluster's authority and the API server's certificate.
type tlsPlan struct {
	ca   []func(*x509.Certificate)
	leaf []func(*x509.Certificate)
	// intermediate has a root sign the authority that is nowhere else.
	intermediate bool
	// issue, if not nil, signs the leaf in place of the cluster's authority.
	issue  func(cluster *authority, leaf *x509.Certificate) (tls.Certificate, error)
	config []func(*tls.Config)
}

// apiPlan is how the API server differs from a healthy one.
type apiPlan struct {
	issuer     string   // empty: the cluster's
	accountUID string   // of the account as it exists now
	podGone    bool     // the pod should have ended more than a minute ago
	failing    string   // the health check that fails
	stale      []string // versions of aggregated APIs whose server is down
	// outer wraps the server, inner what it does after authentication.
	outer, inner []func(http.Handler) http.Handler
	plain        bool           // HTTP without TLS
	http1        bool           // no HTTP/2
	maxHello     int            // if not zero, a larger ClientHello gets no answer
	raw          func(net.Conn) // if not nil, is what answers instead
}

// proxyPlan is the proxies that are there.
type proxyPlan struct {
	http       http.Handler
	kubectl    http.Handler
	kubectlURL *url.URL
}

// healthy is the plan without a fault.
func healthy() *plan {
	env := map[string]string{
		"KUBERNETES_SERVICE_HOST":       serviceIP,
		"KUBERNETES_SERVICE_PORT":       "443",
		"KUBERNETES_SERVICE_PORT_HTTPS": "443",
		"KUBERNETES_PORT":               "tcp://" + apiAddress,
		"KUBERNETES_PORT_443_TCP":       "tcp://" + apiAddress,
		"KUBERNETES_PORT_443_TCP_ADDR":  serviceIP,
		"KUBERNETES_PORT_443_TCP_PORT":  "443",
		"KUBERNETES_PORT_443_TCP_PROTO": "tcp",
		"POD_NAME":                      podName,
		"POD_NAMESPACE":                 namespace,
		"POD_UID":                       podUID,
		"POD_IP":                        podIP,
		"NODE_NAME":                     nodeName,
		"POD_SERVICE_ACCOUNT":           account,
		"HOSTNAME":                      podName,
		"HOME":                          home,
		"PATH":                          "/usr/local/bin:/usr/bin:/bin",
	}
	p := &plan{
		network: loopback{},
		domain:  "cluster.local",
		env:     env,
		initEnv: maps.Clone(env),
		token: tokenPlan{
			account: account, accountUID: accountUID, pod: podName, podUID: podUID,
			issued: -20 * time.Minute, expires: 365*24*time.Hour - 20*time.Minute,
		},
		volume: volumePlan{fstype: "tmpfs", files: map[string]*filePlan{
			"token": {mode: 0o600}, "ca.crt": {mode: 0o644}, "namespace": {mode: 0o644},
		}},
		home:       map[string]string{},
		hosts:      kubeletHosts,
		resolv:     resolvPlan{nameservers: []string{dnsIP}, options: "ndots:5"},
		dns:        map[string]*dnsPlan{},
		routes:     map[string]route{"tcp " + apiAddress: {server: "api"}},
		routeTable: podRoutes, arpTable: podNeighbours,
		proc: map[string]string{"net/dev": podDevices},
		api:  apiPlan{accountUID: accountUID},
	}
	p.nameserver(dnsIP)
	return p
}

// issuer is the name that the cluster gives to itself in tokens, which is also
// the audience of its API.
func (p *plan) issuer() string { return "https://kubernetes.default.svc." + p.domain }

// setenv sets a variable for the whole container.
func (p *plan) setenv(key, value string) { p.env[key], p.initEnv[key] = value, value }

// nameserver adds a DNS server that can be reached, without an entry in
// resolv.conf, and returns it.
func (p *plan) nameserver(address string) *dnsPlan {
	d := &dnsPlan{}
	p.dns[address] = d
	to := net.JoinHostPort(address, "53")
	p.routes["udp "+to], p.routes["tcp "+to] = route{server: "dns " + address}, route{server: "dns " + address}
	p.routes["tcp "+net.JoinHostPort(address, "9153")] = route{server: "dns " + address} // its metrics, of which nothing is read
	return d
}

// toDNS sets the route of every datagram and connection to the nameservers of
// resolv.conf.
func (p *plan) toDNS(r route) {
	for _, address := range p.resolv.nameservers {
		to := net.JoinHostPort(address, "53")
		p.routes["udp "+to], p.routes["tcp "+to] = r, r
	}
}

// everywhere sets the route of everything that leaves the pod.
func (p *plan) everywhere(r route) {
	for to := range p.routes {
		if a, err := netip.ParseAddrPort(to[len("tcp "):]); err == nil && !a.Addr().IsLoopback() {
			p.routes[to] = r
		}
	}
	p.rest = r
}
