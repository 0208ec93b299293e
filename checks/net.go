package checks

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// keptFromRunning is the fact that a time tells nothing: this process had no CPU.
const keptFromRunning = "kept from running"

// maxPeers bounds how many addresses of one name are dialled.
const maxPeers = 8

var netConnect = &Check{
	ID:    "net.connect",
	Title: "TCP connects to $KUBERNETES_SERVICE_HOST",
	Needs: []string{"env.service", "env.proxy"},
	Records: []*observe.Row{
		observe.APIName.Row, observe.APITCP.Row, observe.APIDirect.Row, observe.APIFails.Row, observe.APILate.Row, observe.APIAtFirst.Row, observe.APIRefused.Row, observe.APITook.Row, observe.PodIP.Row,
	},
	Run: runNetConnect,
}

func runNetConnect(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	var e Evidence
	addrs := session.addrsOf(ctx, sys, session.Host, &e)
	recordName(ctx, session.Host, addrs, log)
	if len(addrs.addrs) == 0 {
		return session.unlessProxied(fail(e, "%s: no address", session.Host))
	}
	session.apiPeer, session.socketsBefore = addrs.addrs[0], anyTCP(sys)
	all := dialAll(ctx, sys, addrs.addrs[:min(len(addrs.addrs), maxPeers)], session.Port)
	met := connections{first: all}
	met.record(session, log)
	for _, d := range all {
		address := net.JoinHostPort(d.addr.String(), session.Port)
		if d.err != nil {
			e.Add("address", "%s", address)
			e.Add("answer", "%s", d.failure())
			continue
		}
		session.apiPeer, session.tcp, session.tcpOpen, session.connectTook = d.addr, d.conn, time.Now(), d.took
		observe.APITook.Saw(log, d.took)
		e = append(Evidence{{Key: "address", Value: address}, {Key: "answer", Value: "connected in " + span(d.took)}}, e...)
		if from, ok := d.conn.LocalAddr().(*net.TCPAddr); ok {
			e.Add("from", "%s", from.IP)
			observe.PodIP.Saw(log, from.IP.String())
		}
		closeOthers(all, d.conn)
		switch i := slices.IndexFunc(all, dialResult.isDead); {
		case i >= 0:
			return warn(e, "%s: connected in %s, %s: %s", address, span(d.took), all[i].addr, all[i].failure())
		case session.httpProxy != nil: // whose clients do not come this way
			return pass(e, "%s: connected in %s", address, span(d.took))
		}
		return met.goOn(ctx, sys, session, log, d, e)
	}
	d := all[0]
	if d.took < fastError && d.wall >= fastError {
		e.Add(keptFromRunning, "%s of %s", span(d.wall-d.took), span(d.wall))
	}
	return session.unlessProxied(fail(e, "%s: %s", net.JoinHostPort(d.addr.String(), session.Port), d.failure()))
}

// recordName records what the host resolves to, if it is a name.
func recordName(ctx context.Context, host string, found lookup, log *observe.Log) {
	if _, err := netip.ParseAddr(host); err == nil {
		return
	}
	if len(found.addrs) > 0 {
		observe.APIName.Saw(log, observe.NoError)
		return
	}
	said := observe.NXDomain
	for _, t := range found.tried {
		switch {
		case cutOff(ctx, t.errA):
			return
		case t.errA != nil:
			said = observe.NoReply
		case t.a.truncated:
			said = observe.ServFail
		case t.a.rcode == dnsmessage.RCodeSuccess:
			said = observe.NoData
		case t.a.rcode == dnsmessage.RCodeNameError:
			continue
		default:
			said = failedRcode(t.a.rcode)
		}
		if t.errA != nil || t.a.truncated {
			break
		}
	}
	observe.APIName.Saw(log, said)
}

func failedRcode(code dnsmessage.RCode) observe.Rcode {
	switch code {
	case dnsmessage.RCodeServerFailure:
		return observe.ServFail
	case dnsmessage.RCodeRefused, dnsmessage.RCodeNotImplemented:
		return observe.RcodeRefused
	}
	return observe.OtherRcode
}

// unlessProxied makes a failure a warning where a proxy applies: clients that
// obey it do not come this way.
func (f *Session) unlessProxied(out Outcome) Outcome {
	if f.httpProxy != nil {
		out.Status = Warn
	}
	return out
}

// addrsOf resolves a host name, or takes an address as it is.
func (f *Session) addrsOf(ctx context.Context, sys *System, host string, e *Evidence) lookup {
	conf, servers := f.resolv, f.nameservers
	if len(servers) == 0 {
		conf, _ = readResolvConf(sys)
		servers = conf.nameservers[:min(len(conf.nameservers), maxNameservers)]
	}
	found := resolve(ctx, sys, conf, servers, host)
	for _, t := range found.tried {
		e.Add(t.name, "%s", t)
	}
	return found
}

var netName = &Check{
	ID:      "net.name",
	Title:   "TCP connects to kubernetes.default.svc as well",
	Needs:   []string{"env.service", "dns.resolve"},
	Records: []*observe.Row{observe.NetName.Row},
	Run:     runNetName,
}

func runNetName(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	if !agrees(session.apiAddrs, session) { // DNS may name anybody's address
		return blocked("dns.resolve")
	}
	others := slices.DeleteFunc(slices.Clone(session.apiAddrs), func(addr netip.Addr) bool {
		return addr.Unmap() == session.apiPeer.Unmap() || addr.String() == session.Host
	})
	if len(others) == 0 {
		return notApplicable("%s is the address that net.connect has tried", serviceName)
	}
	all := dialAll(ctx, sys, others[:min(len(others), maxPeers)], session.Port)
	closeOthers(all, nil)
	var e Evidence
	for _, d := range all {
		address, answer := net.JoinHostPort(d.addr.String(), session.Port), "connected in "+span(d.took)
		if d.err != nil {
			answer = d.failure()
		}
		e.Add(address, "%s", answer)
		if !d.cut {
			observe.NetName.SawAt(log, address, d.answer())
		}
	}
	for _, d := range all {
		if d.err != nil {
			return warn(e, "%s at %s: %s", serviceName, net.JoinHostPort(d.addr.String(), session.Port), d.failure())
		}
	}
	return pass(e, "%s at %s: connected in %s", serviceName, others[0], span(all[0].took))
}

// dialAPI opens a connection to the API server the way that a Go client goes:
// through the proxy where one applies.
func (f *Session) dialAPI(ctx context.Context, sys *System) (net.Conn, error) {
	if f.httpProxy != nil {
		return f.dialThroughProxy(ctx, sys)
	}
	if !f.apiPeer.IsValid() {
		return nil, fmt.Errorf("%s has no address", f.Host)
	}
	return sys.Dial(ctx, "tcp", net.JoinHostPort(f.apiPeer.String(), f.Port))
}
