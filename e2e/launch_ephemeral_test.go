//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

const byEphemeral = "ephemeral"

// TestLaunchEphemeral examines pods without a shell in a namespace that enforces "restricted".
func TestLaunchEphemeral(t *testing.T) {
	t.Parallel()
	image := programImage(t, "./web")
	if _, err := plugin(); err != nil { // before anything is timed
		t.Fatal(err)
	}
	kinds := map[string][]string{"image of k8sdoctor": {"--image", "k8sdoctor:dev", "--image-pull-policy", "Never"}}
	if os.Getenv(toolboxImage) != "" {
		kinds["image that the node has"] = nil
	} else {
		kinds["image with a shell"] = []string{"--image", shellImage(t), "--image-pull-policy", "Never"}
	}
	for kind, flags := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for name, run := range map[string]func(shellless, *testing.T){
				"verdicts": shellless.verdicts, "killed after the patch": shellless.killedAfterPatch, "killed while it runs": shellless.killedWhileItRuns,
				"no memory beside it": shellless.full, "forbidden": shellless.forbidden,
			} {
				if name == "killed after the patch" && kind != "image of k8sdoctor" && !everyStep { // a minute and a half
					continue
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					ns := newNamespace(t, true)
					_, objects := ns.split(t, "without-shell.yaml", values{"IMAGE": image})
					ns.apply(t, objects)
					ns.kubectl(t, "wait", "pod", "--all", "--for=condition=Ready", "--timeout=1m")
					run(shellless{ns, flags}, t)
				})
			}
		})
	}
}

// shellless is a namespace with the pods of testdata/without-shell.yaml.
type shellless struct {
	namespace
	flags []string
}

