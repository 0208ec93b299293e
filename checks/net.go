package checks

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
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
		observe.APIName.Row, observe.APILoopback.Row, observe.APITCP.Row, observe.APIDirect.Row, observe.APIFails.Row, observe.APILate.Row, observe.APIAtFirst.Row, observe.APIRefused.Row, observe.APITook.Row, observe.PodIP.Row,
	},
	Run: runNetConnect,
}

func runNetConnect(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	defer close(session.connected)
	var e observe.Evidence
	addrs := session.addrsOf(ctx, sys, session.Host, &e)
	recordName(ctx, session.Host, addrs, log)
	if len(addrs.Addrs) == 0 {
		return session.unlessProxied(fail(e, "%s: no address", session.Host))
	}
	session.apiPeer = addrs.Addrs[0]
	if session.apiPeer.IsLoopback() {
		observe.APILoopback.Saw(log, true)
	}
	peers := addrs.Addrs[:min(len(addrs.Addrs), maxPeers)]
	answered := session.expect(ctx, func(log *observe.Log) func(*Session) {
		if session.httpProxy != nil { // what follows goes through the proxy
			return nil
		}
		silent := connections{}
		for _, addr := range peers {
			silent.first = append(silent.first, netprobe.DialResult{Addr: addr, Err: pulse.Silence("no answer yet")})
		}
		silent.record(session, log)
		peer := session.apiPeer
		return func(next *Session) {
			next.apiPeer, next.apiSilent = peer, true
			next.later = &later{dnsKnows: next.dnsKnows, nameservers: next.nameservers, apiAddrs: next.apiAddrs} // net.connect may yet write to the other
		}
	})
	all := withoutRefusedTwin(dialPatiently(ctx, sys, peers, session.Port))
	session.apiSilent = !slices.ContainsFunc(all, func(d netprobe.DialResult) bool { return d.Err == nil || d.Answer() != observe.Silent })
	if !session.apiSilent || session.httpProxy == nil && anyAnswersNow(ctx, sys, peers, session.Port) {
		answered()
	}
	met := connections{first: all}
	met.record(session, log)
	for _, d := range all {
		address := net.JoinHostPort(d.Addr.String(), session.Port)
		if d.Err != nil {
			e.Add("address", "%s", address)
			e.Add("answer", "%s", d.Failure())
			continue
		}
		session.apiPeer, session.tcp, session.tcpOpen, session.connectTook = d.Addr, d.Conn, time.Now(), d.Took
		observe.APITook.Saw(log, d.Took)
		e = append(observe.Evidence{{Key: "address", Value: address}, {Key: "answer", Value: "connected in " + observe.FormatDuration(d.Took)}}, e...)
		if from, ok := d.Conn.LocalAddr().(*net.TCPAddr); ok {
			e.Add("from", "%s", from.IP)
			observe.PodIP.Saw(log, from.IP.String())
		}
		netprobe.CloseOthers(all, d.Conn)
		switch i := slices.IndexFunc(all, netprobe.DialResult.IsDead); {
		case i >= 0:
			return warn(e, "%s connects in %s, %s: %s", address, observe.FormatDuration(d.Took), all[i].Addr, all[i].Failure())
		case session.httpProxy != nil: // whose clients do not connect directly
			return pass(e, "%s connects in %s", address, observe.FormatDuration(d.Took))
		}
		session.goOn()
		return met.openMore(ctx, sys, session, log, d, e)
	}
	d := all[0]
	if d.Took < netprobe.FastError && d.Wall >= netprobe.FastError {
		e.Add(keptFromRunning, "%s of %s", observe.FormatDuration(d.Wall-d.Took), observe.FormatDuration(d.Wall))
	}
	if netprobe.IsSocketDenied(d.Err) {
		addConfinement(sys, &e)
	}
	return session.unlessProxied(fail(e, "%s: %s", net.JoinHostPort(d.Addr.String(), session.Port), d.Failure()))
}

const (
	// threeSYNs is how long an address is waited for: a SYN is sent again after 1 s and after
	// 3 s, see RFC 6298, and by Linux from 6.5 on after each of the first four seconds, see
	// tcp_syn_linear_timeouts.
	threeSYNs = 4 * time.Second
	// oneSYN is how long an address is given that has been silent for so long.
	oneSYN = 300 * time.Millisecond
)

func dialPatiently(ctx context.Context, sys *pod.System, peers []netip.Addr, port string) []netprobe.DialResult {
	ctx, cancel := pulse.Within(ctx, threeSYNs)
	defer cancel()
	return netprobe.DialAll(ctx, sys, peers, port)
}

// anyAnswersNow says that one of the addresses which were silent answers at last: what began
// beside the wait may have been too early.
func anyAnswersNow(ctx context.Context, sys *pod.System, peers []netip.Addr, port string) bool {
	ctx, cancel := pulse.Within(ctx, oneSYN)
	defer cancel()
	all := netprobe.DialAll(ctx, sys, peers, port)
	netprobe.CloseOthers(all, nil)
	return slices.ContainsFunc(all, func(d netprobe.DialResult) bool { return d.Answer() != observe.Silent })
}

// withoutRefusedTwin leaves out the loopback address that refuses where the one of the other
// family answers: localhost has both, and a balancer of the node listens on one.
func withoutRefusedTwin(all []netprobe.DialResult) []netprobe.DialResult {
	if !slices.ContainsFunc(all, func(d netprobe.DialResult) bool { return d.Err == nil && d.Addr.IsLoopback() }) {
		return all
	}
	return slices.DeleteFunc(all, func(d netprobe.DialResult) bool { return d.Addr.IsLoopback() && d.Answer() == observe.Refuses })
}

