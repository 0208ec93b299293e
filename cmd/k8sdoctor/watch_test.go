package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/watch"
)

// watched is what a watch of so many rounds has printed.
func watched(t *testing.T, s session, rounds int) (out string, err error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stdout bytes.Buffer
	s.Stdout = &stdout
	n := 0
	s.List = append(s.List, &checks.Check{ID: "trial.count", Title: "the round is counted", Run: func(context.Context, *pod.System, *checks.Session, *observe.Log) checks.Outcome {
		if n++; n > rounds {
			cancel()
		}
		return checks.Outcome{Status: observe.Pass, Summary: "counted"}
	}})
	err = runRounds(ctx, s.Session, time.Millisecond, 0, "")
	return stdout.String(), err
}

// TestWatchNamesIntermittentFaults has each of three API servers in turn answer, of which
// one is down, and a token that some of them reject.
func TestWatchNamesIntermittentFaults(t *testing.T) {
	t.Parallel()
	t.Run("one of three API servers refuses connections", func(t *testing.T) {
		s := simulated(t)
		dial, turn := s.Sys.Dial, &atomic.Int64{}
		s.Sys.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if network == "tcp" && address == "10.96.0.1:443" && turn.Add(1)%3 == 0 {
				return nil, &net.OpError{Op: "dial", Net: network, Err: &syscallError}
			}
			return dial(ctx, network, address)
		}
		out, err := watched(t, s, 6)
		if !regexp.MustCompile(`(?m)^net\.some-endpoints-dead +\d of 6 \([0-9.]+ %\)`).MatchString(out) {
			t.Errorf("got %v and\n%s\nwant net.some-endpoints-dead with its rate", err, out)
		}
	})
	t.Run("some API servers reject the token", func(t *testing.T) {
		out, err := watched(t, simulated(t, "token.intermittent"), 6)
		if !regexp.MustCompile(`(?m)^token\.intermittent +\d of 6 \([0-9.]+ %\)`).MatchString(out) || !errors.Is(err, commands.ExitCode(commands.Found)) {
			t.Errorf("got %v and\n%s\nwant token.intermittent with its rate", err, out)
		}
	})
}

var syscallError = net.OpError{Op: "connect", Err: syscall.ECONNREFUSED}

func TestWatchOfAHealthyPod(t *testing.T) {
	t.Parallel()
	out, err := watched(t, simulated(t), 3)
	if err != nil || strings.Count(out, "PASS  this pod can use the API server") != 1 || !strings.Contains(out, "\n3 rounds in ") || !regexp.MustCompile(`(?m)^LAYER +P50 +P95 +P99 +SLOWEST$`).MatchString(out) {
		t.Errorf("got %v and\n%s\nwant one line, and the latencies of three rounds", err, out)
	}
}

// TestWatchEnds is ended in its first round.
func TestWatchEnds(t *testing.T) {
	t.Parallel()
	out, err := watched(t, simulated(t), 0)
	if !errors.Is(err, commands.ExitCode(commands.NoResult)) || !strings.Contains(out, "incomplete") {
		t.Errorf("got %v and\n%s\nwant status 2 and an incomplete round", err, out)
	}
	s := simulated(t)
	start := time.Now()
	if err := runRounds(t.Context(), s.Session, 10*time.Minute, 300*time.Millisecond, ""); err != nil || time.Since(start) > time.Minute {
		t.Errorf("got %v after %s, want an end by --for", err, time.Since(start))
	}
	for _, tc := range []struct {
		every, lasts time.Duration
		listen, want string
	}{{0, 0, "", "--every 0s"}, {time.Second, -1, "", "--for -1ns"}, {time.Second, 0, "nowhere", "--listen nowhere"}} {
		if err := runRounds(t.Context(), s.Session, tc.every, tc.lasts, tc.listen); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("got %v, want %s", err, tc.want)
		}
	}
}

func TestWatchServesMetrics(t *testing.T) {
	t.Parallel()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := probe.Addr().String()
	probe.Close()
	stop, err := serve(address, watch.NewMetrics("v1", time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	response, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || !strings.Contains(string(body), `k8sdoctor_info{version="v1"} 1`) {
		t.Errorf("got %s, %v", body, err)
	}
	if _, err := serve(address, nil); err == nil {
		t.Error("an address is served twice")
	}
}
