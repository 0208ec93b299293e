package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// refusal is what a doctor says of a flag that it does not have.
const refusal = "k8sdoctor: flag provided but not defined: -endpoint; see k8sdoctor check --help"

// built is a program for Linux with this build ID.
func built(t *testing.T, arch, id string) Doctor {
	t.Helper()
	dir := t.TempDir()
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "k8sdoctor")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-ldflags=-s -w "+id, "-o", program, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	d, err := ReadDoctor(program)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestVersionIsTheProgramsOwn(t *testing.T) {
	t.Parallel()
	if got := built(t, "amd64", "-buildid=k8sdoctor/v1.2.3-4-gabcdef0").Version(); got != "v1.2.3-4-gabcdef0" {
		t.Errorf("got %q, want that of the build ID", got)
	}
	for name, d := range map[string]Doctor{"go build": built(t, "amd64", ""), "no build ID": built(t, "amd64", "-buildid="), "no program": {"amd64", []byte("#!/bin/sh\n")}} {
		if got := d.Version(); got != "" {
			t.Errorf("%s: got %q, want that the version is not known", name, got)
		}
	}
}

// reporting is a way on which a doctor of a version says that all is well, with a check and an
// observation of its own.
func reporting(t *testing.T, apiVersion, version string) way {
	t.Helper()
	observations := any(map[string]any{"later.subject": "word"})
	if apiVersion != "k8sdoctor/v1" {
		observations = "of another kind"
	}
	data, err := json.Marshal(map[string]any{
		"kind": "Report", "apiVersion": apiVersion, "version": version, "later": true,
		"results": []any{map[string]any{"id": "later.check", "title": "later", "status": "pass", "observations": observations}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return way{name: wayExec, run: func(context.Context, *Target, *cluster.State) ([]byte, error) { return data, nil }}
}

func ofVersion(version string) *Launcher {
	return &Launcher{Client: fake.NewClientset(), Version: version, Progress: func(string) {}}
}

func TestDoctorOfAnotherVersionWorks(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		doctor, launcher string
		want             []string
	}{
		{"v0.1.0", "v0.2.0", []string{"the k8sdoctor in the pod is v0.1.0, this launcher is v0.2.0"}},
		{"v0.3.0", "v0.2.0", []string{"the k8sdoctor in the pod is v0.3.0, this launcher is v0.2.0"}},
		{"", "v0.2.0", []string{"the k8sdoctor in the pod is of an unknown version, this launcher is v0.2.0"}},
		{"v0.2.0", "v0.2.0", nil},
		{"v0.2.0", "dev", nil},
		{"dev", "v0.2.0", nil},
	} {
		l, target := ofVersion(tc.launcher), running(nil)
		r, err := l.try(t.Context(), reporting(t, "k8sdoctor/v1", tc.doctor), target, &cluster.State{Pod: target.Pod})
		if err != nil || r.Version != tc.doctor || !slices.Equal(l.notes, tc.want) {
			t.Errorf("%q and %q: got version %q, %v and the notes %q, want %q", tc.doctor, tc.launcher, r.Version, err, l.notes, tc.want)
		}
	}
}

// TestDoctorOfAnotherVersionSaysWhyNot tells an older one, which lacks a flag, from a later one,
// which writes what this version does not read.
func TestDoctorOfAnotherVersionSaysWhyNot(t *testing.T) {
	t.Parallel()
	refusing := func(err error) way {
		return way{name: wayEphemeral, run: func(context.Context, *Target, *cluster.State) ([]byte, error) { return nil, err }}
	}
	const image = "registry.example/k8sdoctor:v0.1.0"
	for _, tc := range []struct {
		name, image string
		doctors     Doctors
		way         way
		want        string
		call        bool // any way would say the same
	}{
		{"a later format", "", nil, reporting(t, "k8sdoctor/v2", "v9.0.0"), `a report of apiVersion "k8sdoctor/v2", written by k8sdoctor v9.0.0; this version reads k8sdoctor/v1, this launcher is v0.2.0`, true},
		{"a later format of an image", image, nil, reporting(t, "k8sdoctor/v2", "v9.0.0"), `a report of apiVersion "k8sdoctor/v2", written by k8sdoctor v9.0.0; this version reads k8sdoctor/v1, this launcher is v0.2.0`, false},
		{"a flag that an image lacks", image, nil, refusing(NotPossibleError{"container k8sdoctor-x ended at once: Error, exit status 2 " + refusal}), "the k8sdoctor of image " + image + " has no flag --endpoint: it is of another version than this launcher, which is v0.2.0", false},
		{"a flag that the image of a copy lacks", image, nil, refusing(fmt.Errorf("the output of image %s is no report of k8sdoctor: %.200q", image, refusal)), "the k8sdoctor of image " + image + " has no flag --endpoint: it is of another version than this launcher, which is v0.2.0", false},
		{"a flag that a file lacks", "", Doctors{built(t, "amd64", "-buildid=k8sdoctor/v0.1.0")}, refusing(callError{errors.New(refusal)}), "the k8sdoctor that --doctor names is v0.1.0, and has no flag --endpoint; this launcher is v0.2.0", true},
		{"a flag that a file without a version lacks", "", double(t), refusing(callError{errors.New(refusal)}), "the k8sdoctor that --doctor names is of an unknown version, and has no flag --endpoint; this launcher is v0.2.0", true},
	} {
		l, target := ofVersion("v0.2.0"), running(nil)
		l.Image, l.Doctors = tc.image, tc.doctors
		_, err := l.try(t.Context(), tc.way, target, &cluster.State{Pod: target.Pod})
		_, call := errors.AsType[callError](err)
		if err == nil || err.Error() != tc.want || call != tc.call {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
}

// TestOldDoctorIsToldByExec has a doctor that lacks a flag run as exec runs it.
func TestOldDoctorIsToldByExec(t *testing.T) {
	t.Parallel()
	script := []byte("#!/bin/sh\nrm \"$0\"\necho '" + refusal + "' >&2\nexit 2\n" + strings.Repeat("#\n", 1<<10))
	old := Doctors{{"amd64", script}, {"arm64", script}}
	for _, i := range own(t) {
		_, err := i.take(t.Context(), here, old, []string{t.TempDir()}, []string{"check", "--endpoint=1.2.3.4:5"})
		if _, call := errors.AsType[callError](err); !call || err.Error() != refusal {
			t.Errorf("%s: got %v, want what the doctor says", i.name, err)
		}
	}
}

// TestOldDoctorIsToldAfterItsEnd attaches to a container that has ended: what it said is in its
// state.
func TestOldDoctorIsToldAfterItsEnd(t *testing.T) {
	t.Parallel()
	target := running(nil)
	target.Pod.Status.EphemeralContainerStatuses = []corev1.ContainerStatus{{Name: "k8sdoctor-x", State: *ends("Error", 2, refusal+"\n")}}
	l := &Launcher{Client: fake.NewClientset(target.Pod)}
	end := l.ended(t.Context(), target.Pod, "k8sdoctor-x")
	if end == nil || end.Error() != "it ended: Error, exit status 2 "+refusal {
		t.Errorf("got %v, want what it said", end)
	}
	ended := func(context.Context, []string, io.Reader, io.Writer, io.Writer) error { return end }
	_, err := converse(t.Context(), ended, nil, func(_ context.Context, from io.Reader, _ io.Writer) (bool, []byte, error) {
		_, err := io.ReadAll(from)
		return true, nil, errors.Join(err, io.EOF)
	})
	if err == nil || err.Error() != end.Error() {
		t.Errorf("got %v, want how it ended", err)
	}
}
