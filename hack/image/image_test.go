package main

import (
	"archive/tar"
	"bytes"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// binaries writes a stand-in for each platform and returns the arguments that name them.
func binaries(t *testing.T) []string {
	t.Helper()
	var args []string
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		file := filepath.Join(t.TempDir(), "k8sdoctor")
		if err := os.WriteFile(file, []byte("binary of "+platform), 0o755); err != nil {
			t.Fatal(err)
		}
		args = append(args, platform+"="+file)
	}
	return args
}

func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(args, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPushAndPullBack(t *testing.T) {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	to := strings.TrimPrefix(server.URL, "http://") + "/k8sdoctor:v1"

	printed := mustRun(t, append([]string{"-version", "v1", "-push", to}, binaries(t)...)...)

	pushed, err := name.NewDigest(strings.TrimSpace(printed))
	if err != nil {
		t.Fatalf("the push printed %q: %v", printed, err)
	}
	byTag, err := name.NewTag(to)
	if err != nil {
		t.Fatal(err)
	}
	for _, arch := range []string{"amd64", "arm64"} {
		for _, ref := range []name.Reference{pushed, byTag} {
			img, err := remote.Image(ref, remote.WithPlatform(v1.Platform{OS: "linux", Architecture: arch}))
			if err != nil {
				t.Fatal(err)
			}
			checkImage(t, img, arch)
		}
	}
}

func TestArchives(t *testing.T) {
	args := binaries(t)
	var first [][]byte
	for range 2 {
		dir := t.TempDir()
		printed := mustRun(t, append([]string{"-version", "v1", "-dir", dir}, args...)...)
		var now [][]byte
		for i, arch := range []string{"amd64", "arm64"} {
			file := filepath.Join(dir, "k8sdoctor-linux-"+arch+".tar")
			if got := strings.Fields(printed)[i]; got != file {
				t.Errorf("printed %s, want %s", got, file)
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			now = append(now, data)
			tag, _ := name.NewTag("k8sdoctor:dev")
			img, err := tarball.ImageFromPath(file, &tag)
			if err != nil {
				t.Fatal(err)
			}
			checkImage(t, img, arch)
		}
		if first != nil && !slices.EqualFunc(first, now, bytes.Equal) {
			t.Error("the same binaries gave other archives")
		}
		first = now
	}
}

// checkImage checks what a pod sees: one file, and how it is started.
func checkImage(t *testing.T, img v1.Image, arch string) {
	t.Helper()
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := config.OS+"/"+config.Architecture, "linux/"+arch; got != want {
		t.Errorf("platform: got %s, want %s", got, want)
	}
	if got := config.Config.Labels["org.opencontainers.image.version"]; got != "v1" {
		t.Errorf("version label: got %q, want v1", got)
	}
	got := v1.Config{User: config.Config.User, Entrypoint: config.Config.Entrypoint, Cmd: config.Config.Cmd}
	want := v1.Config{User: "65532:65532", Entrypoint: []string{"/k8sdoctor"}, Cmd: []string{"check"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	if len(layers) != 1 {
		t.Fatalf("got %d layers, want 1", len(layers))
	}
	packed, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	r := tar.NewReader(packed)
	header, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if header.Name != "k8sdoctor" || header.Mode != 0o555 || string(content) != "binary of linux/"+arch {
		t.Errorf("got %s, mode %o, holding %q", header.Name, header.Mode, content)
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("after the binary: got %v, want the end", err)
	}
}

func TestUsageErrors(t *testing.T) {
	for _, args := range [][]string{nil, {"build/k8sdoctor"}, {"linux/amd64=/nowhere/at/all"}, {"linux/a/b/c=x"}} {
		if err := run(args, io.Discard); err == nil {
			t.Errorf("%q: got no error", args)
		}
	}
}
