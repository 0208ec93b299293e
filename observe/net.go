package observe

// Route is how packets to the API server leave the pod.
type Route string

// The routes.
const (
	ByGateway  Route = "gateway"
	OnLink     Route = "link"
	NoRouteSet Route = "none"
)

// NextHop is who on the link takes packets for the API server.
type NextHop string

// The next hops.
const (
	HopKnown    NextHop = "known"
	HopUnknown  NextHop = "unknown"  // the kernel has not looked for it yet
	HopStranger NextHop = "stranger" // another machine than the gateway has the service IP
	HopNobody   NextHop = "nobody"   // nobody answers for it
)

// Tunnel is what an HTTP or SOCKS proxy did for a connection to the API server.
type Tunnel string

// The ends of an attempt to open a tunnel.
const (
	TunnelOpens   Tunnel = "opens"
	TunnelRefused Tunnel = "refused"  // the proxy answers, and opens none
	TunnelNoProxy Tunnel = "no-proxy" // the proxy cannot be reached
	TunnelSilent  Tunnel = "silent"   // the proxy connects, and does not answer
)

// MeshState is what is seen of a service mesh in this pod.
type MeshState string

// The states of a mesh.
const (
	NoMesh       MeshState = "none"
	MeshReady    MeshState = "listens"
	MeshNotReady MeshState = "not-listening" // its variables are set, and its proxy listens nowhere
)

// The subjects of the network.
var (
	APITCP     = answerSymptom("net.api.tcp", "what the address in the environment says to TCP: of the connections that failed, where some did", "the API's address %s")
	APIFails   = countSymptom("net.api.fails", "how many connections to it fail; those that are silent while others come late only where a second look, which takes its time, meets either again", "%s connections to the API fail")
	APILate    = countSymptom("net.api.late", "how many connections to it come late, after a lost packet; only where such a second look meets a lost packet again", "%s connections to the API come late")
	APIAtFirst = countTells("net.api.at-first", "how many connections to it come late or not at all before that second look", "%s connections to the API are late or lost at first")
	APIRefused = countTells("net.api.refused", "how many connections to it are refused", "%s connections to the API are refused")
	APIName    = symptom("net.api.name", "what the name in the environment resolves to, where KUBERNETES_SERVICE_HOST is no address", "the API's name: %s", 1, NoError, NXDomain, NoData, RcodeRefused, ServFail, OtherRcode, NoReply)
	APIDirect  = answerSymptom("net.api.direct", "what it says to TCP where a proxy applies, so that clients go another way", "without the proxy the API's address %s")
	APITook    = duration("net.api.took", "how long the first connection took", "TCP connects in %s")
	PodIP      = text("net.pod-ip", "the address that packets to the API server come from", "from %s")
	NetName    = answerSymptom("net.name.tcp", "what other addresses say to TCP that kubernetes.default.svc has", "the address of kubernetes.default.svc %s").at("address")
	NetProxy   = symptom("net.proxy", "whether the proxy that applies opens a tunnel to the API server", "a tunnel through the proxy: %s", 1, TunnelOpens, TunnelRefused, TunnelNoProxy, TunnelSilent)
	NetStalled = numberSymptom("net.stalled", "how many connections that this pod has open to the API server get no answer", "%s open connections are stalled")

	AgainConnects = countTells("net.again.connects", "how many of a second, unhurried round of connections succeed", "%s fresh connections succeed")
	AgainLate     = countTells("net.again.late", "how many of them come late", "%s fresh connections come late")
	AgainRefused  = countTells("net.again.refused", "how many of them are refused", "%s fresh connections are refused")

	Control      = answerTells("net.control", "what another service IP says, the nameserver's: the best of what follows; of the port that is not DNS only that it answers", "another service IP, the nameserver's, %s")
	ControlTCP   = answerTells("net.control.tcp", "what another service IP says by TCP", "another service IP %s by TCP").at("address")
	ControlUDP   = answerTells("net.control.udp", "what another service IP says by UDP", "another service IP %s by UDP").at("address")
	ControlOther = answerTells("net.control.other-port", "what another service IP says at a port that no rule for DNS opens", "another service IP %s at a port that is not DNS").at("address")
	Endpoint     = answerTells("net.endpoint.tcp", "what the API servers' own addresses say, as far as --endpoint or EndpointSlices name them", "the API server's own address %s").at("address")
	Unassigned   = tells("net.unassigned.tcp", "what an address says that is assigned to nobody (RFC 5737, RFC 3849)", "an unassigned address %s", 0, answers...)

	NetRoute       = tells("net.route", "by which route packets to the API server leave", "the route to the API: %s", 2, ByGateway, OnLink, NoRouteSet)
	NetNextHop     = tells("net.next-hop", "who on the link takes packets for the API server", "on the link the next hop is %s", 1, HopKnown, HopUnknown, HopStranger, HopNobody)
	NetNextHopIs   = text("net.next-hop.value", "that next hop and its hardware address", "the next hop is %s")
	NetRange       = text("net.route.range", "the range of this pod's link that holds one of the following two", "the range is %s")
	ServiceInRange = flagTells("net.route.range-has-service", "whether the range of this pod's link holds the API's service IP", "the range of this pod's link holds the service IP: %s", false)
	ServerInRange  = flagTells("net.route.range-has-server", "whether the range of this pod's link holds an API server's own address", "the range of this pod's link holds the API server's address: %s", false)
	HostNetwork    = flagTells("net.host-network", "whether this pod shares its node's network", "on the host's network: %s", false)
	Mesh           = tells("net.mesh", "whether a service mesh takes this pod's connections, by its variables and the ports of its proxy; not observed where /proc is unreadable", "a service mesh: %s", 1, NoMesh, MeshReady, MeshNotReady)

	LostTime         = duration("process.lost-time", "for how long this process could not run although it had to", "this process could not run for %s")
	ThrottledTime    = duration("process.throttled", "for how long a CPU limit stopped this process's cgroup during the run, by its cpu.stat", "a CPU limit stopped this container for %s")
	ThrottledPeriods = countTells("process.throttled-periods", "in how many periods of its CPU limit, usually of 100 ms, that was", "in %s periods a CPU limit stopped this container")
	RunDelay         = duration("process.run-delay", "for how long the first thread of this process waited for a CPU during the run, by /proc/self/schedstat", "this process waited %s for a CPU")
	CPUPressure      = duration("process.cpu-pressure", "for how long anybody on this machine waited for a CPU during the run, by /proc/pressure/cpu", "on this machine somebody waited %s for a CPU")
	Starved          = flagTells("process.starved", "whether this process lost, or its CPU limit took, more than a quarter of the run and at least a second: what rests on time is less sure then", "this process was starved of CPU: %s", false)
)

var netSubjects = []*Row{
	APITCP.Row, APIFails.Row, APILate.Row, APIAtFirst.Row, APIRefused.Row, APIName.Row, APIDirect.Row, APITook.Row, PodIP.Row, NetName.Row, NetProxy.Row, NetStalled.Row,
	AgainConnects.Row, AgainLate.Row, AgainRefused.Row, Control.Row, ControlTCP.Row, ControlUDP.Row, ControlOther.Row, Endpoint.Row, Unassigned.Row,
	NetRoute.Row, NetNextHop.Row, NetNextHopIs.Row, NetRange.Row, ServiceInRange.Row, ServerInRange.Row, HostNetwork.Row, Mesh.Row,
	LostTime.Row, ThrottledTime.Row, ThrottledPeriods.Row, RunDelay.Row, CPUPressure.Row, Starved.Row,
}
