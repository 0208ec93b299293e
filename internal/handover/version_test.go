package handover

import "testing"

func TestMissingFlag(t *testing.T) {
	for said, want := range map[string]string{
		"k8sdoctor: flag provided but not defined: -no-external-probes; see k8sdoctor check --help\n": "--no-external-probes",
		"k8sdoctor: --only dns.*: no check has that name":                                             "",
		"": "",
	} {
		if flag, missing := MissingFlag(said); flag != want || missing != (want != "") {
			t.Errorf("%q: got %q, want %q", said, flag, want)
		}
	}
}
