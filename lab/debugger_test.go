package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

const accountPath = "/run/secrets/kubernetes.io/serviceaccount"

// process is one that is visible in the pod, beside this one.
type process struct {
	pid, comm, cgroup string
	mounts            string // "" is a table that cannot be read
	root              bool   // the volume can be read through its root
}

const (
	withVolume    = "930 920 0:227 / " + accountPath + " ro,relatime - tmpfs tmpfs rw\n"
	withoutVolume = "931 920 0:233 / /proc rw - proc proc rw\n"
	besideUs      = "0::/../cri-containerd-4f1c.scope\n"
	ofAnotherPod  = "0::/../../kubepods-besteffort-pod77.slice/cri-containerd-9a2e.scope\n"
)

// debugger makes the container one without the volume, which stands in a process's
// root as far as one of them shows it.
func debugger(name string, visible ...process) func(*Pod) error {
	return func(pod *Pod) error {
		root := pod.System.Root
		table, err := os.ReadFile(filepath.Join(root, "proc/self/mountinfo"))
		if err != nil {
			return err
		}
		lines := slices.DeleteFunc(strings.Split(string(table), "\n"), func(line string) bool { return strings.Contains(line, "serviceaccount") })
		files := map[string]string{
			"proc/self/mountinfo": strings.Join(lines, "\n") + fmt.Sprintf("1215 1204 8:1 /pods/%s/containers/%s/5d0fe1c2 /dev/termination-log rw - ext4 /dev/sda1 rw\n", podUID, name),
			"proc/self/cgroup":    "0::/\n",
		}
		volume := filepath.Join(root, "volume")
		if err := os.Rename(filepath.Join(root, volumeDir), volume); err != nil {
			return err
		}
		for _, p := range visible {
			at := filepath.Join("proc", p.pid)
			files[filepath.Join(at, "comm")], files[filepath.Join(at, "cgroup")] = p.comm+"\n", p.cgroup
			if p.mounts != "" {
				files[filepath.Join(at, "mountinfo")] = p.mounts
			}
			if !p.root {
				continue
			}
			if err := os.MkdirAll(filepath.Join(root, at, "root", filepath.Dir(accountPath)), 0o755); err != nil {
				return err
			}
			if err := os.Rename(volume, filepath.Join(root, at, "root", accountPath)); err != nil {
				return err
			}
		}
		for name, content := range files {
			if err := writeFile(filepath.Join(root, name), []byte(content), 0o644); err != nil {
				return err
			}
		}
		return nil
	}
}

