package lab

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// recorded are the values of a subject that the results hold, each as "value" or
// "address value"; of words several, of counts "k/n".
func (o outcome) recorded(of *observe.Row) string {
	var sets []observe.Set
	for _, r := range o.results {
		sets = append(sets, r.Observations)
	}
	row := of
	var values []string
	for _, e := range observe.Merge(sets...)[row.ID] {
		value := e.Word + e.Text
		switch row.Kind {
		case observe.KindCount:
			value = fmt.Sprintf("%d/%d", e.N, e.Of)
		case observe.KindNumber:
			value = fmt.Sprint(e.N)
		}
		values = append(values, strings.TrimSpace(e.At+" "+value))
	}
	slices.Sort(values)
	return strings.Join(slices.Compact(values), ", ")
}

// podFile writes a file of the pod's.
func podFile(name, text string) func(*Pod) error {
	return func(pod *Pod) error {
		path := filepath.Join(pod.System.Root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, []byte(text), 0o644)
	}
}

// faultOf is how the fault of that code changes a plan.
func faultOf(code string) func(*plan) {
	return func(p *plan) {
		made, err := find([]string{code})
		if err != nil {
			panic(err)
		}
		made[0].apply(p)
	}
}

// TestRecordedOfTheNetwork has worlds, and what the checks and probes of the
// network record of them; "" was not observed.
func TestRecordedOfTheNetwork(t *testing.T) {
	t.Parallel()
	type seen map[*observe.Row]string
	silent, refused := route{silent: true}, route{}
	lost := route{errno: syscall.EHOSTUNREACH, after: 3060 * time.Millisecond}
	for _, test := range []struct {
		name  string
		world world
		want  seen
	}{
		{"healthy", world{}, seen{
			observe.APITCP.Row: "answers", observe.APIFails.Row: "0/8", observe.APILate.Row: "0/8", observe.APIAtFirst.Row: "0/8", observe.APIRefused.Row: "0/8",
			observe.APIName.Row: "", observe.APIDirect.Row: "", observe.PodIP.Row: podIP, observe.NetStalled.Row: "0", observe.NetName.Row: "",
			observe.Control.Row: "answers", observe.Starved.Row: "no",
		}},
		{"the API is silent", world{change: apiBy(silent)}, seen{
			observe.APITCP.Row: "silent", observe.APIFails.Row: "1/1", observe.APIRefused.Row: "0/1", observe.APILate.Row: "0/1", observe.PodIP.Row: podIP,
			observe.Control.Row: "answers", observe.ControlTCP.Row: dnsIP + ":53 answers", observe.ControlUDP.Row: dnsIP + ":53 answers", observe.ControlOther.Row: dnsIP + ":9153 answers",
			observe.Unassigned.Row: "refuses", observe.Endpoint.Row: "", observe.NetRoute.Row: "gateway", observe.NetNextHop.Row: "known",
			observe.NetNextHopIs.Row: "10.244.1.1 at 0a:58:0a:f4:01:01", observe.ServiceInRange.Row: "no", observe.ServerInRange.Row: "", observe.NetRange.Row: "",
			observe.Mesh.Row: "none",
		}},
		{"the API is silent, and a node's cache is the nameserver", world{change: func(p *plan) {
			apiBy(silent)(p)
			cacheOnNode(p)
			p.link("redis", "10.96.4.4", "6379")
			p.link("mine", "10.96.4.5", "80")
			p.setenv("MINE_SERVICE_HOST", "203.0.113.5") // which is not the kubelet's
			p.link("far", "203.0.113.6", "80")           // nor a Service IP
			p.routes["tcp 10.96.4.4:6379"] = route{server: "api"}
		}}, seen{observe.Control.Row: "answers", observe.ControlOther.Row: "10.96.4.4:6379 answers", observe.ControlTCP.Row: "", observe.ControlUDP.Row: ""}},
		{"on loopback, where nothing listens", world{change: faultOf("net.node-proxy-down")}, seen{
			observe.APILoopback.Row: "yes", observe.APITCP.Row: "refuses", observe.HostNetwork.Row: "yes", observe.EnvGivenHandshake.Row: "verifies", observe.NetName.Row: apiAddress + " answers",
		}},
		{"everything is silent", world{change: faultOf("net.egress-blocked")}, seen{
			observe.APITCP.Row: "silent", observe.Control.Row: "silent", observe.ControlTCP.Row: dnsIP + ":53 silent", observe.ControlUDP.Row: dnsIP + ":53 silent",
			observe.ControlOther.Row: dnsIP + ":9153 silent", observe.Unassigned.Row: "silent",
		}},
		{"everything refuses", world{change: faultOf("net.policy-rejects")}, seen{
			observe.APITCP.Row: "refuses", observe.APIFails.Row: "1/1", observe.APIRefused.Row: "1/1", observe.Control.Row: "refuses", observe.Unassigned.Row: "refuses",
		}},
		{"only the nameserver's other port answers", world{change: func(p *plan) {
			apiBy(silent)(p)
			p.toDNS(silent)
		}}, seen{observe.Control.Row: "answers, silent", observe.ControlOther.Row: dnsIP + ":9153 answers", observe.ControlUDP.Row: dnsIP + ":53 silent"}},
		{"only the nameserver's other port refuses", world{change: func(p *plan) {
			apiBy(silent)(p)
			p.toDNS(silent)
			p.routes["tcp "+dnsIP+":9153"] = refused
		}}, seen{observe.Control.Row: "silent", observe.ControlOther.Row: dnsIP + ":9153 refuses"}},
		{"the kernel forbids it", world{change: apiBy(route{errno: syscall.EPERM})}, seen{observe.APITCP.Row: "denied"}},
		{"no route", world{change: apiBy(route{errno: syscall.ENETUNREACH})}, seen{observe.APITCP.Row: "no-route"}},
		{"no port", world{change: apiBy(route{errno: syscall.EADDRNOTAVAIL})}, seen{observe.APITCP.Row: "no-port"}},
		{"prohibited", world{change: apiBy(route{errno: syscall.EHOSTUNREACH})}, seen{observe.APITCP.Row: "prohibited"}},
		{"unreachable, says the answer to the second SYN", world{change: apiBy(route{errno: syscall.EHOSTUNREACH, icmp: true, after: 1001 * time.Millisecond})}, seen{observe.APITCP.Row: "unreachable"}},
		{"no neighbour", world{change: apiBy(lost)}, seen{observe.APITCP.Row: "no-neighbour"}},
		{"one of two servers refuses", world{change: turns("cr")}, seen{observe.APITCP.Row: "refuses", observe.APIFails.Row: "4/8", observe.APIRefused.Row: "4/8", observe.APILate.Row: "0/8", observe.APIAtFirst.Row: "4/8"}},
		{"one of two servers is silent", world{only: []string{"net.connect"}, change: turns("cs")}, seen{observe.APITCP.Row: "silent", observe.APIFails.Row: "7/14", observe.APIAtFirst.Row: "4/8"}},
		{"SYNs are lost again and again", world{only: []string{"net.connect"}, change: turns("cccclccccclccc")}, seen{observe.APITCP.Row: "answers", observe.APIFails.Row: "0/14", observe.APILate.Row: "2/14", observe.APIAtFirst.Row: "1/8"}},
		{"two SYNs are lost once", world{only: []string{"net.connect"}, change: turns("cclclccccccccc")}, seen{observe.APITCP.Row: "answers", observe.APIFails.Row: "0/14", observe.APILate.Row: "0/14", observe.APIAtFirst.Row: "2/8"}},
		{"late and lost at first, and not again", world{only: []string{"net.connect"}, change: turns("cclcslcccccccc")}, seen{observe.APITCP.Row: "answers", observe.APIFails.Row: "0/14", observe.APILate.Row: "0/14", observe.APIAtFirst.Row: "3/8"}},
		{"a proxy applies, and the API refuses", world{change: func(p *plan) {
			throughProxy(p)
			apiBy(refused)(p)
		}, after: openProxy}, seen{observe.APIDirect.Row: "refuses", observe.APITCP.Row: "", observe.APIFails.Row: "", observe.APILate.Row: "", observe.APIRefused.Row: "", observe.APIAtFirst.Row: ""}},
		{"a proxy applies, and the API answers late", world{change: func(p *plan) {
			throughProxy(p)
			turns("l")(p)
		}, after: openProxy}, seen{observe.APIDirect.Row: "answers", observe.APITCP.Row: "", observe.APIFails.Row: "", observe.APILate.Row: ""}},
		{"the host is a name without an address", world{change: func(p *plan) { hostNamed(p, "api.shop.example") }}, seen{observe.APIName.Row: "NXDOMAIN", observe.APITCP.Row: "", observe.APIFails.Row: ""}},
		{"the host is a name, and DNS is silent", world{change: func(p *plan) {
			hostNamed(p, "api.shop.example")
			p.toDNS(silent)
		}}, seen{observe.APIName.Row: "no-answer", observe.APITCP.Row: ""}},
		{"the host is a name of two addresses, and one is silent", world{only: []string{"net.connect"}, change: func(p *plan) {
			hostAt(p, "api.shop.example", "198.51.100.3", "2001:db8::3")
			p.routes["tcp 198.51.100.3:443"], p.routes["tcp [2001:db8::3]:443"] = route{server: "api"}, silent
		}}, seen{observe.APIName.Row: "NOERROR", observe.APITCP.Row: "silent", observe.APIFails.Row: "1/2"}},
		{"the host is a name of two addresses, and one is of a family that the pod lacks", world{only: []string{"net.connect"}, change: func(p *plan) {
			hostAt(p, "api.shop.example", "198.51.100.3", "2001:db8::3")
			p.routes["tcp 198.51.100.3:443"], p.routes["tcp [2001:db8::3]:443"] = route{server: "api"}, route{errno: syscall.ENETUNREACH}
		}}, seen{observe.APITCP.Row: "answers", observe.APIFails.Row: "0/8"}},
		{"the Service has another address in DNS, which refuses", world{change: func(p *plan) {
			hostAt(p, "api.shop.example", "198.51.100.3")
			p.routes["tcp 198.51.100.3:443"], p.routes["tcp "+apiAddress] = route{server: "api"}, refused
		}}, seen{observe.NetName.Row: apiAddress + " refuses", observe.APITCP.Row: "answers"}},
		{"a connection is dead", world{change: faultOf("net.half-open")}, seen{observe.NetStalled.Row: "1", observe.APITCP.Row: "answers"}},
		{"the pod's range holds the Service IP", world{change: faultOf("net.cidr-overlap")}, seen{
			observe.APITCP.Row: "no-neighbour", observe.NetRoute.Row: "link", observe.NetNextHop.Row: "no-answer", observe.ServiceInRange.Row: "yes", observe.NetRange.Row: "10.0.0.0/8",
		}},
		{"another machine has the Service IP", world{change: func(p *plan) {
			apiBy(refused)(p)
			p.routeTable, p.arpTable = wideRoutes, podNeighbours+"10.96.0.1        0x1         0x2         0a:58:0a:f4:01:99     *        eth0\n"
		}}, seen{observe.NetNextHop.Row: "other-machine", observe.NetNextHopIs.Row: "10.96.0.1 at 0a:58:0a:f4:01:99, not the gateway", observe.ServiceInRange.Row: "yes"}},
		{"the pod has no routes", world{change: func(p *plan) {
			apiBy(route{errno: syscall.ENETUNREACH})(p)
			p.routeTable = routeHead
		}}, seen{observe.NetRoute.Row: "none", observe.NetNextHop.Row: "", observe.NetNextHopIs.Row: ""}},
		{"on the host's network", world{change: apiBy(refused), after: podFile("proc/net/dev", "Inter-|\n  eth0: 1\n  cni0: 1\n")}, seen{observe.HostNetwork.Row: "yes"}},
		{"on the host's network, whose table is full", world{change: faultOf("net.conntrack-full")}, seen{observe.HostNetwork.Row: "yes", observe.ConntrackFull.Row: "yes"}},
		{"on the host's network, whose table has room", world{change: tracked("259522", "262144")}, seen{observe.ConntrackFull.Row: "no"}},
		{"on the host's network, whose table has no limit", world{change: tracked("259522", "0")}, seen{observe.ConntrackFull.Row: ""}},
		{"on a network of its own, whose table is full", world{change: func(p *plan) {
			faultOf("net.conntrack-full")(p)
			p.proc["net/dev"] = "Inter-|\n    lo: 1\n  eth0: 1\n"
		}}, seen{observe.HostNetwork.Row: "no", observe.ConntrackFull.Row: ""}},
		{"on a network of its own", world{change: apiBy(refused), after: podFile("proc/net/dev", "Inter-|\n    lo: 1\n  eth0: 1\n")}, seen{observe.HostNetwork.Row: "no"}},
		{"a mesh's proxy does not listen", world{change: func(p *plan) {
			faultOf("net.policy-rejects")(p)
			p.setenv("ISTIO_META_MESH_ID", "cluster.local")
		}}, seen{observe.Mesh.Row: "not-listening"}},
		{"a mesh's proxy listens", world{change: func(p *plan) {
			apiBy(refused)(p)
			p.sockets = "   0: 0100007F:3A99 00000000:0000 0A 00000000:00000000 00:00000000 00000000 65532        0 48151 1 0000000000000000\n"
		}}, seen{observe.Mesh.Row: "listens"}},
		{"the host is set to a dead address, and the kubelet's verifies", world{change: func(p *plan) { p.setenv("KUBERNETES_SERVICE_HOST", "172.18.0.9") }}, seen{observe.EnvGivenHandshake.Row: "verifies", observe.ServiceInRange.Row: ""}},
		{"the host is set to a dead address, and the kubelet's is dead", world{change: func(p *plan) {
			p.setenv("KUBERNETES_SERVICE_HOST", "172.18.0.9")
			apiBy(refused)(p)
		}}, seen{observe.EnvGivenHandshake.Row: "no-connection"}},
		{"the API's own address answers", world{change: func(p *plan) {
			apiBy(silent)(p)
			p.routes["tcp "+endpoint] = route{server: "api"}
		}, after: knownEndpoint}, seen{observe.Endpoint.Row: endpoint + " answers", observe.ServerInRange.Row: "172.18.0.2 no"}},
		{"the API's own address is in the pod's range", world{change: func(p *plan) {
			apiBy(silent)(p)
			p.routes["tcp "+endpoint] = lost
			p.routeTable = podRoutes + "eth0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
		}, after: knownEndpoint}, seen{observe.Endpoint.Row: endpoint + " no-neighbour"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.world.every = test.name != "healthy"
			o := test.world.look(t)
			for subject, want := range test.want {
				if got := o.recorded(subject); got != want {
					t.Errorf("%s: got %q, want %q%s", subject.ID, got, want, o)
				}
			}
			o.holdToRecords(t)
		})
	}
}

