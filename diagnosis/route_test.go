package diagnosis

import (
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// TestRoutes weighs by which route packets leave, when TCP does not connect.
func TestRoutes(t *testing.T) {
	const (
		inRange  = "service IP in the pod's own range"
		server   = "API server in the pod's own range"
		nobody   = "10.96.0.1, nobody answers for it"
		gateway  = "10.96.0.1 at 0a:58:0a:f4:01:01, the gateway"
		stranger = "10.96.0.1 at 0a:58:0a:f4:01:99, not the gateway"
		unknown  = "10.96.0.1, not known"
	)
	lost := result("net.connect", checks.Fail, "net.host-unreachable", "answer", "connect: no route to host after 3.1s")
	early := result("net.connect", checks.Fail, "net.host-prohibited", "answer", "connect: no route to host after 0.4s")
	onNode := probe("probe.host-network", "host network", "yes")
	some := probe("probe.fresh", "connections", "6", "connected", "3", "failed: "+saysNothing, "3")
	route := func(facts ...string) checks.Result { return probe("probe.route", facts...) }
	for _, tc := range []struct {
		name    string
		results []checks.Result
		want    string // "code confidence"
	}{
		{"by the gateway", []checks.Result{dnsAnswers, apiSilent, route("next hop", "10.244.1.1 at 0a:58:0a:f4:01:01")}, "net.api-blocked likely, net.policy-needs-endpoint possible"},
		{"a neighbour, and nobody answers", []checks.Result{lost, route(inRange, "10.0.0.0/8", "next hop", nobody)}, "net.cidr-overlap likely, net.host-unreachable possible"},
		{"a neighbour, and nobody answers within the check's time", []checks.Result{dnsAnswers, apiSilent, route(inRange, "10.0.0.0/8", "next hop", nobody)}, "net.cidr-overlap likely, net.host-unreachable possible"},
		{"a neighbour, by IPv6, of which no table tells", []checks.Result{lost, route(inRange, "fd00::/48", "next hop", "fd00::1, not known")}, "net.cidr-overlap likely, net.host-unreachable possible"},
		{"a neighbour, silent, and no table tells who it is", []checks.Result{dnsAnswers, apiSilent, route(inRange, "10.0.0.0/8", "next hop", unknown)}, "net.api-blocked likely, net.policy-needs-endpoint possible, net.cidr-overlap possible"},
		{"a neighbour, and the gateway answers for it", []checks.Result{dnsAnswers, apiSilent, route(inRange, "10.0.0.0/8", "next hop", gateway)}, "net.api-blocked likely, net.policy-needs-endpoint possible, net.cidr-overlap possible"},
		{"a neighbour, and the gateway says that the server's host is gone", []checks.Result{lost, route(inRange, "10.0.0.0/8", "next hop", gateway)}, "net.host-unreachable likely, net.cidr-overlap possible"},
		{"a neighbour, and another machine refuses", []checks.Result{dnsAnswers, apiRefuses, route(inRange, "10.0.0.0/8", "next hop", stranger)}, "net.cidr-overlap likely, net.api-down possible"},
		{"a neighbour, and another machine answers TLS", []checks.Result{dnsAnswers, connected, fails("tls.chain", "tls.foreign-server"), route(inRange, "10.0.0.0/8", "next hop", stranger)}, "net.cidr-overlap likely, tls.foreign-server possible"},
		{"a neighbour, another machine answers TLS, and none has the nameserver's", []checks.Result{dnsSilent, connected, fails("tls.chain", "tls.not-tls"), route(inRange, "10.0.0.0/8", "next hop", stranger)}, "net.cidr-overlap likely, dns.silent possible, tls.not-tls possible"},
		{"a neighbour, and the gateway answers TLS", []checks.Result{dnsAnswers, connected, fails("tls.chain", "tls.foreign-server"), route(inRange, "10.0.0.0/8", "next hop", gateway)}, "tls.foreign-server possible"},
		{"a neighbour on the node, and nobody answers", []checks.Result{lost, onNode, route(inRange, "10.96.0.0/12", "next hop", nobody)}, "net.service-ips-dead possible, net.cidr-overlap possible"},
		{"a neighbour on the node, which is translated before", []checks.Result{dnsAnswers, apiSilent, onNode, route(inRange, "10.96.0.0/12", "next hop", unknown)}, "net.api-blocked likely, net.policy-needs-endpoint possible, net.cidr-overlap possible"},
		{"a neighbour, and some connections succeed", []checks.Result{dnsAnswers, apiSilent, some, route(inRange, "10.0.0.0/8", "next hop", gateway)}, "net.some-endpoints-dead possible, net.lossy possible"},
		{"the server's own address is a neighbour that is not there", []checks.Result{dnsAnswers, apiSilent, endpoint("connect: no route to host after 3.1s"), route(server, "172.18.0.0/16", "next hop", "10.244.1.1 at 0a:58:0a:f4:01:01")}, "net.cidr-overlap possible, net.api-blocked possible"},
		{"the server's own address is a neighbour that is silent", []checks.Result{dnsAnswers, apiSilent, endpoint(saysNothing), route(server, "172.18.0.0/16")}, "net.api-blocked likely, net.policy-needs-endpoint possible"},
		{"the server's own address is a neighbour of the node", []checks.Result{lost, onNode, endpoint("connect: no route to host after 3.1s"), route(server, "172.18.0.0/16")}, "net.host-unreachable likely"},
		{"the gateway is gone, and another program waits for it, too", []checks.Result{early, route("next hop", "10.244.1.1, nobody answers for it")}, "net.host-unreachable likely"},
		{"the gateway is gone, and other programs get the errors", []checks.Result{dnsSilent, allSilent, route("next hop", "10.244.1.1, nobody answers for it")}, "net.host-unreachable likely"},
		{"the gateway is there, and a firewall rejects", []checks.Result{early, route("next hop", "10.244.1.1 at 0a:58:0a:f4:01:01")}, "net.host-prohibited likely"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, c := range Diagnose(Seen{Results: append([]checks.Result{byAddress, clusterDNS}, tc.results...)}).Causes {
				got = append(got, c.Code+" "+string(c.Confidence))
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("got %s\nwant %s", strings.Join(got, ", "), tc.want)
			}
		})
	}
}
