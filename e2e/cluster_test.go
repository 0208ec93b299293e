//go:build e2e

package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// values are what words like $NODE in a file of testdata stand for.
type values map[string]string

// namespace is a namespace of the cluster that one test has for itself.
type namespace string

// newNamespace makes a namespace that is ready for pods, and removes it at the
// end of the test; what went wrong in it is shown first.
func newNamespace(t *testing.T, restricted bool) namespace {
	t.Helper()
	ns := namespace("k8sdoctor-e2e-" + strings.ToLower(rand.Text()[:8]))
	kubectl(t, "create", "namespace", string(ns))
	t.Cleanup(func() {
		if t.Failed() {
			ns.show(t)
		}
		if os.Getenv("E2E_KEEP") == "" {
			kubectl(t, "delete", "namespace", string(ns), "--wait=false")
		}
	})
	if restricted {
		kubectl(t, "label", "namespace", string(ns), "pod-security.kubernetes.io/enforce=restricted")
	}
	for _, made := range []string{"serviceaccount/default", "configmap/kube-root-ca.crt"} { // kubectl gives up at once where two are missing
		ns.kubectl(t, "wait", "--for=create", made, "--timeout=30s")
	}
	return ns
}

// kubectl runs kubectl in this namespace.
func (ns namespace) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	return kubectl(t, append([]string{"--namespace", string(ns)}, args...)...)
}

// show logs what a person would look at first.
func (ns namespace) show(t *testing.T) {
	for _, args := range [][]string{
		{"get", "events", "--sort-by=.lastTimestamp"},
		{"describe", "pods"},
		{"logs", "job/k8sdoctor", "--all-containers"},
	} {
		out, _ := exec.Command("kubectl", append([]string{"--namespace", string(ns)}, args...)...).CombinedOutput()
		t.Logf("kubectl %s:\n%s", strings.Join(args, " "), out)
	}
}

// runJob runs the Job of manifests/ with -o json, changed by what the file of
// testdata says under kind Job; the file's other objects are applied before.
// Words of the file like $NODE stand for the values given.
func (ns namespace) runJob(t *testing.T, file string, given values) ended {
	t.Helper()
	kubectl(t, "apply", "-k", ns.customize(t, file, given))
	return ns.wait(t)
}

// customize applies the objects of a file of testdata, and returns a folder with
// the Job that the file changes.
func (ns namespace) customize(t *testing.T, file string, given values) string {
	t.Helper()
	patch, objects := "", ""
	if file != "" {
		patch, objects = ns.split(t, file, given)
	}
	if objects != "" {
		ns.apply(t, objects)
	}
	dir := t.TempDir()
	write(t, dir, "job.yaml", read(t, "../manifests/job.yaml"))
	write(t, dir, "json.yaml", read(t, "testdata/json.yaml"))
	kustomization := "resources: [job.yaml]\nnamespace: " + string(ns) + "\npatches:\n- path: json.yaml\n"
	if patch != "" {
		write(t, dir, "patch.yaml", patch)
		kustomization += "- path: patch.yaml\n"
	}
	write(t, dir, "kustomization.yaml", kustomization)
	return dir
}

// apply applies objects until the end of the test: some are the whole cluster's.
func (ns namespace) apply(t *testing.T, objects string) {
	t.Helper()
	file := write(t, t.TempDir(), "objects.yaml", objects)
	ns.kubectl(t, "apply", "-f", file)
	t.Cleanup(func() {
		if os.Getenv("E2E_KEEP") == "" {
			ns.kubectl(t, "delete", "-f", file, "--ignore-not-found", "--wait=false")
		}
	})
}

