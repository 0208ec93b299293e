package accuracy

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// FixKind says what a fix can do for a user of the namespace.
type FixKind string

// The kinds: it has a change to paste; it asks somebody else; it only looks.
const (
	FixesIt     FixKind = "fixes it"
	NeedsOthers FixKind = "needs somebody else"
	LooksOnly   FixKind = "looks only"
)

// Fix is what became of a fix that was pasted as printed.
type Fix struct {
	Fault, Code  string
	Kind         FixKind
	Fixed        bool
	Sent, Failed int // requests to a neighbour's Service meanwhile
}

func (f Fix) String() string {
	fixed := "no"
	if f.Fixed {
		fixed = "yes"
	} else if f.Kind != FixesIt {
		fixed = "-"
	}
	return fmt.Sprintf("| %s | `%s` | %s | %s | %d of %d |", f.Fault, f.Code, f.Kind, fixed, f.Failed, f.Sent)
}

// Fixes is the section of the page on fixes. The zero value is ready; fixes may
// be added side by side.
type Fixes struct {
	mu   sync.Mutex
	list []Fix
}

// Add adds a fix.
func (f *Fixes) Add(one Fix) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, one)
}

// Count returns how many fixes a user of the namespace can paste, and how many
// of these fix the fault.
func (f *Fixes) Count() (pasted, fixed int) {
	for _, one := range f.list {
		if one.Kind == FixesIt {
			pasted++
			if one.Fixed {
				fixed++
			}
		}
	}
	return pasted, fixed
}

// String is the section.
func (f *Fixes) String() string {
	list := slices.SortedFunc(slices.Values(f.list), func(a, b Fix) int { return strings.Compare(a.Fault, b.Fault) })
	pasted, fixed := f.Count()
	var b strings.Builder
	fmt.Fprintf(&b, "Of %d faults staged, a user of the namespace can fix %d; the fix as printed fixes %d of them.\n\n", len(list), pasted, fixed)
	b.WriteString("| staged | first named | its fix | fixed | a neighbour's requests lost |\n| --- | --- | --- | --- | --- |\n")
	for _, one := range list {
		fmt.Fprintln(&b, one)
	}
	return b.String()
}

// Write replaces the section of that name in the page.
func (f *Fixes) Write(page, section string) error { return replace(page, section, f.String()) }
