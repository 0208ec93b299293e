package observe

// Route is how packets to the API server leave the pod.
type Route string

// The routes.
const (
	ByGateway   Route = "gateway"
	OnLink      Route = "link"
	NoRouteSet  Route = "none"
	OwnAddress  Route = "own-address"  // the address is one of this pod's network namespace
	OtherDevice Route = "other-device" // not by the pod's interface, which has a default route
	RejectRoute Route = "rejects"      // unreachable, prohibit or blackhole
)

// Refusal is what a refusal came as.
type Refusal string

// The refusals: a machine resets a connection to a port on which nothing listens, while
// rules reject it, kube-proxy's for a Service without endpoints among them.
const (
	ByReset     Refusal = "reset"
	ByICMP      Refusal = "icmp"       // destination unreachable, RFC 792
	NoPacket    Refusal = "no-packet"  // an error of connect(2) itself: nothing was sent or came
	ByOwnKernel Refusal = "own-kernel" // a reset of this pod's kernel: connections are redirected to a port on which nothing listens
)

// Sending is what the pod's own kernel makes of a datagram that needs no answer.
type Sending string

// The ends of a datagram before it leaves the pod.
const (
	Sent       Sending = "sent"
	SendDenied Sending = "denied" // EPERM: a rule of this network namespace or cgroup
)

// NextHop is who on the link takes packets for the API server.
type NextHop string

