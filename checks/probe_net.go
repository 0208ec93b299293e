package checks

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// probeLimit is how long one packet of a probe waits for its answer: a second
// SYN goes out after 1 s, a third after 3 s.
const probeLimit = 3500 * time.Millisecond

// probeContext ends in time for the probe to tell what it has seen.
func probeContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return within(ctx, probeLimit)
}

// metricsPort is open at the Service of CoreDNS as kubeadm sets it up, and no
// rule that is meant for DNS opens it.
const metricsPort = 9153

var probeServiceIP = &Check{
	ID:    "probe.service-ip",
	Title: "what another service IP says: the nameserver's",
	After: []string{"net.connect", "dns.servers"},
	Run:   runProbeServiceIP,
}

func runProbeServiceIP(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	ctx, cancel := probeContext(ctx)
	defer cancel()
	conf, _ := readResolvConf(sys)
	servers := conf.nameservers[:min(len(conf.nameservers), maxNameservers)]
	if len(servers) == 0 {
		return notApplicable("%s names no nameserver", resolvConfFile)
	}
	targets := make([]netip.AddrPort, len(servers))
	udp := make([]string, len(servers))
	var wait sync.WaitGroup
	for i, server := range servers {
		targets[i] = netip.AddrPortFrom(server, 53)
		wait.Go(guarded(ctx, func() {
			reply, err := ask(ctx, sys, "udp", server, session.resolv.apiName(), recordFor(session.Host))
			udp[i] = "answers in " + span(reply.took)
			if err != nil {
				udp[i] = dialled{err: err, took: reply.took}.failure()
			}
		}))
	}
	var metrics []netip.AddrPort
	for _, server := range servers {
		if conf.clusterDomain() != "" && !isNodeCache(server) {
			metrics = append(metrics, netip.AddrPortFrom(server, metricsPort))
		}
	}
	answers := knock(ctx, sys, slices.Concat(targets, metrics))
	tcp, other := answers[:len(targets)], answers[len(targets):]
	wait.Wait()
	var e Evidence
	for i, target := range targets {
		e.Add(target.String()+" tcp", "%s", tcp[i])
		e.Add(target.String()+" udp", "%s", udp[i])
	}
	for i, target := range metrics {
		e.Add(target.String()+" metrics", "%s", other[i])
	}
	return pass(e, "%s %s", e[0].Key, e[0].Value)
}

// knock connects to all targets at once, sends nothing, and says what came of
// each.
func knock(ctx context.Context, sys *System, targets []netip.AddrPort) []string {
	answers := make([]string, len(targets))
	var wait sync.WaitGroup
	for i, target := range targets {
		wait.Go(guarded(ctx, func() {
			w := startWatch(ctx)
			conn, err := sys.Dial(ctx, "tcp", target.String())
			d := dialled{err: bareNetError(ctx, err), took: w.took()}
			if err != nil {
				answers[i] = d.failure()
				return
			}
			conn.Close()
			answers[i] = "answers in " + span(d.took)
		}))
	}
	wait.Wait()
	return answers
}

var probeEndpoint = &Check{
	ID:    "probe.endpoint",
	Title: "what the API servers' own addresses say, behind the service IP",
	After: []string{"net.connect"},
	Run:   runProbeEndpoint,
}

var probeGivenHost = &Check{
	ID:    "probe.given-host",
	Title: "what the address says that the kubelet gave, where another one is set",
	After: []string{"net.connect", "tls.chain", "tls.host"},
	Run:   runProbeGivenHost,
}

