package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// action is action.yml, as far as it is looked at.
type action struct {
	Inputs  map[string]any
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []struct {
			ID, Shell, Run string
			Env            map[string]string
		}
	}
}

func readAction(t *testing.T) (a action) {
	t.Helper()
	unmarshal(t, readFile(t, "../../action.yml"), &a)
	if a.Runs.Using != "composite" || len(a.Runs.Steps) != 1 || a.Runs.Steps[0].Shell != "bash" {
		t.Fatalf("got %+v, want one step of a composite action", a.Runs)
	}
	return a
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func unmarshal(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

func TestActionDeclaresWhatItUses(t *testing.T) {
	t.Parallel()
	a, used := readAction(t), map[string]bool{}
	step := a.Runs.Steps[0]
	for name, value := range step.Env {
		if input := regexp.MustCompile(`^\$\{\{ inputs\.([a-z-]+) \}\}$`).FindStringSubmatch(value); input != nil {
			used[input[1]] = true
		}
		if !strings.Contains(step.Run, "$"+name) {
			t.Errorf("the step does not use its variable %s", name)
		}
	}
	for name := range used {
		if _, declared := a.Inputs[name]; !declared {
			t.Errorf("input %s is used, and not declared", name)
		}
	}
	for name := range a.Inputs {
		if !used[name] {
			t.Errorf("input %s is declared, and not used", name)
		}
	}
	for name, output := range a.Outputs {
		if output.Value != "${{ steps."+step.ID+".outputs."+name+" }}" || !strings.Contains(step.Run, `echo "`+name+"=") {
			t.Errorf("output %s has the value %s, which the step does not write", name, output.Value)
		}
	}
	if strings.Contains(step.Run, "${{") {
		t.Error("an expression in the script: what it holds would run as a part of it")
	}
}

// TestActionRuns runs the script of the action with a launcher that prints its arguments.
func TestActionRuns(t *testing.T) {
	t.Parallel()
	dir, script := t.TempDir(), readAction(t).Runs.Steps[0].Run
	launcher, output := filepath.Join(dir, "launcher"), filepath.Join(dir, "output")
	if err := os.WriteFile(launcher, []byte("#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	cmd.Env = append(os.Environ(), "LAUNCHER="+launcher, "GITHUB_OUTPUT="+output, "IMAGE=i $(id)", "NAMESPACE=shop", "SERVICE_ACCOUNT=", "JUNIT=k8sdoctor.xml", "ARGS=--can-i=list/pods\n--only=a b\n")
	out, err := cmd.Output()
	if cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("got %v, want the launcher's exit status", err)
	}
	want := []string{"run", "--image", "i $(id)", "--output", "github", "--report", "k8sdoctor.xml=junit", "--namespace", "shop", "--can-i=list/pods", "--only=a b", ""}
	if diff := cmp.Diff(want, strings.Split(string(out), "\n")); diff != "" {
		t.Errorf("the arguments differ (-want +got):\n%s", diff)
	}
	if got := readFile(t, output); got != "junit=k8sdoctor.xml\nstatus=1\n" {
		t.Errorf("got outputs %q", got)
	}
	for _, argument := range want[1:] {
		if flag, _, _ := strings.Cut(argument, "="); strings.HasPrefix(flag, "--") && !hasFlag(flag) {
			t.Errorf("run has no flag %s", flag)
		}
	}
}

func hasFlag(name string) bool {
	for _, f := range runCommand().Flags {
		if slices.Contains(f.Names(), strings.TrimPrefix(name, "--")) {
			return true
		}
	}
	return false
}

// recipes are the blocks of YAML under the headings of docs/ci.md.
func recipes(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)\n## ([^\n]+)\n[^#]*?```yaml\n(.*?)\n```").FindAllStringSubmatch(readFile(t, "../../docs/ci.md"), -1) {
		found[m[1]] = m[2]
	}
	return found
}

func TestRecipes(t *testing.T) {
	t.Parallel()
	a, blocks := readAction(t), recipes(t)
	var github struct {
		Jobs map[string]struct {
			Steps []struct {
				Uses string
				With map[string]any
			}
		}
	}
	unmarshal(t, blocks["GitHub Actions"], &github)
	own := false
	for _, step := range github.Jobs["api-server"].Steps {
		if step.Uses != "" && !strings.HasPrefix(step.Uses, "./") && !regexp.MustCompile(`@v\d+\.\d+\.\d+$`).MatchString(step.Uses) {
			t.Errorf("%s has no version", step.Uses)
		}
		if step.Uses != "./k8sdoctor" {
			continue
		}
		own = true
		for name := range step.With {
			if _, declared := a.Inputs[name]; !declared {
				t.Errorf("the recipe sets %s, which is no input", name)
			}
		}
	}
	if !own {
		t.Errorf("the recipe does not use the action:\n%s", blocks["GitHub Actions"])
	}
	var gitlab map[string]struct {
		Script    []string
		Artifacts struct{ Reports map[string]string }
	}
	unmarshal(t, blocks["GitLab CI"], &gitlab)
	job := gitlab["api-server"]
	for _, line := range job.Script {
		for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(line, -1) {
			if !hasFlag(flag) {
				t.Errorf("run has no flag %s", flag)
			}
		}
	}
	if file := job.Artifacts.Reports["junit"]; file == "" || !strings.Contains(strings.Join(job.Script, "\n"), "--report "+file) {
		t.Errorf("the artifact is %q, and the script is %q", file, job.Script)
	}
}
