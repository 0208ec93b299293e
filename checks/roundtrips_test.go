package checks_test

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/lab"
	"github.com/k8sdoctor/k8sdoctor/lab/trial"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// farAway puts half a round trip between a client and what it dialled, in each
// direction, and a whole one before the connection is there.
func farAway(conn net.Conn, half time.Duration) net.Conn {
	near, far := net.Pipe()
	relay := func(to io.WriteCloser, from io.Reader) {
		type parcel struct {
			due  time.Time
			data []byte
		}
		under := make(chan parcel, 1024)
		go func() {
			for p := range under {
				time.Sleep(time.Until(p.due))
				to.Write(p.data)
			}
			to.Close()
		}()
		for {
			buf := make([]byte, 32<<10)
			n, err := from.Read(buf)
			if n > 0 {
				under <- parcel{time.Now().Add(half), buf[:n]}
			}
			if err != nil {
				close(under)
				return
			}
		}
	}
	go relay(conn, far)
	go relay(far, conn)
	return near
}

func TestHealthyRunTakesFewRoundTrips(t *testing.T) {
	const roundTrip, most = 100 * time.Millisecond, 4
	trial.InPod(t, func(t *testing.T, pod *lab.Pod) {
		direct := pod.System.Dial
		pod.System.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := direct(ctx, network, address)
			if err != nil || !strings.HasPrefix(address, "10.96.0.1:") {
				return conn, err
			}
			time.Sleep(roundTrip)
			return farAway(conn, roundTrip/2), nil
		}
		start := time.Now()
		for _, r := range runSystem(t.Context(), pod.System, 5*time.Second) {
			if r.Status != observe.Pass && r.Status != observe.Skip {
				t.Errorf("%s: got %s %s", r.ID, r.Status, r.Summary)
			}
		}
		trips := time.Since(start).Seconds() / roundTrip.Seconds()
		t.Logf("%.1f round trips", trips)
		if trips > most {
			t.Errorf("a healthy run took %.1f round trips, want at most %d", trips, most)
		}
	})
}

func runSystem(ctx context.Context, sys *pod.System, limit time.Duration) []observe.Result {
	var results []observe.Result
	for r := range checks.Run(ctx, sys, checks.All(), limit, nil) {
		results = append(results, r)
	}
	return results
}

// TestEverythingSilent has every packet swallowed, and the usual limits.
func TestEverythingSilent(t *testing.T) {
	const most = 6 * time.Second
	trial.InPod(t, func(t *testing.T, pod *lab.Pod) {
		start := time.Now()
		results := runSystem(t.Context(), pod.System, 5*time.Second)
		if took := time.Since(start); took > most {
			t.Errorf("the report came after %s, want at most %s", took, most)
		}
		for _, r := range results {
			if r.ID == "net.connect" && r.Status != observe.Fail {
				t.Errorf("got %s: %s, want a failure", r.Status, r.Summary)
			}
		}
	}, "net.egress-blocked")
}