// TestDebuggingContainer tests containers that lack the volume: those of kubectl
// debug, and those in which it says something of the application.
func TestDebuggingContainer(t *testing.T) {
	t.Parallel()
	const (
		byPort   = "net.connect fail"
		noVolume = "volume.token fail"
	)
	web := func(mounts string, root bool) process { return process{"1", "web", besideUs, mounts, root} }
	for _, test := range []struct {
		name  string
		make  func(*Pod) error
		want  string
		mount observe.Mount
		says  string // of volume.token
	}{
		{"an ordinary one", debugger("web"), noVolume, observe.MountAbsent, "nothing is mounted there"},
		{"one of its name", debugger("debugger-x7k2p"), byPort, observe.MountForeign, "this is a debugging container (its name is debugger-x7k2p): the application's volume was not seen"},
		{"one that was given a like name", debugger("debugger-aeiou"), noVolume, observe.MountAbsent, ""},
		{"a target that has the volume", debugger("dbg", web(withVolume, false)), byPort, observe.MountForeign, "process 1, of another container of this pod, has it"},
		{"a target that has it for another one to read", debugger("dbg", web(withVolume, true)), "", observe.Mounted, "/proc/1/root/run/secrets/"},
		{"a target of which nothing can be read", debugger("dbg", web("", false)), byPort, observe.MountForeign, "process 1 is another container's"},
		{"a target without it", debugger("debugger-x7k2p", web(withoutVolume, false)), noVolume, observe.MountAbsent, ""},
		{
			"shared processes, and nobody has it",
			debugger("web", process{"1", "pause", "0::/../cri-containerd-00ff.scope\n", withoutVolume, false}, process{"7", "web", besideUs, withoutVolume, false}),
			noVolume, observe.MountAbsent, "",
		},
		{
			"shared processes, and only the sandbox can be looked at",
			debugger("web", process{"1", "pause", "0::/../cri-containerd-00ff.scope\n", withoutVolume, false}, process{"7", "web", besideUs, "", false}),
			noVolume, observe.MountAbsent, "",
		},
		{"the node's processes", debugger("web", process{"812", "other", ofAnotherPod, withVolume, true}), noVolume, observe.MountAbsent, ""},
		{"a process of this container in a cgroup of its own", debugger("web", process{"812", "worker", "0::/init\n", withVolume, true}), noVolume, observe.MountAbsent, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			change := func(p *plan) {
				if test.want != "" {
					p.routes["tcp "+apiAddress] = route{}
				}
			}
			o := world{change: change, after: test.make}.look(t)
			got := o.warningsAndFailures()
			if strings.HasPrefix(test.want, "volume.") { // the API cannot be reached either
				got = slices.DeleteFunc(got, func(result string) bool { return result == byPort })
			}
			if got := strings.Join(got, ", "); got != test.want {
				t.Errorf("got %s, want %s%s", got, test.want, o)
			}
			token := o.of("volume.token")
			if got := observe.VolumeMount.In(token.Observations); got != test.mount {
				t.Errorf("got the mount %q, want %q", got, test.mount)
			}
			if !strings.Contains(token.Summary, test.says) {
				t.Errorf("got %q, want %q in it", token.Summary, test.says)
			}
			if leak := o.leak(t); leak != "" {
				t.Errorf("the token is in the results: %s", leak)
			}
			if test.mount != observe.MountForeign {
				return
			}
			for _, id := range []string{"volume.ca", "volume.namespace", "token.claims", "tls.chain", "auth.review"} {
				if r := o.of(id); r.Status != observe.Skip || r.BlockedBy != "volume.token" {
					t.Errorf("%s: got %s, blocked by %q, want skip, by volume.token", id, r.Status, r.BlockedBy)
				}
			}
			if got := o.causes(); !slices.Contains(got, "net.api-down") || slices.Contains(got, "volume.not-mounted") {
				t.Errorf("got the causes %q, want net.api-down among them, and not volume.not-mounted", got)
			}
		})
	}
}

func TestAccountDir(t *testing.T) {
	t.Parallel()
	elsewhere := func(pod *Pod) error {
		pod.System.AccountDir = "/srv/account/"
		return os.Rename(filepath.Join(pod.System.Root, volumeDir), filepath.Join(pod.System.Root, "srv/account"))
	}
	prepared := func(pod *Pod) error { return os.MkdirAll(filepath.Join(pod.System.Root, "srv"), 0o755) }
	for _, test := range []struct {
		name, want string
		after      []func(*Pod) error
	}{
		{"it holds the files", "", []func(*Pod) error{prepared, elsewhere}},
		{"it is not there", "volume.token fail", []func(*Pod) error{func(pod *Pod) error {
			pod.System.AccountDir = "/srv/account"
			return nil
		}}},
		{"it is not there, in a debugging container", "volume.token fail", []func(*Pod) error{debugger("debugger-x7k2p"), func(pod *Pod) error {
			pod.System.AccountDir = "/srv/account"
			return nil
		}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := world{limit: 2 * time.Second, after: func(pod *Pod) error {
				for _, f := range test.after {
					if err := f(pod); err != nil {
						return err
					}
				}
				return nil
			}}.look(t)
			if got := strings.Join(o.warningsAndFailures(), ", "); got != test.want {
				t.Errorf("got %s, want %s%s", got, test.want, o)
			}
			if leak := o.leak(t); leak != "" {
				t.Errorf("the token is in the results: %s", leak)
			}
		})
	}
}
