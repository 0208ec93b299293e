//go:build nettest && linux

package nettest

import (
	"net"

	"github.com/k8sdoctor/k8sdoctor/lab"
)

// bigCertificate makes the server's flight several packets long.
var bigCertificate = lab.Setup{MoreNames: 60}

// fragNeeded is the ICMP message that would teach the sender the path's MTU.
const fragNeeded = "icmp type destination-unreachable icmp code frag-needed drop"

func handshake() []scenario {
	return []scenario{
		{name: "a big certificate", setup: bigCertificate},
		{
			name: "big packets of the server are told to be smaller", setup: bigCertificate,
			node: []string{"ip route replace 10.244.1.7 dev pod mtu lock 1300"},
		},
		{
			name: "big packets of the server vanish", setup: bigCertificate,
			node: []string{"ip route replace 10.244.1.7 dev pod mtu lock 1300", sent(fragNeeded)},
			want: []string{"tls.chain fail"}, cause: "net.mtu", sure: ruled,
		},
		{
			name: "big packets of the pod vanish",
			node: []string{"ip route replace 172.18.0.2 dev api1 mtu lock 1000", sent(fragNeeded)},
			want: []string{"tls.chain fail"}, cause: "net.mtu", sure: ruled,
		},
		{
			name: "big packets vanish in both directions", setup: bigCertificate,
			node: []string{
				"ip route replace 10.244.1.7 dev pod mtu lock 1000",
				"ip route replace 172.18.0.2 dev api1 mtu lock 1000",
				sent(fragNeeded),
			},
			want: []string{"tls.chain fail"}, cause: "net.mtu", sure: ruled,
		},
		{
			name:  "the server accepts and never answers",
			setup: lab.Setup{Faults: []string{"net.handshake-stalled"}},
			want:  []string{"tls.chain fail"}, cause: "net.handshake-stalled", sure: ruled,
		},
		{
			name:  "a transparent proxy resets after the ClientHello",
			pod:   []string{redirected("oifname eth0 meta l4proto tcp redirect to :15001")},
			more:  resettingProxy,
			want:  []string{"dns.servers warn", "tls.chain fail"},
			cause: "net.mesh-intercepts", sure: ruled,
		},
		{
			name:  "a mesh redirects to a proxy that does not listen, and its variables are set",
			pod:   []string{redirected("oifname eth0 meta l4proto tcp redirect to :15001")},
			env:   map[string]string{"ISTIO_META_MESH_ID": "cluster.local"},
			want:  []string{"dns.servers warn", "net.connect fail"},
			cause: "net.mesh-not-ready", sure: settled,
		},
		{
			name:  "a mesh redirects to a proxy that does not listen",
			pod:   []string{redirected("oifname eth0 meta l4proto tcp redirect to :15001")},
			want:  []string{"dns.servers warn", "net.connect fail"},
			cause: "net.mesh-not-ready", sure: settled,
		},
	}
}

// resettingProxy is a mesh's proxy that has no way to the destination.
func resettingProxy(n network) (func(), error) {
	l, err := n.pod.listen(":15001")
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				c.Read(make([]byte, 4096))
				c.(*net.TCPConn).SetLinger(0)
				c.Close()
			}()
		}
	}()
	return func() { l.Close() }, nil
}