// addConfinement names what may deny this process a socket, see proc_pid_attr(5) and
// proc_pid_status(5).
func addConfinement(sys *pod.System, e *observe.Evidence) {
	if label, err := sys.Read("/proc/self/attr/current", pod.MaxConfig); err == nil {
		e.Add("AppArmor profile or SELinux label", "%s", strings.TrimSpace(string(label)))
	}
	status, _ := sys.Read("/proc/self/status", pod.MaxConfig)
	for line := range strings.Lines(string(status)) {
		if mode, ok := strings.CutPrefix(line, "Seccomp:"); ok {
			e.Add("seccomp", "%s", map[string]string{"0": "no filter", "1": "strict", "2": "a filter"}[strings.TrimSpace(mode)])
		}
	}
}

// recordName records what the host resolves to, if it is a name.
func recordName(ctx context.Context, host string, found netprobe.Lookup, log *observe.Log) {
	if _, err := netip.ParseAddr(host); err == nil {
		return
	}
	if len(found.Addrs) > 0 {
		observe.APIName.Saw(log, observe.NoError)
		return
	}
	said := observe.NXDomain
	for _, t := range found.Tried {
		switch {
		case netprobe.CutOff(ctx, t.ErrA):
			return
		case t.ErrA != nil:
			said = observe.NoReply
		case t.A.Truncated:
			said = observe.ServFail
		case t.A.RCode == dnsmessage.RCodeSuccess:
			said = observe.NoData
		case t.A.RCode == dnsmessage.RCodeNameError:
			continue
		default:
			said = failedRcode(t.A.RCode)
		}
		if t.ErrA != nil || t.A.Truncated {
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
// obey it do not connect directly.
func (s *Session) unlessProxied(out Outcome) Outcome {
	if s.httpProxy != nil {
		out.Status = observe.Warn
	}
	return out
}

// addrsOf resolves a host name, or takes an address as it is.
func (s *Session) addrsOf(ctx context.Context, sys *pod.System, host string, e *observe.Evidence) netprobe.Lookup {
	if addr, err := netip.ParseAddr(host); err == nil {
		return netprobe.Lookup{Addrs: []netip.Addr{addr}}
	}
	conf, servers := s.resolv, s.nameservers
	if len(servers) == 0 {
		conf, _ = pod.ReadResolvConf(sys)
		servers = conf.Nameservers[:min(len(conf.Nameservers), pod.MaxNameservers)]
	}
	found := netprobe.Resolve(ctx, sys, conf, servers, host)
	for _, t := range found.Tried {
		e.Add(t.Name, "%s", t)
	}
	return found
}

var netName = &Check{
	ID:      "net.name",
	Title:   "a TCP connection by DNS name succeeds",
	Needs:   []string{"env.service", "dns.resolve"},
	Aside:   true,
	Records: []*observe.Row{observe.NetName.Row},
	Run:     runNetName,
}

func runNetName(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if !agrees(session.apiAddrs, session) { // DNS may name anybody's address
		return blocked("dns.resolve")
	}
	others := slices.DeleteFunc(slices.Clone(session.apiAddrs), func(addr netip.Addr) bool {
		return addr.Unmap() == session.apiPeer.Unmap() || addr.String() == session.Host
	})
	if len(others) == 0 {
		return notApplicable("%s is the address that net.connect has tried", pod.ServiceName)
	}
	port := session.servicePort(sys.Env)
	all := netprobe.DialAll(ctx, sys, others[:min(len(others), maxPeers)], port)
	netprobe.CloseOthers(all, nil)
	var e observe.Evidence
	for _, d := range all {
		address, answer := net.JoinHostPort(d.Addr.String(), port), "connected in "+observe.FormatDuration(d.Took)
		if d.Err != nil {
			answer = d.Failure()
		}
		e.Add(address, "%s", answer)
		if !d.Cut {
			observe.NetName.SawAt(log, address, d.Answer())
		}
	}
	for _, d := range all {
		if d.Err != nil {
			return warn(e, "%s at %s: %s", pod.ServiceName, net.JoinHostPort(d.Addr.String(), port), d.Failure())
		}
	}
	return pass(e, "%s at %s connects in %s", pod.ServiceName, others[0], observe.FormatDuration(all[0].Took))
}

// servicePort is the port of the Service itself: that in the environment or, where
// somebody has set another host, the one beside the kubelet's address.
func (s *Session) servicePort(env map[string]string) string {
	if !s.kubeletHost.IsValid() || pod.SameHost(s.kubeletHost.String(), s.Host) {
		return s.Port
	}
	return cmp.Or(env[kubeletPortVar], usualPort)
}

// dialAPI opens a connection to the API server the way that a Go client goes:
// through the proxy where one applies.
func (s *Session) dialAPI(ctx context.Context, sys *pod.System) (net.Conn, error) {
	if s.httpProxy != nil {
		return s.dialThroughProxy(ctx, sys)
	}
	if !s.apiPeer.IsValid() {
		return nil, fmt.Errorf("%s has no address", s.Host)
	}
	return sys.Dial(ctx, "tcp", net.JoinHostPort(s.apiPeer.String(), s.Port))
}
