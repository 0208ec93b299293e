package checks

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// fastError is up to when an EHOSTUNREACH was sent by a live host; an
// unanswered neighbour lookup takes about 3 seconds.
const fastError = time.Second

// keptFromRunning is the fact that a time tells nothing: this process had no CPU.
const keptFromRunning = "kept from running"

// maxPeers bounds how many addresses of one name are dialled.
const maxPeers = 8

var netConnect = &Check{
	ID:    "net.connect",
	Title: "TCP connects to $KUBERNETES_SERVICE_HOST",
	Needs: []string{"env.service", "env.proxy"},
	Run:   runNetConnect,
}

// dialled is one connection attempt.
type dialled struct {
	addr netip.Addr
	conn net.Conn
	err  error
	took time.Duration // without that for which this process could not run
	wall time.Duration // with it
}

// failure says what happened and, unless the error says so itself, after what
// time.
func (d dialled) failure() string {
	if _, isErrno := errors.AsType[syscall.Errno](d.err); isErrno {
		return fmt.Sprintf("%v after %s", d.err, span(d.took))
	}
	return d.err.Error()
}

// slowConnect is from when on a SYN must have been sent again.
const slowConnect = 900 * time.Millisecond

// late says that a connection came only after its SYN was sent again. The kernel
// counts that; the time alone may be that of a process which gets little CPU.
func (d dialled) late() bool {
	if state, ok := tcpState(d.conn); ok {
		return state.Get("retransmits") != "0"
	}
	return d.err == nil && d.took >= slowConnect
}

// isDead says that an address is one of the pod's families and still has no
// server.
func isDead(d dialled) bool {
	return d.err != nil && !errors.Is(d.err, syscall.ENETUNREACH) && !errors.Is(d.err, syscall.EADDRNOTAVAIL)
}

func runNetConnect(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	var e Evidence
	addrs := session.addrsOf(ctx, sys, session.Host, &e)
	if len(addrs.addrs) == 0 {
		return session.unlessProxied(fail(addrs.cause(), e, "%s: no address", session.Host))
	}
	session.apiPeer, session.socketsBefore = addrs.addrs[0], anyTCP(sys)
	all := dialAll(ctx, sys, addrs.addrs[:min(len(addrs.addrs), maxPeers)], session.Port)
	for _, d := range all {
		address := net.JoinHostPort(d.addr.String(), session.Port)
		if d.err != nil {
			e.Add("address", "%s", address)
			e.Add("answer", "%s", d.failure())
			continue
		}
		session.apiPeer, session.tcp, session.tcpOpen, session.connectTook = d.addr, d.conn, time.Now(), d.took
		e = append(Evidence{{"address", address}, {"answer", "connected in " + span(d.took)}}, e...)
		if from, ok := d.conn.LocalAddr().(*net.TCPAddr); ok {
			e.Add("from", "%s", from.IP)
		}
		closeOthers(all, d.conn)
		if i := slices.IndexFunc(all, isDead); i >= 0 {
			return warn("net.some-endpoints-dead", e, "%s: connected in %s, %s: %s", address, span(d.took), all[i].addr, all[i].failure())
		}
		return dialAgain(ctx, sys, session, d, e)
	}
	d := all[0]
	if d.took < fastError && d.wall >= fastError {
		e.Add(keptFromRunning, "%s of %s", span(d.wall-d.took), span(d.wall))
	}
	return session.unlessProxied(fail(connectCause(session, d), e, "%s: %s", net.JoinHostPort(d.addr.String(), session.Port), d.failure()))
}

// moreConnections follow the first: a service IP that leads to several API
// servers, one of them dead, works only now and then. Where one of two is dead,
// all eight connections succeed in 1 run of 256, where one of three in 1 of 26.
const moreConnections = 7

// secondSYN is long enough for a lost SYN to be sent once more.
const secondSYN = 1200 * time.Millisecond

