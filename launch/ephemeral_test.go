package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

var pods = schema.GroupResource{Resource: "pods"}

func forbidden(text string) error { return apierrors.NewForbidden(pods, "web", errors.New(text)) }

// waits is a container that has not started, and why.
func waits(reason, message string) *corev1.ContainerState {
	return &corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

func ends(reason string, status int32, message string) *corev1.ContainerState {
	return &corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: reason, ExitCode: status, Message: message}}
}

const (
	startError = `runc create failed: exec: "sh": executable file not found in $PATH`
	denied     = `violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or containers "app", "debugger-1" must set it)`
)

// TestEphemeralContainerIsNotPossible says why, and what was left in the pod.
func TestEphemeralContainerIsNotPossible(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(p *corev1.Pod, c *corev1.Container)
		set    func(l *Launcher)
		deny   bool  // the right to attach
		refuse error // of the patch
		// state of what was added.
		state *corev1.ContainerState
		added int
		want  string
	}{
		{name: "it is forbidden", set: func(l *Launcher) { l.NoEphemeral = true }, want: "--no-ephemeral forbids it"},
		{name: "a static pod", change: func(p *corev1.Pod, _ *corev1.Container) {
			p.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "x"}
		}, want: "the pod is static"},
		{name: "nothing has run in it", change: func(p *corev1.Pod, _ *corev1.Container) {
			p.Status.Phase = corev1.PodPending
			p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "app", State: *waits("ErrImageNeverPull", "image is not present")}}
		}, want: "what keeps the pod from starting is known without it"},
		{name: "being deleted", change: func(p *corev1.Pod, _ *corev1.Container) { p.DeletionTimestamp = &metav1.Time{Time: time.Now()} }, want: "the pod is being deleted"},
		{name: "ended", change: func(p *corev1.Pod, _ *corev1.Container) { p.Status.Phase = corev1.PodSucceeded }, want: "the pod has ended (Succeeded)"},
		{name: "no address", change: func(p *corev1.Pod, _ *corev1.Container) { p.Status.PodIP = "" }, want: "the pod has no network yet"},
		{name: "no sandbox", change: func(p *corev1.Pod, _ *corev1.Container) {
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReadyToStartContainers, Status: corev1.ConditionFalse}}
		}, want: "the pod has no network yet"},
		{name: "little memory", change: func(_ *corev1.Pod, c *corev1.Container) {
			c.Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("64Mi")}
		}, want: "the memory limit of the whole pod is 64Mi"},
		{name: "no image", set: func(l *Launcher) { l.Image = "" }, want: "no image of its containers is known to have a shell, and those of its node may not be read: name one"},
		{name: "no right to attach", deny: true, want: "there is no right to create pods/attach in namespace shop"},
		{name: "no right to patch", refuse: forbidden(`User "u" cannot patch resource "pods/ephemeralcontainers" in API group ""`), added: 1, want: "there is no right to patch pods/ephemeralcontainers in namespace shop"},
		{name: "Pod Security", refuse: forbidden(denied), added: 1, want: "Pod Security does not allow it: "},
		{name: "Pod Security, because of an earlier one", change: func(p *corev1.Pod, _ *corev1.Container) {
			p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debugger-1"}}}
		}, refuse: forbidden(denied), added: 1, want: "because of the ephemeral container debugger-1 that was added before"},
		{name: "an old API server", refuse: apierrors.NewGenericServerResponse(404, "patch", pods, "", "the server could not find the requested resource", 0, true), added: 1, want: "the API server knows no ephemeral containers"},
		{name: "the pod is gone", refuse: apierrors.NewNotFound(pods, "web"), added: 1, want: "the pod is gone"},
		{name: "a webhook", refuse: apierrors.NewBadRequest("admission webhook \"x\" denied the request:\nno"), added: 1, want: `the API server does not allow it: admission webhook "x" denied the request: no`},
		{name: "the image is not on the node", state: waits("ErrImageNeverPull", "not present"), added: 1, want: "image tools:1 is not on the node: name an image"},
		{name: "the image of the pod is gone from the node", set: func(l *Launcher) { l.Image = "" }, change: func(_ *corev1.Pod, c *corev1.Container) { c.Image = "busybox" }, state: waits("ErrImageNeverPull", ""), added: 1, want: "image busybox is not on the node"},
		{name: "no pull", state: waits("ErrImagePull", "dial tcp:\nrefused"), added: 1, want: "does not start: ErrImagePull: dial tcp: refused"},
		{name: "no configuration", state: waits("CreateContainerConfigError", `secret "s" not found`), added: 1, want: `CreateContainerConfigError: secret "s" not found`},
		{name: "neither a shell nor a doctor", state: waits("RunContainerError", startError), added: 2, want: "image tools:1 has no shell with head and sha256sum; image tools:1 has no /k8sdoctor: name an image"},
		{name: "the same, as it ended", state: ends("StartError", 128, startError), added: 2, want: "image tools:1 has no /k8sdoctor"},
		{name: "it ends at once", state: ends("Error", 3, "what\nit said"), added: 1, want: "ended at once: Error, exit status 3 what it said"},
		{name: "it never starts", state: waits("ContainerCreating", ""), added: 1, want: "has not started within 40s (ContainerCreating)"},
		{name: "the kubelet says nothing", added: 1, want: "has not started within 40s (not started)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				target := running(tc.change)
				client := fake.NewClientset(target.Pod)
				var patches []corev1.EphemeralContainer
				client.PrependReactor("create", "selfsubjectaccessreviews", func(clienttesting.Action) (bool, runtime.Object, error) {
					return true, &authorizationv1.SelfSubjectAccessReview{Status: authorizationv1.SubjectAccessReviewStatus{Allowed: !tc.deny}}, nil
				})
				client.PrependReactor("patch", "pods", func(a clienttesting.Action) (bool, runtime.Object, error) {
					patch := a.(clienttesting.PatchAction)
					var p corev1.Pod
					if err := json.Unmarshal(patch.GetPatch(), &p); err != nil || patch.GetSubresource() != "ephemeralcontainers" || len(p.Spec.EphemeralContainers) != 1 {
						t.Errorf("got the patch %s of %s", patch.GetPatch(), patch.GetSubresource())
					}
					patches = append(patches, p.Spec.EphemeralContainers...)
					return true, &p, tc.refuse
				})
				client.PrependReactor("get", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
					p := target.Pod.DeepCopy()
					for _, c := range patches {
						if tc.state != nil {
							p.Status.EphemeralContainerStatuses = append(p.Status.EphemeralContainerStatuses, corev1.ContainerStatus{Name: c.Name, State: *tc.state})
						}
					}
					return true, p, nil
				})
				var said []string
				l := &Launcher{Client: client, Image: "tools:1", Progress: func(text string) { said = append(said, text) }}
				if tc.set != nil {
					tc.set(l)
				}
				_, err := l.ephemeral(t.Context(), target, &cluster.State{Pod: target.Pod})
				if not, ok := errors.AsType[NotPossibleError](err); !ok || !strings.Contains(err.Error(), tc.want) || strings.Contains(not.Because, "\n") {
					t.Errorf("got %v, want %q", err, tc.want)
				}
				if len(patches) != tc.added || len(said) != tc.added || l.notes != nil {
					t.Errorf("got %d containers and %q, want %d, each announced, and no notes", len(patches), said, tc.added)
				}
				for i, c := range patches {
					valid(t, target.Pod, c)
					if want := fmt.Sprintf("adding the ephemeral container %s to pod shop/web (image ", c.Name); !strings.HasPrefix(said[i], want) || !strings.HasSuffix(said[i], "it stays listed in the pod until the pod is deleted") {
						t.Errorf("got %q, want %q", said[i], want)
					}
				}
			})
		})
	}
}

