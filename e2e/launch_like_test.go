//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/k8sdoctor/k8sdoctor/causes"
)

// TestLaunchLike has the launcher make pods that are like those of an application.
func TestLaunchLike(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	_, objects := app.split(t, "like.yaml", values{"SHELL_IMAGE": shellImage(t)})
	app.apply(t, objects)
	for _, ready := range []string{"pod/completed", "pod/published"} {
		app.kubectl(t, "wait", ready, "--for=jsonpath={.status.phase}=Succeeded", "--timeout=1m")
	}
	app.kubectl(t, "wait", "pod", "--selector=app=crashing", "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff", "--timeout=2m")
	before := app.asked(t)
	for _, target := range []string{"deployment/web", "daemonset/agent", "statefulset/db", "replicaset/cache"} {
		t.Run("beside "+target, func(t *testing.T) { app.copied(t, target) })
	}
	for target, flags := range map[string][]string{"deployment/crashing": {"--like"}, "pod/completed": nil} {
		t.Run(target, func(t *testing.T) {
			l := app.launch(t, append(flags, target, "-o", "json")...)
			r := l.names(t, 0, "", "")
			if r.Launch.Way != "like" || !r.Pod.Doctor || r.Pod.For != r.Pod.Name || len(r.Launch.CannotSee) == 0 {
				t.Errorf("got %+v and %+v, want a pod like it", r.Launch, r.Pod)
			}
		})
	}
	for target, because := range map[string]string{
		"pod/published": "Service peers would send requests to the copy",
		"pod/nowhere":   "the scheduler finds no node for the copy",
		"pod/unset":     `container main of the copy does not start: CreateContainerConfigError: secret "absent" not found`,
	} {
		t.Run(target+" is refused", func(t *testing.T) {
			r := app.launch(t, target, "--like", "-o", "json").report(t)
			if last := r.Launch.NotTaken[len(r.Launch.NotTaken)-1]; last.Way != "like" || !strings.Contains(last.Because, because) || r.Launch.Way != "" {
				t.Errorf("got %+v, want %q", last, because)
			}
		})
	}
	t.Run("no shell", func(t *testing.T) {
		r := app.launch(t, "deployment/web", "--like", "-o", "json").report(t)
		if last := r.Launch.NotTaken[len(r.Launch.NotTaken)-1]; !strings.Contains(last.Because, "has no shell: give one that has, or one of k8sdoctor, as --image IMAGE") {
			t.Errorf("got %+v, want that the image has no shell", last)
		}
	})
	app.same(t, before)
	t.Run("killed at each step", func(t *testing.T) { app.copyKilled(t, before) })
}

// copied has a pod made like one of a workload, while its clients go on.
func (a app) copied(t *testing.T, target string) {
	_, name, _ := strings.Cut(target, "/")
	deadline(t, time.Minute, func() bool { return a.allowed(t, name) != "0" })
	before := a.counts(t)
	seen := a.watch(t, name, func() {
		l := a.launch(t, target, "--like", "--image", "k8sdoctor:dev", "--image-pull-policy", "Never", "-o", "json")
		if r := l.names(t, 1, "net.policy-denies", causes.Certain); r.Launch.Way != "like" || !slices.ContainsFunc(r.Verdict.Causes[0].Evidence, func(e string) bool { return strings.Contains(e, "deny-egress has no egress rule") }) {
			t.Errorf("got %+v and %+v, want the policy of its label", r.Launch, r.Verdict.Causes[0])
		}
	})
	seen.check(t)
	a.requests(t, before)
	if slices.Min(seen.budget) != slices.Max(seen.budget) {
		t.Errorf("the disruptions allowed changed: %v", seen.budget)
	}
}

