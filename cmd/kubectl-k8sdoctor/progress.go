package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

// progress shows the steps of a run: on a terminal one line that is replaced, with the time
// since the run began, and a line for each step elsewhere.
type progress struct {
	w     io.Writer
	size  func() (width, height int) // nil where there is no terminal
	began time.Time

	mu      sync.Mutex
	text    string
	stop    chan struct{}
	stopped sync.WaitGroup
	closed  sync.Once
}

// drawEvery is how often the time on a terminal is replaced.
const drawEvery = time.Second

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, began: time.Now(), stop: make(chan struct{})}
	size, terminal := commands.Terminal(w)
	if !terminal {
		return p
	}
	p.size = size
	p.stopped.Go(func() {
		tick := time.NewTicker(drawEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.above(func() {})
			case <-p.stop:
				return
			}
		}
	})
	return p
}

// step shows what is being done now.
func (p *progress) step(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = redact.Printable(text)
	if p.size == nil {
		fmt.Fprintln(p.w, p.text)
		return
	}
	p.draw()
}

// above takes the line away for something that stays, and shows it again below.
func (p *progress) above(write func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.size == nil {
		write()
		return
	}
	io.WriteString(p.w, erase)
	write()
	p.draw()
}

const erase = "\r\x1b[K" // ECMA-48

// draw replaces the line.
func (p *progress) draw() {
	if p.text == "" {
		return
	}
	text := p.text
	if took := time.Since(p.began).Truncate(time.Second); took > 0 {
		text += ", " + observe.FormatDuration(took)
	}
	width, _ := p.size()
	line := []rune(text)
	io.WriteString(p.w, erase+string(line[:min(len(line), max(width-1, 1))]))
}

// close takes the line away.
func (p *progress) close() {
	p.closed.Do(func() {
		close(p.stop)
		p.stopped.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.size != nil {
			io.WriteString(p.w, erase)
		}
		p.text = ""
	})
}
