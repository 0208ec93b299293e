package main

import (
	"bytes"
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

// denyAll swallows every packet that leaves the namespace.
const denyAll = `{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "deny-all"},
	"spec": {"podSelector": {}, "policyTypes": ["Egress"]}}`

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
	self := filepath.Join(dir, "bench")
	if _, err := command(nil, "env", "CGO_ENABLED=0", "GOOS=linux", "go", "build", "-o", self, "./hack/bench"); err != nil {
		return err
	}
	return errors.Join(
		p.copy(self, "/tmp/bench"),
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

// silent returns how long the report takes when nothing ever answers.
func (p *pod) silent() (time.Duration, error) {
	if _, err := p.kubectl(strings.NewReader(denyAll), "apply", "-f", "-"); err != nil {
		return 0, err
	}
	reached := []string{"curl", "--silent", "--cacert", account + "ca.crt", "--max-time", "1", "https://kubernetes.default.svc/livez"}
	for range 30 {
		if _, err := p.exec(reached...); err != nil {
			start := time.Now()
			out, err := p.exec("/tmp/k8sdoctor", "check", "-o", "json")
			if !bytes.Contains(out, []byte("net.connect")) || err == nil {
				return 0, fmt.Errorf("with every packet swallowed k8sdoctor found nothing: %v\n%s", err, out)
			}
			return time.Since(start), nil
		}
	}
	return 0, fmt.Errorf("the cluster does not enforce network policies")
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
