package report

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// screen is a terminal that knows what Live writes to it.
type screen struct {
	mu     sync.Mutex
	width  int
	lines  []string
	row    int
	shown  []string // what was on it after each write
	strays []string // what it does not know
}

var sequence = regexp.MustCompile("^\x1b\\[([0-9;]*)([A-Za-z])")

func (s *screen) Write(data []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	column := 0
	for text := string(data); text != ""; {
		for len(s.lines) <= s.row {
			s.lines = append(s.lines, "")
		}
		if m := sequence.FindStringSubmatch(text); m != nil {
			switch n, _ := strconv.Atoi(m[1]); m[2] {
			case "A":
				s.row = max(0, s.row-n)
			case "K":
				s.lines[s.row] = string([]rune(s.lines[s.row])[:min(column, len([]rune(s.lines[s.row])))])
			case "m":
			default:
				s.strays = append(s.strays, m[0])
			}
			text = text[len(m[0]):]
			continue
		}
		r := []rune(text)[0]
		text = text[len(string(r)):]
		switch r {
		case '\r':
			column = 0
		case '\n':
			s.row++
		default:
			if column == s.width {
				s.row++
				column = 0
				s.lines = append(s.lines, "")
			}
			line := []rune(s.lines[s.row])
			for len(line) <= column {
				line = append(line, ' ')
			}
			line[column] = r
			s.lines[s.row] = string(line)
			column++
		}
	}
	s.shown = append(s.shown, strings.TrimRight(strings.Join(s.lines, "\n"), "\n"))
	return len(data), nil
}

func (s *screen) size() (width, height int) { return s.width, 24 }

func TestLiveShowsRowsAndTakesThemAway(t *testing.T) {
	for _, width := range []int{40, 60, 80, 140} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &screen{width: width}
				list := []*checks.Check{{ID: "env.service"}, {ID: "dns.servers"}, {ID: "net.connect"}, {ID: "probe.fresh", Probe: true}}
				live := NewLive(s, list, s.size, Options{Symbols: true, Color: true})
				time.Sleep(10 * time.Millisecond)
				live.Add(observe.Result{ID: "env.service", Status: observe.Pass, Summary: "API server at 10.96.0.1:443"})
				live.Add(observe.Result{ID: "dns.servers", Status: observe.Pass, Summary: "fine"})
				time.Sleep(3010 * time.Millisecond)
				live.Add(observe.Result{ID: "net.connect", Status: observe.Fail, Summary: "10.96.0.1:443: no answer within 3 s, " + strings.Repeat("and more ", 8)})
				time.Sleep(2 * time.Second)
				live.Close()
				checked, probing := false, false
				for _, text := range s.shown {
					text = strings.Join(strings.Fields(text), " ")
					checked = checked || strings.Contains(text, "environment") && strings.Contains(text, "net.connect, 2.9 s")
					probing = probing || strings.Contains(text, "✗ network") && strings.Contains(text, "probes, to tell causes apart, 1.9 s")
					for _, once := range []string{"environment", "dns", "✗", "running"} {
						if strings.Count(text, once) > 1 {
							t.Fatalf("%q is shown twice:\n%s", once, text)
						}
					}
				}
				if !checked || !probing || len(s.strays) > 0 {
					t.Errorf("the check under way with its time: %t; the probes: %t; unknown: %q; the last frames were\n%s", checked, probing, s.strays, strings.Join(s.shown[max(0, len(s.shown)-3):], "\n--\n"))
				}
				if left := strings.Join(s.lines, ""); strings.TrimSpace(left) != "" || s.row != 0 {
					t.Errorf("left in row %d: %q", s.row, left)
				}
			})
		})
	}
}

func TestLiveShowsNothingOfAShortRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{width: 80}
		live := NewLive(s, []*checks.Check{{ID: "env.service"}}, s.size, Options{})
		time.Sleep(100 * time.Millisecond)
		live.Close()
		if text := strings.Join(s.shown, ""); text != "" {
			t.Errorf("wrote %q", text)
		}
	})
}

// TestLiveFitsALowTerminal: what has scrolled away cannot be taken away.
func TestLiveFitsALowTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{width: 80}
		list := []*checks.Check{{ID: "env.service"}, {ID: "dns.servers"}, {ID: "net.connect"}, {ID: "tls.chain"}}
		live := NewLive(s, list, func() (int, int) { return 80, 3 }, Options{})
		for _, c := range list[:3] {
			live.Add(observe.Result{ID: c.ID, Status: observe.Pass, Summary: "fine"})
		}
		time.Sleep(time.Second)
		live.Close()
		if slices.ContainsFunc(s.shown, func(text string) bool { return strings.Count(text, "\n") > 1 }) {
			t.Errorf("more than two lines were drawn:\n%s", strings.Join(s.shown, "\n--\n"))
		}
	})
}
