package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestNothingButOurOwnWords runs the program with what makes libraries and the
// Go runtime talk, and looks for the token in all that comes out.
func TestNothingButOurOwnWords(t *testing.T) {
	t.Parallel()
	keys := filepath.Join(t.TempDir(), "keys")
	for _, variables := range []string{
		"GODEBUG=http2debug=1",
		"GODEBUG=http2debug=2",
		"GODEBUG=http2debug=2,netdns=go+2,gctrace=1,schedtrace=50,scheddetail=1,inittrace=1,tlsmlkem=0,panicnil=1",
		"GODEBUG=http2debug=2 GOTRACEBACK=system",
		"GOTRACEBACK=crash",
		"SSLKEYLOGFILE=" + keys,
		"KLOG_V=10 KUBE_LOG_LEVEL=10 V=10",
		"HTTP2_DEBUG=2 NODE_DEBUG=http GRPC_GO_LOG_SEVERITY_LEVEL=info",
	} {
		t.Run(variables, func(t *testing.T) {
			t.Parallel()
			out := demoWith(t, strings.Fields(variables))
			if piece := pieceOf(12, out.token, out.stdout+out.stderr); piece != "" {
				t.Errorf("the output holds %q of the token", piece)
			}
			// The traces of the Go runtime begin while the program is being loaded,
			// when nothing secret was read yet.
			if library := regexp.MustCompile(`http2: |go package net`); library.MatchString(out.stderr) || out.stderr != "" && !strings.Contains(variables, "trace=1") {
				t.Errorf("standard error has\n%s", out.stderr)
			}
			if !regexp.MustCompile(`(ok  |WARN) authentication`).MatchString(out.stdout) { // a machine that is slow itself calls nothing slow
				t.Errorf("got\n%s\nwant a report of a run that has sent the token", out.stdout)
			}
		})
	}
	t.Cleanup(func() {
		if _, err := os.Stat(keys); err == nil {
			t.Errorf("the keys of TLS were written to $SSLKEYLOGFILE")
		}
	})
}

type written struct{ token, stdout, stderr string }

// demoWith runs the demo against an API server that takes its time, which is
// long enough to read the token of the simulated pod.
func demoWith(t *testing.T, variables []string) written {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "k8sdoctor", "demo", "--fault", "api.slow", "--only", "auth.review", "--skip", "probe.*")
	command.Env = append(os.Environ(), append(variables, "TMPDIR="+dir)...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	var token string
	for {
		if token == "" {
			token = firstToken(dir)
		}
		select {
		case <-ended:
			if token == "" {
				t.Fatalf("the token was never seen; it says\n%s%s", &stdout, &stderr)
			}
			return written{token, stdout.String(), stderr.String()}
		case <-time.After(time.Millisecond):
		}
	}
}

// firstToken returns the signature of the token below dir, or "".
func firstToken(dir string) (signature string) {
	filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Base(path) == "token" {
			if data, err := os.ReadFile(path); err == nil {
				signature = string(data[bytes.LastIndexByte(data, '.')+1:])
			}
		}
		return nil
	})
	return signature
}
