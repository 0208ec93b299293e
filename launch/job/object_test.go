package job

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	"sigs.k8s.io/yaml"
)

// TestOneSource demands that a run makes what manifests/job.yaml says, but for what a run
// changes.
func TestOneSource(t *testing.T) {
	t.Parallel()
	made, err := New(Options{
		Namespace: "shop", Image: "registry.example/k8sdoctor:1", PullPolicy: "Always", ServiceAccount: "web", Node: "n1",
		Arguments: []string{"--only=dns.*"}, StartTimeout: 20 * time.Second, Timeout: 1500 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^k8sdoctor-run-[a-z0-9]{5}$`).MatchString(made.Name) {
		t.Errorf("got name %q", made.Name)
	}
	want := manifest(t)
	for _, change := range []struct {
		value any
		path  []string
	}{
		{made.Name, []string{"metadata", "name"}},
		{"shop", []string{"metadata", "namespace"}},
		{32., []string{"spec", "activeDeadlineSeconds"}},
		{600., []string{"spec", "ttlSecondsAfterFinished"}},
		{"web", []string{"spec", "template", "spec", "serviceAccountName"}},
		{"n1", []string{"spec", "template", "spec", "nodeName"}},
	} {
		at := want
		for _, name := range change.path[:len(change.path)-1] {
			at = at[name].(map[string]any)
		}
		at[change.path[len(change.path)-1]] = change.value
	}
	doctor := want["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)["containers"].([]any)[0].(map[string]any)
	doctor["image"], doctor["imagePullPolicy"], doctor["args"] = "registry.example/k8sdoctor:1", "Always", []any{"check", "--output=json", "--only=dns.*"}
	for _, format := range []string{"yaml", "json"} {
		if diff := cmp.Diff(want, asMap(t, made, format)); diff != "" {
			t.Errorf("as %s, the Job differs from what is wanted (-want +got):\n%s", format, diff)
		}
	}
}

// TestUnchanged demands that what no flag sets stays as manifests/job.yaml has it.
func TestUnchanged(t *testing.T) {
	t.Parallel()
	made, err := New(Options{Namespace: "shop", Image: "i", StartTimeout: time.Minute, Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	spec := asMap(t, made, "yaml")["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
	for _, name := range []string{"serviceAccountName", "nodeName"} {
		if value, set := spec[name]; set {
			t.Errorf("%s is %v, want none", name, value)
		}
	}
	if policy := made.Spec.Template.Spec.Containers[0].ImagePullPolicy; policy != "IfNotPresent" {
		t.Errorf("got imagePullPolicy %s, want that of manifests/job.yaml", policy)
	}
	if again, err := New(Options{}); err != nil || again.Name == made.Name {
		t.Errorf("got %s twice, %v; two runs cannot stand side by side", made.Name, err)
	}
}

func manifest(t *testing.T) (object map[string]any) {
	t.Helper()
	data, err := os.ReadFile("../../manifests/job.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

// asMap is a Job as Text writes it.
func asMap(t *testing.T, job *batchv1.Job, format string) (object map[string]any) {
	t.Helper()
	data, err := Text(job, format)
	if err != nil {
		t.Fatal(err)
	}
	read := func(data []byte, into any) error { return yaml.Unmarshal(data, into) }
	if format == "json" {
		read = json.Unmarshal
	}
	if err := read(data, &object); err != nil {
		t.Fatal(err)
	}
	return object
}
