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