// dialAgain opens more connections to the address that has answered, and says
// what becomes of the first one and them. A dead server answers no second SYN
// either, so that a connection which comes late tells of loss.
func dialAgain(ctx context.Context, sys *System, session *Session, first dialled, e Evidence) Outcome {
	ctx, cancel := within(ctx, secondSYN)
	defer cancel()
	address, slow := net.JoinHostPort(first.addr.String(), session.Port), first.late()
	again := dialAll(ctx, sys, slices.Repeat([]netip.Addr{first.addr}, moreConnections), session.Port)
	defer closeOthers(again, nil)
	late, refused := 0, false
	var failures []string
	for _, d := range again {
		switch {
		case d.err != nil:
			failures = append(failures, d.err.Error())
			refused = refused || errors.Is(d.err, syscall.ECONNREFUSED)
		case d.late():
			late++
		}
	}
	e.Add("more connections", "%d", moreConnections)
	e.Add("late", "%d", late)
	e.Add("failed", "%d", len(failures))
	slices.Sort(failures)
	for _, text := range slices.Compact(slices.Clone(failures)) {
		e.Add("failure", "%s", text)
	}
	switch {
	case late > 0 && !refused:
		return warn("net.lossy", e, "%s: connected in %s; of %d more connections %d come late, after a lost packet, and %d not at all", address, span(first.took), moreConnections, late, len(failures))
	case len(failures) > 0:
		return warn("net.some-endpoints-dead", e, "%s: connected in %s; of %d more connections %d fail: %s", address, span(first.took), moreConnections, len(failures), failures[0])
	case slow:
		return pass(e, "%s: connected in %s at first, then %d of %d at once", address, span(first.took), moreConnections, moreConnections)
	}
	return pass(e, "%s: connected in %s", address, span(first.took))
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

// dialAll dials all addresses at once and, when one has answered, gives the
// others a moment more.
func dialAll(ctx context.Context, sys *System, addrs []netip.Addr, port string) []dialled {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	all := make([]dialled, len(addrs))
	done := make(chan int, len(all))
	for i := range all {
		go guarded(ctx, func() {
			w := startWatch(ctx)
			conn, err := sys.Dial(ctx, "tcp", net.JoinHostPort(addrs[i].String(), port))
			all[i] = dialled{addrs[i], conn, bareNetError(ctx, err), w.took(), w.wall()}
			done <- i
		})()
	}
	for range all {
		if i := <-done; all[i].err == nil {
			moment, end := within(ctx, secondSYN)
			defer end()
			context.AfterFunc(moment, func() { cancel(errors.New("no answer while another address had one")) })
		}
	}
	return all
}

func closeOthers(all []dialled, keep net.Conn) {
	for _, d := range all {
		if d.conn != nil && d.conn != keep {
			d.conn.Close()
		}
	}
}

// connectCause names what a failed connect looks like; probes beyond this check
// are needed to be sure.
func connectCause(session *Session, d dialled) string {
	switch {
	case errors.Is(d.err, syscall.ECONNREFUSED), errors.Is(d.err, syscall.ECONNRESET):
		if session.dnsRefused && len(session.nameservers) == 0 {
			return "net.policy-rejects"
		}
		return "net.api-down"
	case errors.Is(d.err, syscall.EPERM), errors.Is(d.err, syscall.EACCES):
		return "net.policy-rejects"
	case errors.Is(d.err, syscall.EHOSTUNREACH) && d.wall < fastError:
		return "net.host-prohibited"
	case errors.Is(d.err, syscall.EHOSTUNREACH):
		return "net.host-unreachable"
	case errors.Is(d.err, syscall.ENETUNREACH), errors.Is(d.err, syscall.EADDRNOTAVAIL):
		return "net.no-route"
	case session.dnsAsked && len(session.nameservers) == 0 && !session.dnsRefused:
		return "net.egress-blocked"
	}
	return "net.api-blocked"
}

var netName = &Check{
	ID:    "net.name",
	Title: "TCP connects to kubernetes.default.svc as well",
	Needs: []string{"env.service", "dns.resolve"},
	Run:   runNetName,
}

func runNetName(ctx context.Context, sys *System, session *Session, log *observe.Log) Outcome {
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
		answer := "connected in " + span(d.took)
		if d.err != nil {
			answer = d.failure()
		}
		e.Add(net.JoinHostPort(d.addr.String(), session.Port), "%s", answer)
	}
	for _, d := range all {
		if d.err != nil {
			return warn(connectCause(session, d), e, "%s at %s: %s", serviceName, net.JoinHostPort(d.addr.String(), session.Port), d.failure())
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