// TestNothingIsAddedForAnUnknownMachine as no doctor is at hand for it.
func TestNothingIsAddedForAnUnknownMachine(t *testing.T) {
	target := running(nil)
	l := &Launcher{Client: fake.NewClientset(target.Pod), Image: "tools:1", Progress: func(text string) { t.Errorf("got %q", text) }}
	node := &corev1.Node{Status: corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{Architecture: "s390x"}}}
	_, err := l.ephemeral(t.Context(), target, &cluster.State{Pod: target.Pod, Node: node})
	if err == nil || !strings.Contains(err.Error(), "no k8sdoctor for a node of architecture s390x is at hand") {
		t.Errorf("got %v, want that there is no doctor for it", err)
	}
	l.Image = ""
	if _, err := l.ephemeral(t.Context(), target, &cluster.State{Pod: target.Pod, Node: node}); err == nil || !strings.Contains(err.Error(), "no image that its node has is known to have a shell") {
		t.Errorf("got %v, want that there is no image", err)
	}
}

// TestEphemeralContainerEndsWithTheCall cancels while the kubelet says nothing.
func TestEphemeralContainerEndsWithTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errors.New("no report within 1s"))
		defer cancel()
		target := running(nil)
		l := &Launcher{Client: fake.NewClientset(target.Pod)}
		if err := l.started(ctx, target.Pod, "k8sdoctor-abcde"); err == nil || err.Error() != "no report within 1s" {
			t.Errorf("got %v, want what ended the call", err)
		}
		target.Pod.UID = "2"
		if err := l.started(t.Context(), target.Pod, "k8sdoctor-abcde"); err == nil || err.Error() != "the pod is gone" {
			t.Errorf("got %v, want that the pod is another one", err)
		}
	})
}
