package checks

import (
	"context"
	"net/netip"
	"slices"
	"sync"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// metricsPort is open at the Service of CoreDNS as kubeadm sets it up, and no
// rule that is meant for DNS opens it.
const metricsPort = 9153

var probeServiceIP = &Check{
	ID:      "probe.service-ip",
	Title:   "what another service IP says: the nameserver's",
	Probe:   true,
	Records: []*observe.Row{observe.Control.Row, observe.ControlTCP.Row, observe.ControlUDP.Row, observe.ControlOther.Row},
	Run:     runProbeServiceIP,
}

func runProbeServiceIP(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	ctx, cancel := probeContext(ctx)
	defer cancel()
	conf, _ := readResolvConf(sys)
	servers := conf.serviceIPs()
	if len(servers) == 0 {
		return notApplicable("%s names no nameserver that is a service IP", resolvConfFile)
	}
	control := control{log: log}
	udp := make([]string, len(servers))
	var wait sync.WaitGroup
	var targets, metrics []netip.AddrPort
	for i, server := range servers {
		target := netip.AddrPortFrom(server, 53)
		targets, metrics = append(targets, target), append(metrics, netip.AddrPortFrom(server, metricsPort))
		wait.Go(guarded(ctx, func() {
			reply, err := ask(ctx, sys, "udp", server, session.resolv.apiName(), recordFor(session.Host))
			udp[i] = "answers in " + span(reply.took)
			if err != nil {
				udp[i] = dialResult{err: err, took: reply.took}.failure()
			}
			if !cutOff(ctx, err) {
				control.saw(observe.ControlUDP, target, reply.answer(err))
			}
		}))
	}
	answers := dialEach(ctx, sys, slices.Concat(targets, metrics), func(target netip.AddrPort, answer observe.Answer) {
		if target.Port() == metricsPort {
			control.saw(observe.ControlOther, target, answer)
		} else {
			control.saw(observe.ControlTCP, target, answer)
		}
	})
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

// serviceIPs are the nameservers that are service IPs, as far as resolv.conf
// tells: those of a node, or of its cache, say nothing of service IPs.
func (c resolvConf) serviceIPs() []netip.Addr {
	if c.clusterDomain() == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.nameservers[:min(len(c.nameservers), maxNameservers)]), func(server netip.Addr) bool {
		return isNodeCache(server) || server.IsLoopback() || server.IsLinkLocalUnicast()
	})
}

// control records what another service IP says, and the best of it.
type control struct {
	log  *observe.Log
	mu   sync.Mutex
	best int // index in the order of the vocabulary, from 1
}

func (c *control) saw(of observe.Word[observe.Answer], at netip.AddrPort, answer observe.Answer) {
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
