//go:build nettest && linux

package nettest

import "testing"

func TestHealthy(t *testing.T) {
	t.Parallel()
	for _, s := range []scenario{
		{name: "as it should be"},
		{name: "two API servers", endpoints: []string{api1Address, api2Address}},
	} {
		t.Run(s.name, s.test)
	}
}
