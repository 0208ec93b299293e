package pod

import (
	"os"
	"path/filepath"
	"testing"
)

func TestBesides(t *testing.T) {
	const (
		podA = "/kubepods/burstable/pod0c9d/"
		v1   = "12:cpu,cpuacct:/\n3:memory:" + podA
	)
	for _, tc := range []struct {
		name, own, other string
		want             bool
	}{
		{"another container", "0::/\n", "0::/../cri-containerd-4f1c.scope\n", true},
		{"another container that has made cgroups", "0::/\n", "0::/../cri-containerd-4f1c.scope/init\n", true},
		{"this container", "0::/\n", "0::/\n", false},
		{"this container, in a cgroup that it has made", "0::/\n", "0::/init\n", false},
		{"another pod", "0::/\n", "0::/../../pod77/4f1c\n", false},
		{"the node", "0::/\n", "0::/../../../system.slice/sshd.service\n", false},
		{"the node's root", "0::/\n", "0::/../../..\n", false},
		{"version 1, another container", v1 + "A\n", v1 + "B\n", true},
		{"version 1, this container", v1 + "A\n", v1 + "A\n", false},
		{"version 1, a cgroup of this container's own", v1 + "A\n", v1 + "A/B\n", false},
		{"version 1, another pod", v1 + "A\n", "3:memory:/kubepods/burstable/pod77/B\n", false},
		{"both versions, another container", v1 + "A\n0::/system.slice/containerd.service\n", v1 + "B\n0::/system.slice/containerd.service\n", true},
		{"both versions, a service of the node", v1 + "A\n0::/system.slice/containerd.service\n", "3:memory:/system.slice/sshd.service\n0::/system.slice/sshd.service\n", false},
		{"nothing known of the other", "0::/\n", "", false},
		{"nothing known of this one", "", "0::/../cri-containerd-4f1c.scope\n", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sys := &System{Root: t.TempDir()}
			for pid, content := range map[string]string{"self": tc.own, "1": tc.other} {
				dir := filepath.Join(sys.Root, "proc", pid)
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, "cgroup"), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got := len(sys.neighbours()) == 1; got != tc.want {
				t.Errorf("got %t, want %t", got, tc.want)
			}
		})
	}
}