// tracked is net.conntrack-full with other numbers in the connection tracking table.
func tracked(count, limit string) func(*plan) {
	return func(p *plan) {
		faultOf("net.conntrack-full")(p)
		p.tracks(count, limit)
	}
}

func knownEndpoint(pod *Pod) error {
	pod.System.Endpoints = []netip.AddrPort{netip.MustParseAddrPort(endpoint)}
	return nil
}

// ofTheNetwork are the checks and probes that this file's tests are about.
var ofTheNetwork = []string{
	"net.connect", "net.open", "net.name", "process.cpu",
	"probe.service-ip", "probe.endpoint", "probe.given-host", "probe.foreign", "probe.route", "probe.sidecar", "probe.host-network",
}

// holdToRecords tests that a check records nothing but what it says that it
// does, and an unhealthy symptom exactly when it warns or fails.
func (o outcome) holdToRecords(t *testing.T) {
	t.Helper()
	for _, c := range append(checks.All(), checks.Probes()...) {
		if !slices.Contains(ofTheNetwork, c.ID) {
			continue
		}
		r := o.of(c.ID)
		unhealthy := ""
		for id, entries := range r.Observations {
			i := slices.IndexFunc(c.Records, func(s *observe.Row) bool { return s.ID == id })
			if i < 0 {
				t.Errorf("%s recorded %s, which it does not say", c.ID, id)
				continue
			}
			for _, e := range entries {
				if c.Records[i].Unhealthy(e.Value) {
					unhealthy = id
				}
			}
		}
		if bad := r.Status == observe.Warn || r.Status == observe.Fail; !c.Probe && bad != (unhealthy != "") {
			t.Errorf("%s: got %s: %s, while it recorded as unhealthy %q", c.ID, r.Status, r.Summary, unhealthy)
		}
	}
}

