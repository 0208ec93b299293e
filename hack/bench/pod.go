package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// pod is the pod that everything is measured in, alone in its namespace.
type pod struct{ namespace string }

// What leaves the namespace is swallowed: all of it, or all but questions to DNS.
const (
	denyAll = `{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "swallow"},
	"spec": {"podSelector": {}, "policyTypes": ["Egress"]}}`
	onlyDNS = `{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "swallow"},
	"spec": {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}]}}`
)

// newPod starts a pod with the image, and puts k8sdoctor and this program into it.
func newPod(cluster, image string) (*pod, error) {
	if _, err := command(nil, "docker", "image", "inspect", image); err == nil {
		if _, err := command(nil, "go", "tool", "kind", "load", "docker-image", "--name", cluster, image); err != nil {
			return nil, err
		}
	}
	p := &pod{fmt.Sprintf("k8sdoctor-bench-%d", time.Now().Unix())}
	if _, err := command(nil, "kubectl", "create", "namespace", p.namespace); err != nil {
		return nil, err
	}
	if err := p.start(image); err != nil {
		p.delete()
		return nil, err
	}
	return p, nil
}

func (p *pod) start(image string) error {
	if _, err := p.kubectl(nil, "wait", "--for=create", "serviceaccount/default", "--timeout=60s"); err != nil {
		return err
	}
	if _, err := p.kubectl(nil, "run", "bench", "--image", image, "--image-pull-policy=IfNotPresent",
		"--restart=Never", "--command", "--", "sleep", "3600"); err != nil {
		return err
	}
	if _, err := p.kubectl(nil, "wait", "--for=condition=Ready", "pod/bench", "--timeout=2m"); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if _, err := command(nil, "env", "CGO_ENABLED=0", "GOOS=linux", "go", "build", "-ldflags=-s -w", "-o", dir, "./hack/bench", "./hack/bench/word"); err != nil {
		return err
	}
	return errors.Join(
		p.copy(filepath.Join(dir, "bench"), "/tmp/bench"),
		p.copy(filepath.Join(dir, "word"), "/tmp/word"),
		p.copy("build/k8sdoctor-linux-"+runtime.GOARCH, "/tmp/k8sdoctor"))
}

// copy needs no tar in the image, unlike "kubectl cp".
func (p *pod) copy(from, to string) error {
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = p.kubectl(file, "exec", "-i", "bench", "--", "sh", "-c", "cat >"+to+" && chmod 755 "+to)
	return err
}

func (p *pod) exec(args ...string) ([]byte, error) {
	return p.kubectl(nil, append([]string{"exec", "bench", "--"}, args...)...)
}

// silent returns how long a run takes under a policy that swallows what is for the API server,
// once DNS is what that policy makes of it.
func (p *pod) silent(policy, dns string) (time.Duration, error) {
	if _, err := p.kubectl(strings.NewReader(policy), "apply", "-f", "-"); err != nil {
		return 0, err
	}
	var out []byte
	for range 30 {
		out, _ = p.exec("/tmp/k8sdoctor", "check", "-o", "json")
		var r doctorReport
		if err := json.Unmarshal(out, &r); err != nil {
			return 0, err
		}
		status := map[string]string{}
		for _, result := range r.Results {
			status[result.ID] = result.Status
		}
		if status["net.connect"] == "fail" && status["dns.servers"] == dns {
			return r.Took.duration(), nil
		}
		time.Sleep(time.Second)
	}
	return 0, fmt.Errorf("the cluster does not enforce network policies; the last report:\n%s", out)
}

// delete removes the pod, unless what ran is to be kept.
func (p *pod) delete() {
	if os.Getenv("E2E_KEEP") == "" {
		command(nil, "kubectl", "delete", "namespace", p.namespace, "--wait=false")
	}
}

func (p *pod) kubectl(stdin io.Reader, args ...string) ([]byte, error) {
	return command(stdin, "kubectl", append([]string{"--namespace", p.namespace}, args...)...)
}

// command returns what a command prints to standard output.
func command(stdin io.Reader, name string, args ...string) ([]byte, error) {
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stderr = stdin, &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, stderr.String())
	}
	return out, err
}
