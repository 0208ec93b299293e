package pod

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func TestRefusedBy(t *testing.T) {
	id := Identity{known: true, uid: "4000000000", groups: []string{"4000000000"}} // nobody's
	for _, tc := range []struct {
		name      string
		dir, file os.FileMode
		want      observe.File
		of        string
	}{
		{"the file's mode forbids it", 0o755, 0o640, observe.FileDeniedMode, "/v/token"},
		{"every mode allows it", 0o755, 0o644, observe.FileDeniedLabel, "/v/token"},
		{"the file is not to be seen, and its directory's mode forbids that", 0o750, 0, observe.FileDeniedAbove, "/v"},
		{"the file is not to be seen, and its directory's mode allows that", 0o755, 0, observe.FileDeniedLabel, "/v"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sys := &System{Root: t.TempDir()}
			dir := filepath.Join(sys.Root, "v")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if tc.file != 0 {
				if err := os.WriteFile(filepath.Join(dir, "token"), nil, tc.file); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir, tc.dir); err != nil {
				t.Fatal(err)
			}
			if r := RefusedBy(sys, "/v/token", id); r.Reason != tc.want || r.Name != tc.of {
				t.Errorf("got %s of %s, want %s of %s", r.Reason, r.Name, tc.want, tc.of)
			}
		})
	}
}
