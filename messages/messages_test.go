package messages

import (
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
)

func TestCodesAndPatternsAreWellFormed(t *testing.T) {
	for _, m := range meanings {
		if matches(m.pattern, "") || matches(m.pattern, "hello world") {
			t.Errorf("%s: matches anything", m.Says)
		}
		seen := map[string]bool{}
		for _, code := range m.Codes {
			if _, ok := causes.Lookup(code); !ok || seen[code] {
				t.Errorf("%s: %s is no cause, or there twice", m.Says, code)
			}
			seen[code] = true
		}
	}
	for _, p := range printers {
		if matches(p.pattern, "hello world") {
			t.Errorf("%s: prints anything", p.name)
		}
	}
}

func TestUnknownMessage(t *testing.T) {
	if m, ok := Find("hello world"); ok {
		t.Errorf("got %q", m.Says)
	}
}

func TestInLog(t *testing.T) {
	log := "starting\n" + strings.Repeat("E1128 dial tcp 10.96.0.1:443: i/o timeout\n", 3) + "Unauthorized\n" + strings.Repeat("x", 1<<20) + " Unauthorized\ndone"
	found, err := InLog(strings.NewReader(log))
	if err != nil || len(found) != 2 || found[0].Lines != 3 || found[0].Line != "E1128 dial tcp 10.96.0.1:443: i/o timeout" || found[1].Lines != 1 {
		t.Errorf("got %+v, %v", found, err)
	}
}
