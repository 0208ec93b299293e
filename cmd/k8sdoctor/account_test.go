package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
)

func TestServiceAccountDir(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte("e30.e30.e30"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Dir(dir))
	for _, tc := range []struct {
		name, flag, variable, want string
		status                     int
	}{
		{"a directory", dir, "", dir + "/token: 11 bytes, a JWT", commands.Fine},
		{"one that is named from here", filepath.Base(dir), "", dir + "/token: 11 bytes, a JWT", commands.Fine},
		{"by its variable", "", dir, dir + "/token: 11 bytes, a JWT", commands.Fine},
		{"one that is not there", dir + "/none", "", dir + "/none: nothing is mounted there", commands.Found},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv("K8SDOCTOR_SERVICE_ACCOUNT_DIR", tc.variable)
			args := []string{"check", "--only", "volume.token", "--termination-log=", "-o", "json"}
			if tc.flag != "" {
				args = append(args, "--service-account-dir", tc.flag)
			}
			status, stdout, stderr := call(t.Context(), args...)
			if status != tc.status || stderr != "" || !strings.Contains(stdout, tc.want) {
				t.Errorf("got status %d, %q and\n%s\nwant %d and %q", status, stderr, stdout, tc.status, tc.want)
			}
		})
	}
}
