package checks

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"strconv"
	"strings"
	"syscall"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var probeSending = &Check{
	ID:      "probe.sending",
	Title:   "whether this pod's own kernel lets packets out",
	Probe:   true,
	Records: []*observe.Row{observe.NetSend.Row, observe.DNSSend.Row},
	Run:     runProbeSending,
}

// runProbeSending sends a datagram to the API server's address, and a question to each
// nameserver: where a rule of this network namespace drops it, sending fails with EPERM,
// while a TCP connection is merely silent, see send(2).
func runProbeSending(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if !isPods(sys) {
		return notApplicable("not the network of a pod's own")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	var e observe.Evidence
	if port, err := strconv.ParseUint(session.Port, 10, 16); err == nil && session.apiPeer.IsValid() {
		to := netip.AddrPortFrom(session.apiPeer.Unmap(), uint16(port))
		sent, said := sendDatagram(ctx, sys, to, []byte{0})
		e.Add(to.String(), "%s", said)
		if sent != "" {
			observe.NetSend.Saw(log, sent)
		}
	}
	conf, _ := pod.ReadResolvConf(sys)
	question, err := netprobe.Query(conf.APIName())
	if err != nil {
		return notApplicable("%v", err)
	}
	for _, server := range conf.Nameservers[:min(len(conf.Nameservers), pod.MaxNameservers)] {
		to := netip.AddrPortFrom(server.Unmap(), 53)
		sent, said := sendDatagram(ctx, sys, to, question)
		e.Add(to.String(), "%s", said)
		if sent != "" {
			observe.DNSSend.SawAt(log, to.String(), sent)
		}
	}
	if len(e) == 0 {
		return notApplicable("no address to send to")
	}
	return pass(e, "%s %s", e[0].Key, e[0].Value)
}

// sendDatagram sends one datagram, and returns "" where the kernel fails otherwise than by a
// rule. A connect that fails tells nothing of rules: a replacement of kube-proxy refuses
// it where a Service has no endpoint.
func sendDatagram(ctx context.Context, sys *pod.System, to netip.AddrPort, datagram []byte) (observe.Sending, string) {
	conn, err := sys.Dial(ctx, "udp", to.String())
	if err != nil {
		return "", "not sent: " + err.Error()
	}
	defer conn.Close()
	switch _, err := conn.Write(datagram); {
	case err == nil:
		return observe.Sent, "sent"
	case errors.Is(err, syscall.EPERM):
		return observe.SendDenied, "not sent: operation not permitted"
	default:
		return "", "not sent: " + err.Error()
	}
}

var probePorts = &Check{
	ID:      "probe.ports",
	Title:   "how many source ports connections to the API server hold",
	Probe:   true,
	Records: []*observe.Row{observe.PortsHeld.Row, observe.PortsFull.Row, observe.PortsWaiting.Row},
	Run:     runProbePorts,
}

// portRange has the ports that the kernel chooses for connections, see ip(7).
const portRange = "/proc/sys/net/ipv4/ip_local_port_range"

func runProbePorts(_ context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	data, err := sys.Read(portRange, pod.MaxConfig)
	if err != nil {
		return notApplicable("%v", err)
	}
	var low, high uint16
	if _, err := fmt.Sscan(string(data), &low, &high); err != nil || high < low {
		return notApplicable("%s: %q is no range", portRange, strings.TrimSpace(string(data)))
	}
	sockets, err := pod.ReadSockets(sys)
	if err != nil {
		return notApplicable("%v", err)
	}
	held, waiting := sockets.PortsTo(net.JoinHostPort(session.apiAddress(), session.Port), low, high)
	ports := int(high-low) + 1
	observe.PortsHeld.Saw(log, held, ports)
	observe.PortsFull.Saw(log, held*10 >= ports*9)
	observe.PortsWaiting.Saw(log, waiting, held)
	var e observe.Evidence
	e.Add("source ports", "%d to %d", low, high)
	e.Add("held to the API server", "%d", held)
	e.Add("of those in TIME_WAIT", "%d", waiting)
	for _, d := range sockets.Destinations(maxDestinations) {
		e.Add("connections to "+d.Address, "%d, %d of them in TIME_WAIT", d.Connections, d.Waiting)
	}
	return pass(e, "connections to %s hold %d of %d source ports", session.apiAddress(), held, ports)
}

// maxDestinations is how many other ends of connections are listed.
const maxDestinations = 4
