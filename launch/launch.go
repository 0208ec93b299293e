package launch

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/streaming/pkg/httpstream"

	"github.com/k8sdoctor/k8sdoctor/internal/handover"
	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/like"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/redact"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// Launcher examines pods of one cluster.
type Launcher struct {
	Config  *rest.Config
	Client  kubernetes.Interface
	Doctors Doctors
	Version string
	// Arguments are for the doctor's command check.
	Arguments []string
	NoExec    bool
	// NoEphemeral adds no ephemeral container to the pod.
	NoEphemeral bool
	// Like asks for a pod like the failing one; SameNode has that on the same node.
	Like, SameNode bool
	// Image is for containers that are added; empty for one that the node has.
	Image string
	// PullPolicy is the imagePullPolicy of Image; empty for the API server's own choice.
	PullPolicy string
	// Progress is told each step.
	Progress func(text string)
	// differ is in what a pod like the failing one is made to differ.
	differ like.Difference
	// notes are what else there is to know of the way that was taken, and copied the state of the
	// pod that stood in for another one.
	notes  []string
	copied *cluster.State
	// left is why a copy could not be deleted.
	left error
}

// The ways, as reports name them.
const (
	wayExec      = "exec"
	wayEphemeral = "ephemeral"
	wayLike      = "like"
)

// way is one way to run the doctor as the pod would run.
type way struct {
	name string
	// blind is what it cannot see.
	blind []string
	// run returns the doctor's report, or a NotPossibleError if the next way is to be taken.
	run func(context.Context, *Target, *cluster.State) ([]byte, error)
}

func (l *Launcher) ways() []way {
	return []way{
		{wayExec, nil, l.exec},
		{wayEphemeral, blindEphemeral, l.ephemeral},
		{wayLike, l.blindInCopy(), l.like},
	}
}

// Examine runs the doctor in the pod of the target, by the first way that is possible, and
// adds what the cluster's API knows of the pod.
func (l *Launcher) Examine(ctx context.Context, t *Target) (report.Report, error) {
	started := time.Now()
	state := cluster.Read(ctx, l.Client, t.Pod)
	launch := &report.Launch{Target: t.Asked, Chosen: t.Chosen, Container: t.Container, NotSeen: NotSeen(state)}
	l = l.beside(state)
	ways, windows := l.ways(), ofWindows(t.Pod, state.Node)
	if windows {
		ways = nil
	}
	unreachable := false
	for _, w := range ways {
		if l.Like && w.name != wayLike {
			launch.NotTaken = append(launch.NotTaken, report.NotTaken{Way: w.name, Because: "--like asks for a pod like it"})
			continue
		}
		if unreachable && w.name == wayEphemeral {
			launch.NotTaken = append(launch.NotTaken, report.NotTaken{Way: w.name, Because: "the kubelet that would start the container cannot be reached"})
			continue
		}
		r, err := l.try(ctx, w, t, state)
		if err != nil {
			unreachable = unreachable || strings.Contains(err.Error(), noKubelet)
			_, bad := errors.AsType[callError](err)
			if interrupted := errors.Is(ctx.Err(), context.Canceled); interrupted || bad {
				return report.Report{}, fmt.Errorf("%s: %w", w.name, err)
			}
			launch.NotTaken = append(launch.NotTaken, report.NotTaken{Way: w.name, Because: err.Error()})
			if ctx.Err() != nil { // no time is left for another way
				break
			}
			continue
		}
		launch.Way, launch.CannotSee, launch.Notes = w.name, w.blind, l.notes
		r.Launch = launch.Printable()
		return r, nil
	}
	r := report.Report{APIVersion: "k8sdoctor/v1", Kind: "Report", Version: l.Version, Started: started.UTC().Truncate(time.Millisecond), Took: observe.Milliseconds(time.Since(started)), Attempt: 1}
	r.Incomplete = "k8sdoctor did not run in the pod"
	if windows {
		r.Incomplete += ": it is one of Windows, and k8sdoctor runs on Linux; a pod with its labels on a Linux node meets the same policies"
	}
	for _, n := range launch.NotTaken {
		r.Incomplete += "; " + n.Way + ": " + n.Because
	}
	r.Incomplete, r.Launch = redact.Printable(r.Incomplete), launch.Printable()
	return Merge(r, state), nil
}

// NotSeen is what of a state could not be read, as reports have it.
func NotSeen(state *cluster.State) (list []report.NotSeen) {
	for _, n := range state.NotSeen {
		list = append(list, report.NotSeen{What: n.What, Rule: n.Rule.String(), Because: n.Because, Decides: n.Decides})
	}
	return list
}

// noKubelet is what the API server says where it cannot reach the kubelet of a node
// (k8s.io/apimachinery, pkg/util/proxy/upgradeaware.go).
const noKubelet = "error dialing backend"

// beside is a launcher for one examination, beside what the cluster's API knows.
func (l *Launcher) beside(state *cluster.State) *Launcher {
	one := *l
	one.notes, one.copied, one.left, one.Arguments = nil, nil, nil, slices.Clone(l.Arguments)
	for _, at := range cluster.Backends(state.API, state.APISlices, corev1.ProtocolTCP) {
		one.Arguments = append(one.Arguments, "--endpoint="+at.String())
	}
	return &one
}

