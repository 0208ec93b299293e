package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReleaseTakesFlagsFromTheMakefile keeps the flags of the two programs in one place.
func TestReleaseTakesFlagsFromTheMakefile(t *testing.T) {
	t.Parallel()
	makefile, config := readFile(t, "../../Makefile"), readFile(t, "../../.goreleaser.yaml")
	given := regexp.MustCompile(`(?m)^goreleaser = (.*\\\n)*.*`).FindString(makefile)
	used := regexp.MustCompile(`\.Env\.([A-Z_]+)`).FindAllStringSubmatch(config, -1)
	if len(used) < 5 {
		t.Errorf("got %q, want the flags of both programs and the version", used)
	}
	for _, name := range used {
		if !regexp.MustCompile(`\s` + name[1] + `=`).MatchString(given) {
			t.Errorf(".goreleaser.yaml uses %s, and the Makefile does not give it", name[1])
		}
	}
	for _, flag := range []string{"-trimpath", "-tags", "gcflags:", "-X main"} {
		if strings.Contains(config, flag) {
			t.Errorf("%s is in .goreleaser.yaml: a second place for it", flag)
		}
	}
}

// TestWorkflowsNameVersions of the actions that they use, and no more rights than they need.
func TestWorkflowsNameVersions(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) != 2 {
		t.Fatalf("got %q, %v, want one for tests and one for releases", files, err)
	}
	for _, name := range files {
		var w struct {
			Permissions map[string]string
			Jobs        map[string]struct {
				Permissions map[string]string
				Steps       []struct{ Uses, Run string }
			}
		}
		unmarshal(t, readFile(t, name), &w)
		if len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
			t.Errorf("%s: got the permissions %v, want that it reads", name, w.Permissions)
		}
		for job, j := range w.Jobs {
			if len(j.Permissions) > 0 && job != "release" {
				t.Errorf("%s: job %s has the permissions %v", name, job, j.Permissions)
			}
			for _, step := range j.Steps {
				if step.Uses != "" && !regexp.MustCompile(`@v\d+\.\d+\.\d+$`).MatchString(step.Uses) {
					t.Errorf("%s: %s has no version", name, step.Uses)
				}
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s: an expression in the script %q: what it holds would run as a part of it", name, step.Run)
				}
			}
		}
	}
}