// split reads a file of testdata: its Job, and its other objects.
func (ns namespace) split(t *testing.T, file string, given values) (job, others string) {
	t.Helper()
	text := os.Expand(read(t, filepath.Join("testdata", file)), func(word string) string {
		switch value, ok := given[word]; {
		case ok:
			return value
		case word == "NAMESPACE":
			return string(ns)
		case word == "API_ENDPOINT":
			return endpoint(t)
		case word == "KUBECTL_IMAGE":
			return kubectlImage(t)
		default:
			t.Fatalf("%s: nothing says what $%s is", file, word)
			return ""
		}
	})
	for document := range strings.SplitSeq(text, "\n---\n") {
		if strings.Contains("\n"+document, "\nkind: Job\n") {
			job = document
		} else {
			others += "---\n" + document + "\n"
		}
	}
	return job, others
}

// wait waits until the Job is over, either way, and says how it ended.
func (ns namespace) wait(t *testing.T) ended {
	t.Helper()
	ns.kubectl(t, "wait", "job/k8sdoctor", "--for=jsonpath={.status.conditions[0].status}=True", "--timeout=100s")
	var pods corev1.PodList
	out := ns.kubectl(t, "get", "pods", "--selector", "job-name=k8sdoctor", "--output", "json")
	if err := json.Unmarshal([]byte(out), &pods); err != nil {
		t.Fatal(err)
	}
	if len(pods.Items) != 1 {
		t.Fatalf("the Job has %d pods, want 1", len(pods.Items))
	}
	pod := pods.Items[0]
	for _, c := range pod.Status.ContainerStatuses {
		if c.Name == "k8sdoctor" && c.State.Terminated != nil {
			return ended{
				exit:    int(c.State.Terminated.ExitCode),
				message: c.State.Terminated.Message,
				log:     ns.kubectl(t, "logs", pod.Name, "--container", "k8sdoctor"),
			}
		}
	}
	t.Fatalf("the container has not ended: %+v", pod.Status.ContainerStatuses)
	return ended{}
}

// kubectlImage returns an image with kubectl that the cluster has:
// $E2E_KUBECTL_IMAGE, or one made from the kubectl of the kind node.
func kubectlImage(t *testing.T) string {
	t.Helper()
	if given := os.Getenv("E2E_KUBECTL_IMAGE"); given != "" {
		return given
	}
	binary := filepath.Join(t.TempDir(), "kubectl")
	command(t, "docker", "cp", os.Getenv("E2E_CLUSTER")+"-control-plane:/usr/bin/kubectl", binary)
	return loadImage(t, binary)
}

// programImage builds a program of this repository and returns its image.
func programImage(t *testing.T, folder string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), filepath.Base(folder))
	command(t, "env", "CGO_ENABLED=0", "GOOS=linux", "go", "build", "-o", binary, folder)
	return loadImage(t, binary)
}

// loadImage gives the cluster an image that holds one static binary.
func loadImage(t *testing.T, binary string) string {
	t.Helper()
	dir, name := filepath.Split(binary)
	image, platform := "k8sdoctor-e2e/"+name+":dev", "linux-"+runtime.GOARCH
	command(t, "go", "run", "../hack/image", "-name", name, "-command", "", "-dir", dir, "-tag", image, "linux/"+runtime.GOARCH+"="+binary)
	command(t, "go", "tool", "kind", "load", "image-archive", "--name", os.Getenv("E2E_CLUSTER"), filepath.Join(dir, name+"-"+platform+".tar"))
	return image
}

// endpoint is the API server's own address, behind the Service IP.
func endpoint(t *testing.T) string {
	t.Helper()
	return kubectl(t, "--namespace=default", "get", "endpointslice", "kubernetes",
		"--output=jsonpath={.endpoints[0].addresses[0]}:{.ports[0].port}")
}

// kubectl runs kubectl; a failure of it ends the test.
func kubectl(t *testing.T, args ...string) string {
	t.Helper()
	return command(t, "kubectl", args...)
}

// command returns what a command prints; a failure of it ends the test.
func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	return commandWith(t, "", name, args...)
}

// commandWith is command with something on standard input.
func commandWith(t *testing.T, stdin, name string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stderr = strings.NewReader(stdin), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