func (s shellless) pod(t *testing.T, name string) (p corev1.Pod) {
	t.Helper()
	if err := json.Unmarshal([]byte(s.kubectl(t, "get", "pod", name, "--output=json")), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// examine runs the launcher to its end.
func (s shellless) examine(t *testing.T, args ...string) launched {
	t.Helper()
	l := s.launch(t, slices.Concat(args, []string{"-o", "json"}, s.flags)...)
	if jwt.MatchString(l.stdout + l.stderr) {
		t.Error("a token is in the report or in the progress")
	}
	return l
}

func (s shellless) verdicts(t *testing.T) {
	before := s.pod(t, "web")
	l := s.examine(t, "pod/web")
	s.unchanged(t, before, l, 1)
	if r := l.names(t, 0, "", ""); r.Launch.Way != byEphemeral || r.Status != observe.Pass || r.Incomplete != "" || r.Pod.Doctor {
		t.Errorf("got %+v: %s, %+v, want nothing found in a pod that is not k8sdoctor's own", r.Launch, r.Status, r.Pod)
	} else if notes := strings.Join(r.Launch.Notes, "\n"); !strings.Contains(notes, "NODE_EXTRA_CA_CERTS is left out") || !strings.Contains(notes, "stays listed in the pod") {
		t.Errorf("got the notes\n%s\nwant what is left out, and what is left", notes)
	}
	s.apply(t, read(t, "testdata/deny-all.yaml"))
	deadline(t, time.Minute, func() bool { // until the policy is enforced
		l = s.examine(t, "pod/web")
		return l.status != 0
	})
	if r := l.names(t, 1, "net.policy-denies", causes.Certain); r.Launch.Way != byEphemeral {
		t.Errorf("got %+v, want an ephemeral container", r.Launch)
	}
}

// unchanged demands that the pod has what was announced, which has ended well, and is as it
// was but for that.
func (s shellless) unchanged(t *testing.T, before corev1.Pod, l launched, want int) {
	t.Helper()
	var after corev1.Pod
	deadline(t, 10*time.Second, func() bool {
		after = s.pod(t, before.Name)
		return !slices.ContainsFunc(after.Status.EphemeralContainerStatuses, func(c corev1.ContainerStatus) bool { return c.State.Terminated == nil })
	})
	added := after.Spec.EphemeralContainers
	if len(added) != want || len(after.Status.EphemeralContainerStatuses) != want {
		t.Fatalf("got the ephemeral containers %+v, want %d", added, want)
	}
	for i, c := range added {
		if state := after.Status.EphemeralContainerStatuses[i].State; state.Terminated.ExitCode != 0 || !strings.Contains(l.stderr, "adding the ephemeral container "+c.Name+" to pod ") {
			t.Errorf("got %s, which ended with %+v, and %q", c.Name, state.Terminated, l.stderr)
		}
		var mounts []string
		for _, m := range c.VolumeMounts {
			mounts = append(mounts, m.MountPath)
		}
		if slices.Sort(mounts); !slices.Equal(mounts, []string{"/var/run/secrets/kubernetes.io/serviceaccount", "/var/run/secrets/tokens"}) || *c.SecurityContext.RunAsUser != 10001 {
			t.Errorf("got the mounts %q and the user %d", mounts, *c.SecurityContext.RunAsUser)
		}
	}
	after.Spec.EphemeralContainers = nil
	if !reflect.DeepEqual(before.Spec, after.Spec) || !reflect.DeepEqual(before.Labels, after.Labels) || !reflect.DeepEqual(before.Annotations, after.Annotations) {
		t.Errorf("got another pod:\n%+v\nbefore\n%+v", after, before)
	}
	if !reflect.DeepEqual(before.Status.ContainerStatuses, after.Status.ContainerStatuses) {
		t.Errorf("got other containers:\n%+v\nbefore\n%+v", after.Status.ContainerStatuses, before.Status.ContainerStatuses)
	}
}

// kill starts the launcher and kills it once it has said something, and a while later.
func (s shellless) kill(t *testing.T, at string, later time.Duration) {
	t.Helper()
	cmd := s.launcher(t.Context(), t, append(s.flags, "pod/web", "--timeout=8s")...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	var said []byte
	for piece := make([]byte, 1<<10); !bytes.Contains(said, []byte(at)); {
		n, err := stderr.Read(piece)
		if said = append(said, piece[:n]...); err != nil {
			t.Fatalf("got %q, want %q", said, at)
		}
	}
	time.Sleep(later)
}

// end waits until the ephemeral container has ended, and returns how.
func (s shellless) end(t *testing.T, within time.Duration) (end *corev1.ContainerStateTerminated) {
	t.Helper()
	deadline(t, within, func() bool {
		if statuses := s.pod(t, "web").Status.EphemeralContainerStatuses; len(statuses) == 1 {
			end = statuses[0].State.Terminated
		}
		return end != nil
	})
	return end
}

// killedAfterPatch has nobody attach to the container.
func (s shellless) killedAfterPatch(t *testing.T) {
	s.kill(t, "adding the ephemeral container", 200*time.Millisecond)
	end := s.end(t, 90*time.Second) // --timeout and the minute that the way may take
	if took := end.FinishedAt.Sub(end.StartedAt.Time); end.ExitCode == 0 || end.ExitCode == 137 || took > 70*time.Second {
		t.Errorf("got %+v after %s, want that it ended by itself", end, took)
	}
}

// killedWhileItRuns cuts the connection while the doctor waits for answers.
func (s shellless) killedWhileItRuns(t *testing.T) {
	s.apply(t, read(t, "testdata/deny-all.yaml"))
	time.Sleep(5 * time.Second) // until the policy is enforced
	s.kill(t, "running k8sdoctor in the ephemeral container", 2*time.Second)
	if end := s.end(t, 15*time.Second); end.FinishedAt.Sub(end.StartedAt.Time) > 8*time.Second {
		t.Errorf("got %+v, want that it ended when the launcher was gone", end)
	}
}

// full has no room for a container beside the application.
func (s shellless) full(t *testing.T) {
	before := s.pod(t, "full")
	l := s.examine(t, "pod/full")
	s.unchanged(t, before, l, 0)
	if not := l.report(t).Launch.NotTaken; !slices.ContainsFunc(not, func(n report.NotTaken) bool {
		return n.Way == byEphemeral && strings.HasPrefix(n.Because, "the memory limit of the whole pod is 16Mi")
	}) {
		t.Errorf("got %+v, want that there is no memory", not)
	}
}

func (s shellless) forbidden(t *testing.T) {
	before := s.pod(t, "web")
	l := s.examine(t, "pod/web", "--no-ephemeral")
	s.unchanged(t, before, l, 0)
	if not := l.report(t).Launch.NotTaken; !slices.Contains(not, report.NotTaken{Way: byEphemeral, Because: "--no-ephemeral forbids it"}) {
		t.Errorf("got %+v, want that it is forbidden", not)
	}
}
