package checks

import (
	"context"
	"net/netip"
	"slices"
	"sync"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/panics"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// metricsPort is open at the Service of CoreDNS as kubeadm sets it up, and no
// rule that is meant for DNS opens it.
const metricsPort = 9153

var probeServiceIP = &Check{
	ID:      "probe.service-ip",
	Title:   "what another Service IP says: the nameserver's, or one of the kubelet's variables",
	Probe:   true,
	Records: []*observe.Row{observe.Control.Row, observe.ControlTCP.Row, observe.ControlUDP.Row, observe.ControlOther.Row},
	Run:     runProbeServiceIP,
}

func runProbeServiceIP(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	ctx, cancel := probeContext(ctx)
	defer cancel()
	conf, _ := pod.ReadResolvConf(sys)
	servers := conf.ServiceIPs(session.kubeletHost)
	control := control{log: log, host: session.Host}
	if len(servers) == 0 {
		return askLinked(ctx, sys, session, &control)
	}
	udp := make([]string, len(servers))
	var wait sync.WaitGroup
	var targets, metrics []netip.AddrPort
	for i, server := range servers {
		target := netip.AddrPortFrom(server, 53)
		targets, metrics = append(targets, target), append(metrics, netip.AddrPortFrom(server, metricsPort))
		wait.Go(panics.Guarded(ctx, func() {
			reply, err := netprobe.Ask(ctx, sys, "udp", server, session.resolv.APIName(), recordFor(session.Host))
			udp[i] = "answers in " + observe.FormatDuration(reply.Took)
			if err != nil {
				udp[i] = netprobe.DialResult{Err: err, Took: reply.Took}.Failure()
			}
			if !netprobe.CutOff(ctx, err) {
				control.saw(observe.ControlUDP, target, reply.Answer(err))
			}
		}))
	}
	answers := netprobe.DialEach(ctx, sys, slices.Concat(targets, metrics), func(target netip.AddrPort, answer observe.Answer) {
		if target.Port() == metricsPort {
			control.saw(observe.ControlOther, target, answer)
		} else {
			control.saw(observe.ControlTCP, target, answer)
		}
	})
	tcp, other := answers[:len(targets)], answers[len(targets):]
	wait.Wait()
	var e observe.Evidence
	for i, target := range targets {
		e.Add(target.String()+" tcp", "%s", tcp[i])
		e.Add(target.String()+" udp", "%s", udp[i])
	}
	for i, target := range metrics {
		e.Add(target.String()+" metrics", "%s", other[i])
	}
	return pass(e, "%s %s", e[0].Key, e[0].Value)
}

// maxLinked bounds how many Services of the namespace are tried.
const maxLinked = 3

// askLinked connects to Services of which the kubelet has set the variables, where no
// nameserver is a Service IP, and sends nothing.
func askLinked(ctx context.Context, sys *pod.System, session *Session, control *control) Outcome {
	linked := linkedServices(sys.Env, session.kubeletHost)
	if len(linked) == 0 {
		return notApplicable("%s names no nameserver that is a Service IP, and no variable another Service", pod.ResolvConfFile)
	}
	linked = linked[:min(len(linked), maxLinked)]
	answers := netprobe.DialEach(ctx, sys, linked, func(at netip.AddrPort, answer observe.Answer) { control.saw(observe.ControlOther, at, answer) })
	var e observe.Evidence
	for i, at := range linked {
		e.Add(at.String(), "%s", answers[i])
	}
	return pass(e, "%s %s", e[0].Key, e[0].Value)
}

// control records what another Service IP of the API server's address family says, and the
// best of it: the other family may have rules, endpoints and routes of its own.
type control struct {
	log  *observe.Log
	host string // KUBERNETES_SERVICE_HOST
	mu   sync.Mutex
	best int // index in the order of the vocabulary, from 1
}

func (c *control) saw(of observe.Word[observe.Answer], at netip.AddrPort, answer observe.Answer) {
	if host, err := netip.ParseAddr(c.host); err == nil && host.Is4() != at.Addr().Is4() {
		return
	}
	of.SawAt(c.log, at.String(), answer)
	if of.ID == observe.ControlOther.ID && answer != observe.Answers { // nothing needs to listen there
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if place := 1 + slices.Index(of.Words, string(answer)); c.best == 0 || place < c.best {
		c.best = place
		observe.Control.Saw(c.log, answer)
	}
}
