//go:build e2e

package e2e

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// TestLaunchCutOff takes away what the launcher needs, while the doctor waits in the pod for an
// API server that does not answer. It is alone with the node.
func TestLaunchCutOff(t *testing.T) {
	ns := newNamespace(t, false)
	setAside(t, brokenNode())
	_, objects := ns.split(t, "bisect.yaml", values{"IMAGE": shellImage(t), "NODE": brokenNode()})
	start := func() string {
		ns.apply(t, objects)
		ns.kubectl(t, "wait", "pod/web", "--for=condition=Ready", "--timeout=2m")
		return ns.objects(t)
	}
	t.Run("the pod is deleted", func(t *testing.T) {
		start()
		l := ns.cut(t, func() { ns.kubectl(t, "delete", "pod", "web", "--wait=false") })
		r := l.names(t, 1, "net.policy-denies", causes.Certain)
		if r.Launch.Way != "like" || because(r, "exec") == "" {
			t.Errorf("got %+v, want a pod like it", r.Launch)
		}
	})
	t.Run("the kubelet is stopped", func(t *testing.T) {
		before := start()
		t.Cleanup(func() { onNode(t, brokenNode(), "systemctl start kubelet") })
		r := ns.cut(t, func() { onNode(t, brokenNode(), "systemctl stop kubelet") }).names(t, 1, "net.policy-denies", causes.Certain)
		if !strings.Contains(because(r, "exec"), "error dialing backend") || because(r, "ephemeral") != "the kubelet that would start the container cannot be reached" || r.Launch.Way != "like" {
			t.Errorf("got %+v, want that the kubelet is named", r.Launch)
		}
		onNode(t, brokenNode(), "systemctl start kubelet")
		ns.kubectl(t, "wait", "pod/web", "--for=condition=Ready", "--timeout=2m")
		ns.nothingLeft(t, before)
	})
	t.Run("the connection falls silent", func(t *testing.T) {
		before := start()
		wire := newWire(t)
		l := ns.cut(t, func() { wire.silent.Store(true) }, "--server="+wire.url, "--timeout=5s")
		r := l.report(t)
		if l.status != 2 || r.Launch.Way != "" || because(r, "exec") != "no report within 1m5s" || len(r.Launch.NotTaken) > 1 {
			t.Errorf("got status %d and %+v, want that exec has no report", l.status, r.Launch)
		}
		if l.took > 90*time.Second {
			t.Errorf("it took %s", l.took)
		}
		ns.nothingLeft(t, before)
	})
}

// because is why a way was not taken.
func because(r report.Report, way string) string {
	i := slices.IndexFunc(r.Launch.NotTaken, func(n report.NotTaken) bool { return n.Way == way })
	if i < 0 {
		return ""
	}
	return r.Launch.NotTaken[i].Because
}

// cut calls the launcher, and does something a second after it has gone into the container.
func (ns namespace) cut(t *testing.T, do func(), args ...string) launched {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := ns.launcher(ctx, t, append([]string{"pod/web", "-o", "json"}, args...)...)
	var stdout, stderr strings.Builder
	cmd.Stdout = &stdout
	lines, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := false
	for scan := bufio.NewScanner(lines); scan.Scan(); {
		stderr.WriteString(scan.Text() + "\n")
		if !done && strings.HasPrefix(scan.Text(), "running k8sdoctor in container") {
			done = true
			time.Sleep(time.Second)
			do()
		}
	}
	cmd.Wait()
	t.Logf("%s\n%s", time.Since(started).Round(10*time.Millisecond), stderr.String())
	return launched{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), time.Since(started)}
}

// wire is a way to the API server that can fall silent: what comes is kept, and nobody is told.
type wire struct {
	url    string
	silent atomic.Bool
}

func newWire(t *testing.T) *wire {
	t.Helper()
	server, err := url.Parse(kubectl(t, "config", "view", "--minify", "--output=jsonpath={.clusters[0].cluster.server}"))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{url: "https://" + listener.Addr().String()}
	var mu sync.Mutex
	var open []net.Conn
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		defer mu.Unlock()
		for _, c := range open {
			c.Close()
		}
	})
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", server.Host)
			if err != nil {
				near.Close()
				continue
			}
			mu.Lock()
			open = append(open, near, far)
			mu.Unlock()
			go w.pass(near, far)
			go w.pass(far, near)
		}
	}()
	return w
}

// pass hands on what comes, and the end, as long as the wire is not silent.
func (w *wire) pass(from, to net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if w.silent.Load() {
			io.Copy(io.Discard, from)
			return
		}
		if _, writeErr := to.Write(buffer[:n]); err != nil || writeErr != nil {
			to.Close()
			return
		}
	}
}
