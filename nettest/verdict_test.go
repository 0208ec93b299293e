//go:build nettest && linux

package nettest

import (
	"errors"
	"flag"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/accuracy"
)

var writeAccuracy = flag.Bool("accuracy", false, "write what was found into docs/accuracy.md")

// TestVerdict runs every scenario, each in namespaces of its own.
func TestVerdict(t *testing.T) {
	t.Parallel()
	var table accuracy.Table
	t.Cleanup(func() {
		if *writeAccuracy {
			if err := errors.Join(table.Write("../docs/accuracy.md", "net"), table.Keep("../corpus/testdata/namespaces.json.gz")); err != nil {
				t.Error(err)
			}
		}
	})
	for _, group := range []struct {
		name      string
		scenarios []scenario
	}{
		{"healthy", healthy()},
		{"silent", silent()},
		{"refused", refused()},
		{"unreachable", unreachable()},
		{"own namespace", ownNamespace()},
		{"overlap", overlap()},
		{"some of many", someEndpoints()},
		{"handshake", handshake()},
		{"DNS", dns()},
	} {
		for _, s := range group.scenarios {
			name := group.name + ": " + s.name
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				row := s.test(t)
				row.Fault = name
				table.Add(row)
			})
		}
	}
}
