package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

const (
	liveAfter = 150 * time.Millisecond // a run that is over before shows nothing
	liveEvery = 100 * time.Millisecond
)

// Live shows on a terminal how a run gets on: the rows of the report as they are decided,
// and the running check with its time. It takes them away again when the run has ended.
type Live struct {
	w    io.Writer
	size func() (width, height int)
	opts Options
	list []*checks.Check

	mu      sync.Mutex
	results []observe.Result
	since   time.Time // when the running check began
	drawn   []string
	stop    chan struct{}
	stopped sync.WaitGroup
}

// NewLive begins to show a run of the checks of list on a terminal. Its size is asked for
// again each time, as it can change.
func NewLive(w io.Writer, list []*checks.Check, size func() (width, height int), opts Options) *Live {
	l := &Live{w: w, size: size, opts: opts, since: time.Now(), stop: make(chan struct{})}
	l.list = slices.DeleteFunc(slices.Clone(list), func(c *checks.Check) bool { return c.Probe })
	l.stopped.Go(func() {
		next := time.After(liveAfter)
		for {
			select {
			case <-next:
				l.draw()
				next = time.After(liveEvery)
			case <-l.stop:
				return
			}
		}
	})
	return l
}

// Add takes the result of a check that has ended.
func (l *Live) Add(r observe.Result) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.results = append(l.results, r)
	l.since = time.Now()
}

// Close takes away what is shown.
func (l *Live) Close() {
	close(l.stop)
	l.stopped.Wait()
	l.replace(nil)
}

func (l *Live) draw() {
	l.mu.Lock()
	defer l.mu.Unlock()
	width, rows := l.size()
	lines := l.frame(width, time.Since(l.since))
	l.replace(lines[max(0, len(lines)-max(1, rows-1)):]) // what scrolls away cannot be taken away
}

// replace puts lines in the place of those that were drawn last. Each line is erased by
// itself: some terminals keep, above the screen, what is erased from its top on.
func (l *Live) replace(lines []string) {
	const eraseLine, up = "\x1b[K", "\x1b[%dA" // ECMA-48
	width, _ := l.size()
	before, now := height(l.drawn, width), height(lines, width)
	var b strings.Builder
	if before > 0 {
		fmt.Fprintf(&b, "\r"+up, before)
	}
	for _, line := range lines {
		b.WriteString(line + eraseLine + "\r\n")
	}
	if left := before - now; left > 0 {
		b.WriteString(strings.Repeat(eraseLine+"\r\n", left))
		fmt.Fprintf(&b, up, left)
	}
	io.WriteString(l.w, b.String())
	l.drawn = lines
}

// frame are the rows of the layers that are decided, and the running check.
func (l *Live) frame(width int, running time.Duration) []string {
	opts := l.opts
	opts.Width = width
	p := newPage(Report{}, opts)
	ids := make([]string, len(l.list))
	for i, c := range l.list {
		ids[i] = c.ID
	}
	done, _ := split(l.results)
	for _, layer := range layersOf(ids) {
		open := slices.ContainsFunc(ids[len(done):], layer.has)
		own := slices.DeleteFunc(slices.Clone(done), func(r observe.Result) bool { return !layer.has(r.ID) })
		for _, r := range layer.rowsOf(own) {
			if !open || r.status != observe.Pass {
				p.lines(p.row(r)...)
			}
		}
	}
	what := row{status: observe.Skip, layer: "running", text: "probes, to tell causes apart"}
	if len(done) < len(ids) {
		what.text = ids[len(done)]
	}
	what.text += ", " + observe.FormatDuration(running.Truncate(100*time.Millisecond))
	p.lines(p.row(what)...)
	return strings.Split(strings.TrimSuffix(p.out.String(), "\n"), "\n")
}