// TestServiceIPIsOfTheCluster has nameservers that are no Service IPs: what they
// say is told nowhere as what another Service IP says.
func TestServiceIPIsOfTheCluster(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*plan)
		want   string // of net.control.udp
	}{
		{"the cluster's", func(*plan) {}, dnsIP + ":53 answers"},
		{"the node's resolver", func(p *plan) {
			p.nameserver("10.0.0.2")
			p.resolv.nameservers, p.resolv.node = []string{"10.0.0.2"}, true
		}, ""},
		{"the node's cache", func(p *plan) {
			p.nameserver("169.254.20.10")
			p.resolv.nameservers = []string{"169.254.20.10"}
		}, ""},
		{"a resolver in the pod", func(p *plan) {
			p.nameserver("127.0.0.1")
			p.resolv.nameservers = []string{"127.0.0.1"}
		}, ""},
		{"the node's cache, then the cluster's", func(p *plan) {
			p.nameserver("169.254.20.10")
			p.resolv.nameservers = []string{"169.254.20.10", dnsIP}
		}, dnsIP + ":53 answers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := world{change: func(p *plan) {
				apiBy(route{silent: true})(p)
				test.change(p)
			}}.look(t)
			if got := o.recorded(observe.ControlUDP.Row); got != test.want {
				t.Errorf("net.control.udp: got %q, want %q%s", got, test.want, o)
			}
			made := slices.ContainsFunc(o.results, func(r observe.Result) bool { return r.ID == "probe.service-ip" })
			if made != (test.want != "") {
				t.Errorf("probe.service-ip: made %t, want %t%s", made, test.want != "", o)
			}
		})
	}
}