// try takes one way, and adds what the cluster's API knows to its report.
func (l *Launcher) try(ctx context.Context, w way, t *Target, state *cluster.State) (report.Report, error) {
	data, err := w.run(ctx, t, state)
	if err != nil {
		return report.Report{}, l.ofOtherVersion(err)
	}
	r, err := report.Read(bytes.NewReader(data))
	if err != nil {
		return r, l.ofOtherVersion(err)
	}
	if note := handover.DifferentVersions(r.Version, l.Version); note != "" {
		l.notes = append(l.notes, note)
	}
	if w.name != wayLike {
		return Merge(r, state), nil
	}
	of := cmp.Or(l.copied, state)
	r.Results = append(of.ResultsOfCopy(state, time.Now(), observe.All(r.Results)), r.Results...)
	r.Pod.Name, r.Pod.Namespace, r.Pod.Node, r.Pod.IP = t.Pod.Name, t.Pod.Namespace, of.Pod.Spec.NodeName, of.Pod.Status.PodIP
	r.Pod.ServiceAccount = cluster.AccountOf(t.Pod)
	r.Pod.Doctor, r.Pod.For = true, t.Pod.Name // which a pod that was never created does not have
	return r.Rediagnosed(), nil
}

// Merge adds to a report what is known of its pod from outside, and judges both together.
func Merge(r report.Report, state *cluster.State) report.Report {
	pod := state.Pod
	r.Results = append(state.Results(time.Now(), observe.All(r.Results)), r.Results...)
	r.Pod.Name, r.Pod.Namespace, r.Pod.Node, r.Pod.IP = pod.Name, pod.Namespace, pod.Spec.NodeName, pod.Status.PodIP
	r.Pod.ServiceAccount = cluster.AccountOf(pod)
	return r.Rediagnosed()
}

// exec runs the doctor in the container itself.
func (l *Launcher) exec(ctx context.Context, t *Target, _ *cluster.State) ([]byte, error) {
	if l.NoExec {
		return nil, NotPossibleError{"--no-exec forbids it"}
	}
	if because := notToBeTouched(t); because != "" {
		return nil, NotPossibleError{because}
	}
	if t.Pod.Spec.Resources != nil { // what its containers take together is not seen from inside of one
		if because := l.noRoom(ctx, t.Pod); because != "" {
			return nil, NotPossibleError{because}
		}
	}
	l.Progress(fmt.Sprintf("running k8sdoctor in container %s of pod %s/%s", t.Container, t.Pod.Namespace, t.Pod.Name))
	return l.into(ctx, t.Pod, t.Container, dirsOf(t))
}

// into takes the doctor into a running container, runs it there, and returns its report.
func (l *Launcher) into(ctx context.Context, pod *corev1.Pod, container string, dirs []string) ([]byte, error) {
	data, _, err := Exec(ctx, l.stream(pod, container), l.Doctors, dirs, append([]string{"check", "--handover"}, l.Arguments...))
	return data, err
}

// dirsOf are where the program may lie for a moment: directories of the container itself,
// and volumes that live with the pod. What outlives the pod, or has little room, is left
// alone.
func dirsOf(t *Target) []string {
	usual := []string{"/tmp", "/var/tmp", "/run", "/dev/shm", "/"}
	var extra []string
	for _, c := range t.Pod.Spec.Containers {
		if c.Name != t.Container {
			continue
		}
		for _, m := range c.VolumeMounts {
			i := slices.IndexFunc(t.Pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name })
			at := path.Clean(m.MountPath)
			if i < 0 || m.ReadOnly {
				continue
			}
			empty := t.Pod.Spec.Volumes[i].EmptyDir
			if empty != nil && (empty.SizeLimit == nil || empty.SizeLimit.Value() >= spare*needed) {
				if !slices.Contains(usual, at) {
					extra = append(extra, at)
				}
				continue
			}
			usual = slices.DeleteFunc(usual, func(dir string) bool { return dir == at || strings.HasPrefix(dir, at+"/") })
		}
	}
	return slices.Concat(usual, extra)
}

// stream runs commands as kubectl exec does.
func (l *Launcher) stream(pod *corev1.Pod, container string) Stream {
	return func(ctx context.Context, command []string, stdin io.Reader, stdout, stderr io.Writer) error {
		return l.connect(ctx, pod, "exec", &corev1.PodExecOptions{Container: container, Command: command, Stdin: true, Stdout: true, Stderr: true},
			remotecommand.StreamOptions{Stdin: stdin, Stdout: stdout, Stderr: stderr})
	}
}

// connect opens streams to a container: by WebSocket, and by SPDY where a proxy or an old
// API server does not let that pass.
func (l *Launcher) connect(ctx context.Context, pod *corev1.Pod, subresource string, options runtime.Object, streams remotecommand.StreamOptions) error {
	request := l.Client.CoreV1().RESTClient().Post().Resource("pods").Namespace(pod.Namespace).Name(pod.Name).SubResource(subresource).
		VersionedParams(options, scheme.ParameterCodec)
	socket, err := remotecommand.NewWebSocketExecutor(l.Config, "GET", request.URL().String())
	if err != nil {
		return err
	}
	spdy, err := remotecommand.NewSPDYExecutor(l.Config, "POST", request.URL())
	if err != nil {
		return err
	}
	executor, err := remotecommand.NewFallbackExecutor(socket, spdy, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
	if err != nil {
		return err
	}
	return executor.StreamWithContext(ctx, streams)
}