// copyKilled ends the launcher at many moments of its run, as kill -9 and Ctrl-C do. What
// kill -9 leaves belongs to a Job that the cluster deletes when its time is over; the test
// does not wait for that time, and shortens it.
func (a app) copyKilled(t *testing.T, before []string) {
	started := time.Now()
	a.launch(t, "pod/completed")
	whole := time.Since(started)
	left, steps := 0, 3
	if everyStep {
		steps = 10
	}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGKILL} {
		for step := range steps {
			cmd := a.launcher(context.Background(), t, "pod/completed")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(whole * time.Duration(1+2*step) / time.Duration(2*steps))
			cmd.Process.Signal(signal)
			cmd.Wait()
			if signal == syscall.SIGKILL {
				left += a.shorten(t)
			} else {
				a.same(t, before)
			}
		}
	}
	if left == 0 {
		t.Error("the launcher was never killed while there was a copy: this test sees nothing")
	}
	t.Logf("%d pods were left by a launcher that was killed", left)
	for end := time.Now().Add(2 * time.Minute); len(a.differences(t, before)) > 0 && time.Now().Before(end); {
		time.Sleep(time.Second)
	}
	a.same(t, before)
}

// asked are the objects of the namespace, and the addresses that its Services send requests
// to. That an EndpointSlice was changed and changed back is no difference.
func (a app) asked(t *testing.T) []string {
	t.Helper()
	list := strings.Split(a.objects(t), "\n")
	for i, line := range list {
		if fields := strings.Fields(line); len(fields) > 1 && fields[1] == "EndpointSlice" {
			list[i] = strings.Join(fields[:4], " ")
		}
	}
	addresses := strings.Fields(a.kubectl(t, "get", "endpointslices", "--output=jsonpath={range .items[*].endpoints[*]}{.targetRef.name}={.addresses[0]}={.conditions.serving}{\"\\n\"}{end}"))
	slices.Sort(addresses)
	return append(list, addresses...)
}

// same demands that the objects are those of before.
func (a app) same(t *testing.T, before []string) {
	t.Helper()
	for _, line := range a.differences(t, before) {
		t.Error(line)
	}
}

// differences are the lines that are gone, and those that are new.
func (a app) differences(t *testing.T, before []string) (list []string) {
	t.Helper()
	after := a.asked(t)
	for _, line := range before {
		if !slices.Contains(after, line) {
			list = append(list, fmt.Sprintf("gone: %.300s", line))
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			list = append(list, fmt.Sprintf("new: %.300s", line))
		}
	}
	return list
}

// shorten looks at what a launcher that was killed has left, and has its time be over. It
// returns how many pods there are.
func (a app) shorten(t *testing.T) (pods int) {
	t.Helper()
	var list struct{ Items []json.RawMessage }
	decode(t, []byte(a.kubectl(t, "get", "jobs,pods", "--output=json")), &list)
	owners := map[string]string{} // of pods
	for _, item := range list.Items {
		var pod corev1.Pod
		decode(t, item, &pod)
		if pod.Kind == "Pod" && strings.HasPrefix(pod.Name, "k8sdoctor-like-") && pod.DeletionTimestamp == nil {
			pods++
			if owners[pod.Name] = ""; len(pod.OwnerReferences) == 1 {
				owners[pod.Name] = string(pod.OwnerReferences[0].UID)
			}
		}
	}
	for _, item := range list.Items {
		var job batchv1.Job
		decode(t, item, &job)
		if job.Kind != "Job" || !strings.HasPrefix(job.Name, "k8sdoctor-like-") {
			continue
		}
		if ttl := job.Spec.TTLSecondsAfterFinished; ttl == nil || *ttl != 600 && *ttl != 1 {
			t.Errorf("job/%s has a TTL of %v, want 600", job.Name, ttl)
		}
		a.kubectl(t, "patch", "job", job.Name, "--patch", `{"spec":{"ttlSecondsAfterFinished":1}}`)
		if owners[job.Name] == string(job.UID) {
			delete(owners, job.Name)
		}
	}
	for name := range owners {
		t.Errorf("pod/%s does not belong to a Job that ends", name)
	}
	return pods
}
