package report

import (
	"bytes"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := NewProgress(&b, []*checks.Check{{ID: "env.service"}, {ID: "dns.servers"}})
	for i := range 3 {
		p.Show(i)
	}
	p.Clear()
	const want = "\r\x1b[Kenv.service (1/2)\r\x1b[Kdns.servers (2/2)\r\x1b[K"
	if got := b.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestZeroProgressShowsNothing(t *testing.T) {
	var p Progress
	p.Show(0)
	p.Clear()
}
