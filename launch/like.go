package launch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/rand"

	"github.com/k8sdoctor/k8sdoctor/internal/handover"
	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/like"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

const (
	// longestCopy is when the kubelet ends a copy, where nothing says how long the call may take.
	longestCopy = 3 * time.Minute
	// meshStart is how long the doctor's own image tries again while a sidecar starts.
	meshStart = 15 * time.Second
)

// blindInCopy is what cannot be seen in a pod like the failing one.
func (l *Launcher) blindInCopy() []string {
	blind := []string{"the file system and memory of the failing container", "what its entrypoint exported", "its PersistentVolumeClaims and hostPath volumes"}
	if !l.SameNode {
		blind = append(blind, "what is wrong on the node of the failing pod only: --same-node runs there")
	}
	return blind
}

// like runs the doctor in a pod like the failing one, which is proved to be harmless before
// it is created, and deleted at the end.
func (l *Launcher) like(ctx context.Context, t *Target, state *cluster.State) ([]byte, error) {
	if started, _ := state.Started(); !l.Like && slices.Contains(startsNowhere, started) {
		return nil, NotPossibleError{"what keeps the pod from starting would keep a copy as well (--like tries it)"}
	}
	if l.lacks(ctx, authorizationv1.ResourceAttributes{Namespace: t.Pod.Namespace, Verb: "delete", Resource: "pods"}) {
		return nil, NotPossibleError{"there is no right to delete pods in namespace " + t.Pod.Namespace + ", and a copy is to be deleted at the end"}
	}
	around := l.surroundings(ctx, state)
	pod, injected, err := l.proved(ctx, t, around)
	if err != nil {
		return nil, ended(ctx, err)
	}
	inPod := *l
	inPod.Arguments = append(slices.Clone(l.Arguments), "--for-pod="+t.Pod.Name)
	if l.doctorImage() {
		pod.Spec.Containers[0].Args = append([]string{"check", "--output=json"}, inPod.Arguments...)
		if injected {
			pod.Spec.Containers[0].Args = append(pod.Spec.Containers[0].Args, "--wait="+meshStart.String())
		}
	}
	defer l.remove(ctx, pod)
	l.Progress(fmt.Sprintf("creating pod %s/%s, a pod like that of %s", pod.Namespace, pod.Name, t.Asked))
	got, err := l.create(ctx, pod, t)
	if err == nil {
		err = harmless(got, around)
	}
	if err != nil {
		return nil, ended(ctx, err)
	}
	data, err := inPod.inCopy(ctx, pod, t.Container)
	if now, getErr := l.Client.CoreV1().Pods(pod.Namespace).Get(ctx, pod.Name, metav1.GetOptions{}); err == nil && getErr == nil {
		l.copied = cluster.Read(ctx, l.Client, now)
	}
	return data, ended(ctx, err)
}

// startsNowhere are the states of a pod in which a copy of it would not start either.
var startsNowhere = []observe.Started{observe.NotAdmitted, observe.OverQuota, observe.Unscheduled, observe.NoVolume, observe.NoSandbox, observe.NoImage, observe.NoConfiguration, observe.CannotRun}

// doctorImage says whether the image is k8sdoctor's own, by its name. Any other has to have
// a shell.
func (l *Launcher) doctorImage() bool { return strings.Contains(nameOf(l.Image), "k8sdoctor") }

// ended is the reason for which a context ended, where it did, and else the error.
func ended(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// proved is the copy, as the API server would create it, and whether it gets containers of a
// mesh. Nothing is created: admission is asked by a trial
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run).
func (l *Launcher) proved(ctx context.Context, t *Target, around like.Surroundings) (pod *corev1.Pod, injected bool, err error) {
	pod, left := like.Copy(t.Pod, t.Container, like.Options{
		Suffix: rand.String(5), Image: l.Image, Doctor: l.doctorImage(), PullPolicy: corev1.PullPolicy(l.PullPolicy), SameNode: l.SameNode, Deadline: deadlineOf(ctx), Differ: l.differ,
	})
	pod, notes, refusal := like.Prove(pod, around)
	l.notes = slices.Concat(l.notes, left, notes)
	if refusal != nil {
		return nil, false, NotPossibleError{notHarmless + refusal.Error()}
	}
	trial := pod.DeepCopy()
	trial.OwnerReferences = nil // there is no Job yet
	trial, err = l.Client.CoreV1().Pods(pod.Namespace).Create(ctx, trial, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		return nil, false, NotPossibleError{"the API server does not admit the copy: " + err.Error()}
	}
	trial.OwnerReferences = pod.OwnerReferences
	if err := harmless(trial, around); err != nil {
		return nil, false, err
	}
	added, injected := like.Added(pod, trial)
	l.notes = append(l.notes, added...)
	return pod, injected, nil
}

const notHarmless = "a copy would not be harmless: "

// harmless refuses a copy that is not what was proved.
func harmless(pod *corev1.Pod, around like.Surroundings) error {
	if err := like.Still(pod, around); err != nil {
		return NotPossibleError{notHarmless + err.Error()}
	}
	return nil
}

func deadlineOf(ctx context.Context) time.Duration {
	at, set := ctx.Deadline()
	if !set {
		return longestCopy
	}
	return max(time.Until(at).Round(time.Second)+cleanup, time.Minute)
}

// inCopy waits for the copy and returns the doctor's report from it.
func (l *Launcher) inCopy(ctx context.Context, pod *corev1.Pod, container string) ([]byte, error) {
	running, err := l.copyStarted(ctx, pod, container)
	if err != nil {
		return nil, err
	}
	l.Progress("running k8sdoctor there, on node " + running.Spec.NodeName)
	if !l.doctorImage() {
		return l.into(ctx, running, container, []string{"/tmp", "/var/tmp", "/run", "/dev/shm", "/"})
	}
	if err := l.terminated(ctx, running, container); err != nil {
		return nil, err
	}
	return l.reported(ctx, running, container)
}

// logAttempts is how often a report is fetched that came cut.
const logAttempts = 3

// reported is the report that the doctor printed; it is fetched again where it came cut
// (https://github.com/kubernetes/kubernetes/issues/124571).
func (l *Launcher) reported(ctx context.Context, pod *corev1.Pod, container string) (data []byte, err error) {
	for range logAttempts {
		if data, err = l.logs(ctx, pod, container); err != nil {
			return nil, err
		}
		if report := jsonIn(data); report != nil {
			return report, nil
		}
		time.Sleep(pollEvery)
	}
	return nil, fmt.Errorf("the output of image %s is no report of k8sdoctor: %.200q", l.Image, data)
}

func (l *Launcher) logs(ctx context.Context, pod *corev1.Pod, container string) ([]byte, error) {
	stream, err := l.Client.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Container: container}).Stream(ctx)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	return io.ReadAll(io.LimitReader(stream, handover.MaxReport))
}

// jsonIn is the JSON object that begins a line, nil where there is none or it is cut.
func jsonIn(data []byte) []byte {
	if i := bytes.Index(append([]byte("\n"), data...), []byte("\n{")); i >= 0 {
		var object json.RawMessage
		if json.NewDecoder(bytes.NewReader(data[i:])).Decode(&object) == nil {
			return object
		}
	}
	return nil
}
