package pod

import (
	"net/netip"
	"testing"
)

// TestAskRoute asks the kernel of this machine, which sends nothing for it.
func TestAskRoute(t *testing.T) {
	for _, tc := range []struct{ addr, want string }{
		{"127.0.0.1", "local dev lo"},
		{"127.9.9.9", "local dev lo"},
	} {
		r, found, err := askRoute(netip.MustParseAddr(tc.addr))
		if got := r.String(); err != nil || !found || !r.Own || got != tc.want {
			t.Errorf("%s: got %q, found %t, %v, want %q of its own", tc.addr, got, found, err, tc.want)
		}
	}
}

// FuzzRouteAnswer: whatever the kernel answers, nothing panics.
func FuzzRouteAnswer(f *testing.F) {
	addr := netip.MustParseAddr("10.96.0.1")
	f.Add(routeRequest(addr))
	f.Add([]byte("\x24\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x9b\xff\xff\xff\x24\x00\x00\x00\x1a\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x1c\x00\x00\x00\x18\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x20\x00\x00\xfe\x03\x00\x01\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if r, found, err := parseRouteAnswer(answer, addr); err == nil && found && r.Device == "" && !r.Own && !r.Rejects {
			t.Errorf("%q: a route without a device", answer)
		}
	})
}
