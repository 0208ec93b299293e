package accuracy

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Clients is the section of the page on real clients beside the table of that pod's
// report. The zero value is ready; pods may be added side by side.
type Clients struct {
	mu   sync.Mutex
	rows []string
	// what came of the clients: as the table said, otherwise, and where it does not know
	as, otherwise, unknown int
}

// Ran is what a client did in a pod, and what the table of that pod said of it.
type Ran struct {
	Client     string
	Works      bool
	Known, Fit bool // the table knows; outcome and words are those of the table
}

// Add adds the clients of a pod.
func (c *Clients) Add(pod string, clients []Ran) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var cells []string
	for _, r := range clients {
		cell := map[bool]string{true: "works", false: "fails"}[r.Works]
		switch {
		case !r.Known:
			c.unknown++
			cell += ", not known"
		case r.Fit:
			c.as++
		default:
			c.otherwise++
			cell += ", **not so**"
		}
		cells = append(cells, r.Client+" "+cell)
	}
	c.rows = append(c.rows, fmt.Sprintf("| %s | %s |", pod, strings.Join(cells, "; ")))
}

// Write replaces the section of that name in the page.
func (c *Clients) Write(page, section string) error {
	slices.Sort(c.rows)
	return replace(page, section, fmt.Sprintf(`Of %d clients in %d pods, %d did what the table of that pod's report says, in its words, %d did not, and
of %d the table does not know.

| pod | clients |
| --- | --- |
%s
`, c.as+c.otherwise+c.unknown, len(c.rows), c.as, c.otherwise, c.unknown, strings.Join(c.rows, "\n")))
}
