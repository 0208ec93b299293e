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
	_, stuck := sockets.OpenTo(net.JoinHostPort(session.apiAddress(), session.Port), session.tcp)
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
