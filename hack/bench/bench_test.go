package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	for _, test := range []struct {
		name string
		got  float64
		word string
	}{
		{"below", 0.5, "reached"},
		{"at the limit", 0.8, "reached"},
		{"above", 0.81, "NOT REACHED"},
	} {
		var out bytes.Buffer
		err := judge(&out, []target{{"time", test.got, 0.8, ""}})
		if !strings.HasPrefix(out.String(), test.word+" ") || (err == nil) != (test.word == "reached") {
			t.Errorf("%s: got %q and the error %v, want %q", test.name, out.String(), err, test.word)
		}
	}
}
