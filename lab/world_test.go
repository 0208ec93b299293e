package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/examine"
	"github.com/k8sdoctor/k8sdoctor/lab/bubble"
)

// world is a pod, and what of it is looked at.
type world struct {
	change func(*plan)
	after  func(*Pod) error
	only   []string // checks and probes; all when empty
	limit  time.Duration
	every  bool          // every probe, or those of only, whatever was seen
	on     network       // in memory when nil
	seen   func(outcome) // while the pod is still there
}

// look runs the checks and the probes that they bring about, in a bubble.
func (w world) look(t *testing.T) (o outcome) {
	t.Helper()
	dir := t.TempDir()
	bubble.Run(t, func(t *testing.T) {
		var err error
		if o, err = w.examine(t.Context(), dir); err != nil {
			t.Error(err)
		}
	})
	return o
}

func (w world) examine(ctx context.Context, dir string) (o outcome, err error) {
	p := healthy()
	p.network = cmp.Or[network](w.on, newMemory())
	if w.change != nil {
		w.change(p)
	}
	pod, err := start(dir, p)
	if err != nil {
		return o, err
	}
	defer pod.Close()
	token, err := os.ReadFile(filepath.Join(dir, volumeDir, "token"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
		return o, err
	}
	if string(token) != pod.System.TokenFile() { // a path is no secret
		o.secret = signatureOf(string(token))
	}
	if w.after != nil {
		if err := w.after(pod); err != nil {
			return o, err
		}
	}
	list, err := checks.Select(examine.AllChecks(), w.only, nil)
	if err != nil {
		return o, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, errors.New("the run's time is over"))
	defer cancel()
	begin := time.Now()
	limit := cmp.Or(w.limit, 5*time.Second)
	if w.every {
		list = slices.DeleteFunc(list, func(c *checks.Check) bool { return c.Probe && w.only != nil && !checks.Matches(w.only, c.ID) })
		o.results = slices.Collect(checks.Run(ctx, pod.System, list, limit, nil))
	} else {
		o.results = slices.Collect(examine.Run(ctx, pod.System, list, limit, w.only))
	}
	o.took = time.Since(begin)
	if w.seen != nil {
		w.seen(o)
	}
	return o, nil
}

// verdict is what is named, best first.
func (o outcome) verdict() []diagnose.Finding {
	return diagnose.Diagnose(causes.Pod{}, o.results).Causes
}

// causes are the codes of the verdict.
func (o outcome) causes() []string {
	var codes []string
	for _, c := range o.verdict() {
		codes = append(codes, c.Code)
	}
	return codes
}

// file replaces a file of the pod.
func file(name string, replace func(path string) error) func(*Pod) error {
	return func(pod *Pod) error {
		path := filepath.Join(pod.System.Root, name)
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return replace(path)
	}
}

// dialBehind connects to a server without the pod's network between.
func (pod *Pod) dialBehind(ctx context.Context, name string) (net.Conn, error) {
	return pod.dialer.network.dial(ctx, "tcp", pod.dialer.servers["tcp "+name])
}

// handle answers every request, whoever sends it.
func handle(answer http.HandlerFunc) func(*plan) {
	return func(p *plan) {
		p.api.outer = append(p.api.outer, func(http.Handler) http.Handler { return answer })
	}
}

func names(format string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i)
	}
	return list
}

// holdTold compares the verdict of a run, which says some things and never others, and
// holds its results to what their checks may record.
func (o outcome) holdTold(t *testing.T, outline string, says, never []string) {
	t.Helper()
	if got := o.outline(); got != outline {
		t.Errorf("got  %s\nwant %s%s", got, outline, o)
	}
	told := o.told()
	for _, text := range says {
		if !strings.Contains(told, text) {
			t.Errorf("got no %q in\n%s", text, told)
		}
	}
	for _, text := range never {
		if strings.Contains(told, text) {
			t.Errorf("got %q in\n%s", text, told)
		}
	}
	for _, r := range o.results {
		for _, wrong := range wronglyRecorded(r) {
			t.Error(wrong)
		}
	}
}
