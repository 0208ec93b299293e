package accuracy

import (
	"os"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
)

// TestPageHasEveryCause says that each cause was provoked somewhere, or that the
// page gives the reason why not.
func TestPageHasEveryCause(t *testing.T) {
	page, err := os.ReadFile("../docs/accuracy.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range causes.All() {
		provoked := strings.Contains(string(page), " | `"+c.Code+"` | `")
		if excused := strings.Contains(string(page), "\n- `"+c.Code+"`: "); provoked == excused {
			t.Errorf("%s: provoked %t, on the list of those that are not %t", c.Code, provoked, excused)
		}
	}
}