func runProbeGivenHost(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	if !session.kubeletHost.IsValid() || sameHost(session.kubeletHost.String(), session.Host) {
		return notApplicable("%s is what the kubelet gave", hostVar)
	}
	port, err := strconv.ParseUint(session.Port, 10, 16)
	if err != nil {
		return notApplicable("%s is no port", session.Port)
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	given := netip.AddrPortFrom(session.kubeletHost, uint16(port))
	shown := certificateAt(ctx, sys, session, given)
	return pass(Evidence{{given.String(), shown}}, "%s %s", given, shown)
}

// runProbeEndpoint tries the addresses that the user knows and, where the API
// still answers, those of its EndpointSlice, as far as the account may read it.
func runProbeEndpoint(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	ctx, cancel := probeContext(ctx)
	defer cancel()
	endpoints := slices.Concat(sys.Endpoints, publishedEndpoints(ctx, session))
	if len(endpoints) == 0 {
		return notApplicable("no --endpoint was given")
	}
	slices.SortFunc(endpoints, netip.AddrPort.Compare)
	endpoints = slices.Compact(endpoints)
	var e Evidence
	for i, answer := range knock(ctx, sys, endpoints[:min(len(endpoints), maxPeers)]) {
		e.Add(endpoints[i].String(), "%s", answer)
	}
	return pass(e, "%s %s", e[0].Key, e[0].Value)
}

const slicesPath = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"

// publishedEndpoints reads the API servers' addresses from the EndpointSlice of
// the Service "kubernetes".
func publishedEndpoints(ctx context.Context, session *Session) []netip.AddrPort {
	if !session.accepted {
		return nil
	}
	x := send(ctx, session.api.authenticated, "GET", slicesPath, nil)
	var slice struct {
		Endpoints []struct {
			Addresses []string `json:"addresses"`
		} `json:"endpoints"`
		Ports []struct {
			Port uint16 `json:"port"`
		} `json:"ports"`
	}
	if x.err != nil || x.status != http.StatusOK || !x.into("EndpointSlice", &slice) {
		return nil
	}
	var found []netip.AddrPort
	for _, endpoint := range slice.Endpoints {
		for _, text := range endpoint.Addresses {
			addr, err := netip.ParseAddr(text)
			for _, port := range slice.Ports {
				if err == nil {
					found = append(found, netip.AddrPortFrom(addr, port.Port))
				}
			}
		}
	}
	return found
}

var probeForeign = &Check{
	ID:    "probe.foreign",
	Title: "what an address says that nobody should answer at",
	After: []string{"net.connect", "dns.servers", "tls.chain"},
	Run:   runProbeForeign,
}

// Addresses that are reserved for documentation and belong to nobody: RFC 5737
// and RFC 3849.
var (
	nobody4 = netip.MustParseAddrPort("192.0.2.1:443")
	nobody6 = netip.MustParseAddrPort("[2001:db8::1]:443")
)

func runProbeForeign(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	if sys.NoForeignProbes {
		return notApplicable("left out by --no-foreign-probes")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	target := nobody4
	if host, err := netip.ParseAddr(session.Host); err == nil && host.Is6() {
		target = nobody6
	}
	answer := knock(ctx, sys, []netip.AddrPort{target})[0]
	return pass(Evidence{{target.String(), answer}}, "%s %s", target, answer)
}

var probeSidecar = &Check{
	ID:    "probe.sidecar",
	Title: "what /proc/net/tcp says of mesh proxies and stuck connections",
	After: []string{"net.connect", "tls.chain", "auth.review"},
	Run:   runProbeSidecar,
}

// meshPorts are the loopback ports of Istio (15001 15006 15021 15090), Linkerd
// (4140 4143 4191) and Consul (20000) proxies.
var meshPorts = []string{"15001", "15006", "15021", "15090", "4140", "4143", "4191", "20000"}

func runProbeSidecar(_ context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	sockets, err := readSockets(sys)
	if err != nil {
		return notApplicable("%v", err)
	}
	var e Evidence
	var listening []string
	for _, port := range meshPorts {
		if sockets.listens(port) {
			listening = append(listening, port)
		}
	}
	_, stuck := sockets.openTo(net.JoinHostPort(session.apiAddress(), session.Port))
	e.Add("listening", "%s", strings.Join(listening, " "))
	e.Add("stuck connections", "%d", stuck)
	var mesh []string
	for _, name := range []string{"ISTIO_META_MESH_ID", "ISTIO_META_WORKLOAD_NAME", "LINKERD2_PROXY_LOG", "_pod_nodeName"} {
		if _, ok := sys.Env[name]; ok {
			mesh = append(mesh, name)
		}
	}
	e.Add("mesh env", "%s", strings.Join(mesh, " "))
	if len(listening) == 0 {
		return pass(e, "no mesh proxy listens in this pod")
	}
	return pass(e, "a mesh proxy listens on %s", strings.Join(listening, " "))
}

func (f *Session) apiAddress() string {
	if f.apiPeer.IsValid() {
		return f.apiPeer.String()
	}
	return f.Host
}

var probeHostNetwork = &Check{
	ID:    "probe.host-network",
	Title: "whether this pod shares its node's network",
	After: []string{"dns.config", "dns.servers", "dns.resolve", "net.connect"},
	Run:   runProbeHostNetwork,
}

// nodeInterfaces are what a node has and a pod has not: the bridges and tunnels
// of pod networks, and interfaces of kube-proxy's IPVS mode.
var nodeInterfaces = []string{"veth", "cni", "eni", "gke", "azv", "docker", "kube-ipvs", "cali", "flannel", "cilium", "lxc", "vxlan", "br-", "podnet", "weave", "antrea", "ovn"}

func runProbeHostNetwork(_ context.Context, sys *System, _ *Session, log *observe.Log) Outcome {
	data, err := sys.read("/proc/net/dev", maxConfig)
	if err != nil {
		return notApplicable("%v", err)
	}
	var names []string
	for line := range strings.SplitSeq(string(data), "\n") {
		if name, _, ok := strings.Cut(line, ":"); ok {
			names = append(names, strings.TrimSpace(name))
		}
	}
	answer, reason := "no", "no interface that only a node has"
	for _, name := range names {
		for _, prefix := range nodeInterfaces {
			if strings.HasPrefix(name, prefix) {
				answer, reason = "yes", "interface "+name
			}
		}
	}
	if node := sys.Env["NODE_NAME"]; node != "" && node == sys.Env["HOSTNAME"] {
		answer, reason = "yes", "its host name is the node's"
	}
	var e Evidence
	e.Add("interfaces", "%s", strings.Join(names[:min(len(names), 24)], " "))
	e.Add("host network", "%s", answer)
	e.Add("reason", "%s", reason)
	return pass(e, "host network: %s, %s", answer, reason)
}
