//go:build nettest && linux

package nettest

import (
	"net"
	"time"
)

// The endpoints are taken in turn: the first connection goes to the first.
func someEndpoints() []scenario {
	return []scenario{
		{
			name:      "the first of two endpoints is silent",
			endpoints: []string{api2Address, api1Address},
			api2:      []string{received("tcp dport 6443 drop")},
			want:      []string{"net.connect fail"},
			cause:     "net.some-endpoints-dead", sure: whichever, or: []string{"net.lossy"},
		},
		{
			name:      "the second of two endpoints is silent",
			endpoints: []string{api1Address, api2Address},
			api2:      []string{received("tcp dport 6443 drop")},
			want:      []string{"net.connect warn"},
			cause:     "net.some-endpoints-dead", sure: whichever, or: []string{"net.lossy"},
		},
		{
			name:      "the first of two endpoints refuses",
			endpoints: []string{"172.18.0.3:6444", api1Address},
			want:      []string{"net.connect fail"}, cause: "net.some-endpoints-dead", sure: ruled,
		},
		{
			name:      "the second of two endpoints refuses",
			endpoints: []string{api1Address, "172.18.0.3:6444"},
			want:      []string{"net.connect warn"},
			cause:     "net.some-endpoints-dead", sure: whichever, or: []string{"net.lossy"},
		},
		{
			name:      "the first of three endpoints refuses",
			endpoints: []string{"172.18.0.3:6444", api1Address, api2Address},
			want:      []string{"net.connect fail"}, cause: "net.some-endpoints-dead", sure: ruled,
		},
		{
			name:      "the first two of three endpoints refuse",
			endpoints: []string{"172.18.0.3:6444", "172.18.0.3:6445", api1Address},
			want:      []string{"net.connect fail"}, cause: "net.some-endpoints-dead", sure: ruled,
		},
		{
			name:      "the host of the first of two endpoints rejects",
			endpoints: []string{api2Address, api1Address},
			api2:      []string{received("tcp dport 6443 reject with icmp type host-prohibited")},
			want:      []string{"net.connect fail"},
			cause:     "net.some-endpoints-dead", sure: whichever,
		},
		{
			name:      "the host of the first of two endpoints is gone",
			endpoints: []string{api2Address, api1Address},
			api2:      []string{"ip addr flush dev eth0"},
			want:      []string{"net.connect fail"},
			cause:     "net.some-endpoints-dead", sure: whichever, or: []string{"net.lossy"},
		},
		{ // never confirmed in its connection table, so that the second SYN takes the next
			name:      "the first of two endpoints is silenced on the pod's node",
			endpoints: []string{api2Address, api1Address},
			node:      []string{after("ip daddr 172.18.0.3 drop")},
			want:      []string{"net.connect warn"},
			cause:     "net.some-endpoints-dead", sure: open, or: []string{"net.lossy"},
		},
		{
			name:  "every third SYN to the API is lost, the first among them",
			node:  []string{after("ip daddr 172.18.0.2 tcp flags syn numgen inc mod 3 == 0 drop")},
			want:  []string{"net.connect warn"},
			cause: "net.lossy", sure: whichever, or: []string{"net.some-endpoints-dead"},
		},
		{
			name: "every third SYN to the API is lost, the second among them",
			node: []string{after("ip daddr 172.18.0.2 tcp flags syn numgen inc mod 3 == 1 drop")},
			want: []string{"net.connect warn"}, perhaps: []string{"net.connect warn"},
			cause: "net.lossy", sure: whichever, or: []string{"net.some-endpoints-dead"},
		},
		{
			name: "the first SYN of every connection to the API is lost",
			node: []string{
				"nft add set inet faults seen { type inet_service; flags dynamic,timeout; timeout 1m; }",
				before("ip daddr 10.96.0.1 tcp flags syn tcp sport @seen accept"),
				before("ip daddr 10.96.0.1 tcp flags syn add @seen { tcp sport } drop"),
			},
			want: []string{"net.connect warn"}, cause: "net.first-syn-dropped", sure: whichever,
		},
		{
			name: "a half-open connection of the application", more: deadConnection,
			want: []string{"net.open warn"}, cause: "net.half-open", sure: ruled,
		},
	}
}

// deadConnection opens a connection of the pod's to the API server, loses what
// is sent over it, and waits until the kernel has sent it four times.
func deadConnection(n network) (func(), error) {
	var conn net.Conn
	if err := n.pod.inside(func() (err error) {
		conn, err = net.Dial("tcp4", "10.96.0.1:443")
		return err
	}); err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(conn.LocalAddr().String())
	if err := n.node.run(before("tcp sport " + port + " drop")); err != nil {
		return nil, err
	}
	_, err := conn.Write([]byte("GET"))
	time.Sleep(4 * time.Second)
	return func() { conn.Close() }, err
}
