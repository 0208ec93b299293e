package checks

import (
	"context"
	"net"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var probeSidecar = &Check{
	ID:      "probe.sidecar",
	Title:   "what /proc/net/tcp says of mesh proxies and stuck connections",
	Probe:   true,
	Records: []*observe.Row{observe.Mesh.Row},
	Run:     runProbeSidecar,
}

// meshPorts are the loopback ports of Istio (15001 15006 15021 15090), Linkerd
// (4140 4143 4191) and Consul (20000) proxies.
var meshPorts = []string{"15001", "15006", "15021", "15090", "4140", "4143", "4191", "20000"}

func runProbeSidecar(_ context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	var mesh []string
	for _, name := range []string{"ISTIO_META_MESH_ID", "ISTIO_META_WORKLOAD_NAME", "LINKERD2_PROXY_LOG", "_pod_nodeName"} {
		if _, ok := sys.Env[name]; ok {
			mesh = append(mesh, name)
		}
	}
	sockets, err := pod.ReadSockets(sys)
	if err != nil {
		return notApplicable("%v", err)
	}
	var e observe.Evidence
	var listening []string
	for _, port := range meshPorts {
		if sockets.Listens(port) {
			listening = append(listening, port)
		}
	}
	switch {
	case len(listening) > 0:
		observe.Mesh.Saw(log, observe.MeshReady)
	case len(mesh) > 0:
		observe.Mesh.Saw(log, observe.MeshNotReady)
	default:
		observe.Mesh.Saw(log, observe.NoMesh)
	}
	_, stuck := sockets.OpenTo(net.JoinHostPort(session.apiAddress(), session.Port))
	e.Add("listening", "%s", strings.Join(listening, " "))
	e.Add("stuck connections", "%d", stuck)
	e.Add("mesh env", "%s", strings.Join(mesh, " "))
	if len(listening) == 0 {
		return pass(e, "no mesh proxy listens in this pod")
	}
	return pass(e, "a mesh proxy listens on %s", strings.Join(listening, " "))
}

func (s *Session) apiAddress() string {
	if s.apiPeer.IsValid() {
		return s.apiPeer.String()
	}
	return s.Host
}

var probeHostNetwork = &Check{
	ID:      "probe.host-network",
	Title:   "whether this pod shares its node's network",
	Probe:   true,
	Records: []*observe.Row{observe.HostNetwork.Row, observe.ConntrackFull.Row},
	Run:     runProbeHostNetwork,
}

// nodeInterfaces are what a node has and a pod has not: the bridges and tunnels
// of pod networks, and interfaces of kube-proxy's IPVS mode.
var nodeInterfaces = []string{"veth", "cni", "eni", "gke", "azv", "docker", "kube-ipvs", "cali", "flannel", "cilium", "lxc", "vxlan", "br-", "podnet", "weave", "antrea", "ovn"}

// fullTable is the share of a connection tracking table from which on it counts as full:
// entries expire and come while it is read.
const fullTable = 0.99

func runProbeHostNetwork(_ context.Context, sys *pod.System, _ *Session, log *observe.Log) Outcome {
	data, err := sys.Read("/proc/net/dev", pod.MaxConfig)
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
	observe.HostNetwork.Saw(log, answer == "yes")
	var e observe.Evidence
	e.Add("interfaces", "%s", strings.Join(names[:min(len(names), 24)], " "))
	e.Add("host network", "%s", answer)
	e.Add("reason", "%s", reason)
	if count, limit, ok := pod.Conntrack(sys); ok && answer == "yes" {
		observe.ConntrackFull.Saw(log, float64(count) >= fullTable*float64(limit))
		e.Add("tracked connections", "%d of at most %d", count, limit)
	}
	return pass(e, "host network: %s, %s", answer, reason)
}