// The next hops.
const (
	HopKnown  NextHop = "known"
	HopOther  NextHop = "other-machine" // another machine than the gateway has the Service IP
	HopSilent NextHop = "no-answer"     // no answer to ARP/NDP
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
	APITCP       = answerSymptom("net.api.tcp", "what a TCP connection to the address in the environment gets; if some connections fail, what those get", "the API server's address %s")
	APIFails     = countSymptom("net.api.fails", "how many connections to it fail; timeouts beside late connections count only where a second, slower round of connections is late or fails again", "%s connections to the API server fail")
	APILate      = countSymptom("net.api.late", "how many connections to it are late, after a lost packet; counted only where that second round loses a packet again", "%s connections to the API server are late")
	APIAtFirst   = countTells("net.api.at-first", "how many connections to it are late or fail before that second round", "%s connections to the API server are late or fail at first")
	APIRefused   = countTells("net.api.refused", "how many connections to it are refused", "%s connections to the API server are refused")
	RefusedBy    = tells("net.api.refused-by", "what refused connections, by the counters of this network namespace; a reset of its own kernel is not observed on the host network", "the refusal came as %s", 1, ByReset, ByICMP, ByOwnKernel, NoPacket)
	AcceptedBy   = text("net.api.accepted-by", "the port and the user of the program in this pod that accepts connections to the API server, where one does", "connections to the API server are accepted in this pod, on %s")
	AcceptedHere = flagTells("net.api.accepted-here", "whether a program in this pod accepts connections to the API server, as a transparent proxy does", "a program in this pod accepts connections to the API server", "no program in this pod accepts connections to the API server", false)
	APILoopback  = flagTells("net.api.loopback", "whether the address in the environment is one of loopback, where a program of this network namespace has to pass connections on; not observed where it is not", "the API server's address is on loopback", "the API server's address is not on loopback", false)
	APIName      = symptom("net.api.name", "what DNS answers for KUBERNETES_SERVICE_HOST, where that is a name", "DNS for the API server's host name: %s", 1, NoError, NXDomain, NoData, RcodeRefused, ServFail, OtherRcode, NoReply)
	APIDirect    = answerSymptom("net.api.direct", "what a direct TCP connection gets, where a proxy applies and clients go through it", "without the proxy, the API server's address %s")
	APITook      = duration("net.api.took", "how long the first connection took", "TCP connects in %s")
	PodIP        = text("net.pod-ip", "the source address of packets to the API server", "the source address is %s")
	NetName      = answerSymptom("net.name.tcp", "what a TCP connection gets at the other addresses of kubernetes.default.svc", "the address of kubernetes.default.svc %s").at("address")
	NetProxy     = symptom("net.proxy", "whether the proxy that applies opens a tunnel to the API server", "the proxy %s", 1, TunnelOpens, TunnelRefused, TunnelNoProxy, TunnelSilent)
	NetStalled   = numberSymptom("net.stalled", "how many existing connections of this pod to the API server are stalled: data is sent again and again without an answer", "existing connections that are stalled: %s")

	AgainConnects = countTells("net.again.connects", "how many connections of a second, slower round succeed", "%s fresh connections succeed")
	AgainLate     = countTells("net.again.late", "how many of them are late", "%s fresh connections are late")
	AgainRefused  = countTells("net.again.refused", "how many of them are refused", "%s fresh connections are refused")

	Control      = answerTells("net.control", "whether another Service IP of the same address family works, that of the DNS Service or of one that the kubelet's variables name: the best result of the following subjects; of the port that is not DNS, only that it answers", "another Service IP %s")
	ControlTCP   = answerTells("net.control.tcp", "what another Service IP answers over TCP", "over TCP, another Service IP %s").at("address")
	ControlUDP   = answerTells("net.control.udp", "what another Service IP answers over UDP", "over UDP, another Service IP %s").at("address")
	ControlOther = answerTells("net.control.other-port", "what another Service IP answers at a port that a policy for DNS does not allow: that of the DNS Service's metrics or, where no nameserver is a Service IP, that of a Service in the kubelet's variables", "at a port that is not DNS, another Service IP %s").at("address")
	Endpoint     = answerTells("net.endpoint.tcp", "what a TCP connection to an API server's own address gets, as far as --endpoint or EndpointSlices name one", "the API server's own address %s").at("address")
	Unassigned   = tells("net.unassigned.tcp", "what a TCP connection to an unassigned address gets (192.0.2.1 or 2001:db8::1, RFC 5737 and RFC 3849)", "an unassigned address %s", 0, answers...)

	NetRoute       = tells("net.route", "the route of packets to the API server, of whichever table; the last three are not observed on the host network", "the route to the API server: %s", 2, ByGateway, OnLink, NoRouteSet, OwnAddress, OtherDevice, RejectRoute)
	NetRouteIs     = text("net.route.value", "that route, with its table", "the route is %s")
	NetSend        = sending("net.send", "what this pod's kernel makes of a datagram to the API server's address; not observed on the host network", "a datagram to the API server's address %s")
	NetDropped     = flagTells("net.dropped", "whether at least twelve packets that came in, while the API server or the first nameserver was asked for answers, were dropped in this network namespace, by the kernel's counters; not observed where they were not, and on the host network", "packets that came in were dropped in this pod's own network namespace", "no packet was dropped in this pod's own network namespace", false)
	DNSSend        = sending("dns.send", "the same for the nameservers", "a datagram to the nameserver %s").at("nameserver")
	NetNextHop     = tells("net.next-hop", "whether ARP or NDP resolves the next hop for packets to the API server, and to whom", "the next hop (ARP/NDP) %s", 1, HopKnown, HopOther, HopSilent)
	NetNextHopIs   = text("net.next-hop.value", "that next hop and its MAC address", "the next hop is %s")
	NetRange       = text("net.route.range", "the CIDR of this pod's link that contains one of the following two", "the CIDR is %s")
	ServiceInRange = flagTells("net.route.range-has-service", "whether the CIDR of this pod's link contains the API server's Service IP", "the CIDR of this pod's link contains the Service IP", "the CIDR of this pod's link does not contain the Service IP", false)
	ServerInRange  = flagTells("net.route.range-has-server", "whether the CIDR of this pod's link contains an API server's own address", "the CIDR of this pod's link contains the API server's address", "the CIDR of this pod's link does not contain the API server's address", false)
	HostNetwork    = flagTells("net.host-network", "whether this pod uses the host network", "this pod uses the host network", "this pod does not use the host network", false)
	ConntrackFull  = flagTells("net.conntrack-full", "whether this node's connection tracking table is at least 99 % full; observed only on the host network, as every other pod has a count of its own", "the node's connection tracking table is full", "the node's connection tracking table has room", false)
	Mesh           = tells("net.mesh", "what is seen of a service mesh: its variables, which only containers of its own have, and its proxy's ports; not observed where /proc is not readable", "service mesh: %s", 1, NoMesh, MeshReady, MeshNotReady)

	PortsHeld    = countTells("net.ports.held", "how many of the source ports in net.ipv4.ip_local_port_range this pod's connections to the API server hold, those that are closed and in TIME_WAIT included", "connections to the API server hold %s source ports")
	PortsFull    = flagTells("net.ports.full", "whether they hold at least nine of ten", "connections to the API server hold nearly all source ports", "source ports are free", false)
	PortsWaiting = countTells("net.ports.waiting", "how many of those connections are closed and in TIME_WAIT", "%s of those connections are in TIME_WAIT")

	LostTime         = duration("process.lost-time", "how long this process could not run although it was ready to", "this process could not run for %s")
	ThrottledTime    = duration("process.throttled", "how long a CPU limit stopped this process's cgroup during the run, by its cpu.stat", "a CPU limit stopped this container for %s")
	ThrottledPeriods = countTells("process.throttled-periods", "in how many periods of its CPU limit, usually of 100 ms, that happened", "a CPU limit stopped this container in %s periods")
	RunDelay         = duration("process.run-delay", "how long the first thread of this process waited for a CPU during the run, by /proc/self/schedstat", "this process waited %s for a CPU")
	CPUPressure      = duration("process.cpu-pressure", "how long any process on this machine waited for a CPU during the run, by /proc/pressure/cpu", "processes on this machine waited %s for a CPU")
	Starved          = flagTells("process.starved", "whether this process lost more than a quarter of the run, and at least a second, by itself or to its CPU limit: then results that depend on time are less reliable", "this process had too little CPU time", "this process had enough CPU time", false)
)

var netSubjects = []*Row{
	APITCP.Row, APIFails.Row, APILate.Row, APIAtFirst.Row, APIRefused.Row, RefusedBy.Row, AcceptedHere.Row, AcceptedBy.Row, APILoopback.Row, APIName.Row, APIDirect.Row, APITook.Row, PodIP.Row, NetName.Row, NetProxy.Row, NetStalled.Row,
	AgainConnects.Row, AgainLate.Row, AgainRefused.Row, Control.Row, ControlTCP.Row, ControlUDP.Row, ControlOther.Row, Endpoint.Row, Unassigned.Row,
	NetRoute.Row, NetRouteIs.Row, NetSend.Row, NetDropped.Row, DNSSend.Row, NetNextHop.Row, NetNextHopIs.Row, NetRange.Row, ServiceInRange.Row, ServerInRange.Row, HostNetwork.Row, ConntrackFull.Row, Mesh.Row, PortsHeld.Row, PortsFull.Row, PortsWaiting.Row,
	LostTime.Row, ThrottledTime.Row, ThrottledPeriods.Row, RunDelay.Row, CPUPressure.Row, Starved.Row,
}

func sending(id, means, says string) Word[Sending] {
	return tells(id, means, says, 1, Sent, SendDenied)
}
