package pod

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReadCounters(t *testing.T) {
	const whole = "Ip: Forwarding\nIp: 1\nIcmp: InMsgs InDestUnreachs\nIcmp: 9 3\nTcp: AttemptFails OutRsts\nTcp: 5 4\n"
	for _, tc := range []struct {
		name, four, six string
		want            Counters
		ok              bool
	}{
		{name: "no file"},
		{name: "both families", four: whole, six: "Icmp6InMsgs 8\nIcmp6InDestUnreachs     2\n", want: Counters{Refused: 5, ResetsSent: 4, Unreachable: 5}, ok: true},
		{name: "without IPv6", four: whole, want: Counters{Refused: 5, ResetsSent: 4, Unreachable: 3}, ok: true},
		{name: "names without numbers", four: "Icmp: InMsgs InDestUnreachs\nTcp: AttemptFails OutRsts\n"},
		{name: "fewer numbers than names", four: "Icmp: InMsgs InDestUnreachs\nIcmp: 9\nTcp: AttemptFails OutRsts\nTcp: 5 4\n"},
		{name: "no number", four: "Icmp: InMsgs InDestUnreachs\nIcmp: 9 x\nTcp: AttemptFails OutRsts\nTcp: 5 4\n"},
		{name: "another kernel's table", four: "Tcp: AttemptFails\nTcp: 5\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, text string) {
				if text == "" {
					return
				}
				if err := os.MkdirAll(filepath.Join(dir, "proc/net"), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, "proc/net", name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write("snmp", tc.four)
			write("snmp6", tc.six)
			got, ok := ReadCounters(&System{Root: dir})
			if ok != tc.ok || ok && got != tc.want {
				t.Errorf("got %+v, %t, want %+v, %t", got, ok, tc.want, tc.ok)
			}
		})
	}
}

// TestDroppedPackets has 100 packets that came in, of which 60 were delivered, and 40 that
// were dropped by a rule, or ended otherwise.
func TestDroppedPackets(t *testing.T) {
	const names = "Ip: InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers ReasmReqds\n"
	for _, tc := range []struct {
		name, numbers, netstat string
		want                   uint64
	}{
		{"by a rule", "Ip: 100 0 0 0 0 0 60 0\n", "", 40},
		{"passed on, as by a router", "Ip: 100 0 0 40 0 0 60 0\n", "", 0},
		{"damaged, and for others", "Ip: 100 10 30 0 0 0 60 0\n", "", 0},
		{"fragments", "Ip: 100 0 0 0 0 0 60 40\n", "", 0},
		{"by the filter of reverse paths", "Ip: 100 0 0 0 0 0 60 0\n", "TcpExt: IPReversePathFilter\nTcpExt: 40\n", 0},
		{"multicasts and broadcasts of the link", "Ip: 100 0 0 0 0 0 60 0\n", "TcpExt: IPReversePathFilter\nTcpExt: 0\nIpExt: InMcastPkts InBcastPkts\nIpExt: 30 10\n", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.MkdirAll(filepath.Join(dir, "proc/net"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "proc/net/netstat"), []byte(tc.netstat), 0o644); err != nil {
				t.Fatal(err)
			}
			if got := droppedOf(&System{Root: dir}, names+tc.numbers); got != tc.want {
				t.Errorf("got %d dropped, want %d", got, tc.want)
			}
		})
	}
}
