package lab

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/diagnosis"
)

// world is a pod, and what of it is looked at.
type world struct {
	change func(*plan)
	after  func(*Pod) error
	only   []string // checks and probes; all when empty
	limit  time.Duration
}

// look runs the checks and the probes that they bring about.
func (w world) look(t *testing.T) outcome {
	t.Helper()
	o, err := w.examine(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (w world) examine(ctx context.Context, dir string) (o outcome, err error) {
	p := healthy()
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
	o.secret = signatureOf(string(token))
	if w.after != nil {
		if err := w.after(pod); err != nil {
			return o, err
		}
	}
	list, err := checks.Select(append(checks.All(), checks.Probes()...), w.only, nil)
	if err != nil {
		return o, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, errors.New("the run's time is over"))
	defer cancel()
	begin := time.Now()
	o.results = slices.Collect(checks.Run(ctx, pod.System, list, cmp.Or(w.limit, 5*time.Second)))
	o.took = time.Since(begin)
	return o, nil
}

// causes are what the verdict names, best first.
func (o outcome) causes() []string {
	var codes []string
	for _, c := range diagnosis.Diagnose(diagnosis.Seen{Results: o.results}).Causes {
		codes = append(codes, c.Code)
	}
	return codes
}
