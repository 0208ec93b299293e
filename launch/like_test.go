package launch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	k8stesting "k8s.io/client-go/testing"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/like"
)

// crashed is a pod that does not run.
func crashed() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web-0", Namespace: "shop", UID: "u", Labels: map[string]string{"app": "web"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "shop/web:1"}}},
	}
}

// near is a launcher with a cluster in memory, and what it said.
func near(t *testing.T, objects ...runtime.Object) (*Launcher, *fake.Clientset, *[]string) {
	t.Helper()
	var said []string
	client := fake.NewClientset(objects...)
	client.PrependReactor("create", "pods", func(a k8stesting.Action) (bool, runtime.Object, error) {
		create := a.(k8stesting.CreateActionImpl)
		return len(create.CreateOptions.DryRun) > 0, create.Object, nil
	})
	mayDelete(client, true)
	return &Launcher{Client: client, Progress: func(text string) { said = append(said, text) }}, client, &said
}

func mayDelete(client *fake.Clientset, allowed bool) {
	client.PrependReactor("create", "selfsubjectaccessreviews", func(k8stesting.Action) (bool, runtime.Object, error) {
		return true, &authorizationv1.SelfSubjectAccessReview{Status: authorizationv1.SubjectAccessReviewStatus{Allowed: allowed}}, nil
	})
}

// TestNothingIsCreatedThatCannotBeDeleted asks for the right first.
func TestNothingIsCreatedThatCannotBeDeleted(t *testing.T) {
	t.Parallel()
	l, client, _ := near(t)
	mayDelete(client, false)
	_, err := l.like(t.Context(), &Target{Pod: crashed(), Container: "app"}, &cluster.State{Pod: crashed()})
	if not, ok := errors.AsType[NotPossibleError](err); !ok || !strings.HasPrefix(not.Because, "there is no right to delete pods in namespace shop") {
		t.Errorf("got %v, want the right that is missing", err)
	}
	if got := changes(client); len(got) > 0 {
		t.Errorf("got %q, want that nothing is changed", got)
	}
}

// changes are the verbs and resources of what was asked of the cluster, but reading, and
// asking for rights.
func changes(client *fake.Clientset) (list []string) {
	for _, a := range client.Actions() {
		if a.GetResource().Resource == "selfsubjectaccessreviews" {
			continue
		}
		if slices.Contains([]string{"create", "delete", "update", "patch"}, a.GetVerb()) {
			list = append(list, a.GetVerb()+" "+a.GetResource().Resource)
		}
	}
	return list
}

func TestNothingIsCreatedWhereTheCopyIsRefused(t *testing.T) {
	t.Parallel()
	published := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "db", Namespace: "shop"}, Spec: corev1.ServiceSpec{Selector: map[string]string{"app": "web"}, PublishNotReadyAddresses: true}}
	l, client, _ := near(t, published)
	_, err := l.like(t.Context(), &Target{Pod: crashed(), Container: "app"}, &cluster.State{Pod: crashed()})
	if not, ok := errors.AsType[NotPossibleError](err); !ok || !strings.HasPrefix(not.Because, "a copy would not be harmless: Service db would send requests to the copy") {
		t.Errorf("got %v, want that Service db is named", err)
	}
	if got := changes(client); len(got) > 0 {
		t.Errorf("got %q, want that nothing is changed", got)
	}
}

// TestCopyIsGone has creating it, or waiting for it, fail in several ways.
func TestCopyIsGone(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		fail    func(client *fake.Clientset, stop func())
		want    string
		trial   bool // it ends there
		changed []string
	}{
		{"admission", func(c *fake.Clientset, _ func()) {
			forbid(c, "create", "pods", `pods "x" is forbidden: exceeded quota`)
		}, "the API server does not admit the copy", true, []string{"create pods"}},
		{"its container waits", func(c *fake.Clientset, _ func()) {
			c.PrependReactor("get", "pods", func(k8stesting.Action) (bool, runtime.Object, error) {
				return true, waiting("ErrImagePull", "not found"), nil
			})
		}, "container app of the copy does not start: ErrImagePull: not found", false, nil},
		{"interrupted", func(c *fake.Clientset, stop func()) {
			asked := 0
			c.PrependReactor("create", "pods", func(k8stesting.Action) (bool, runtime.Object, error) {
				if asked++; asked == 2 { // the first is the trial
					stop()
				}
				return false, nil, nil
			})
		}, "interrupted by SIGINT", false, nil},
		{"no Jobs", func(c *fake.Clientset, _ func()) {
			forbid(c, "create", "jobs", "jobs is forbidden")
			c.PrependReactor("get", "pods", func(k8stesting.Action) (bool, runtime.Object, error) {
				return true, waiting("InvalidImageName", "x"), nil
			})
		}, "InvalidImageName", false, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			l, client, said := near(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			tc.fail(client, func() { cancel(errors.New("interrupted by SIGINT")) })
			deleted := func(a k8stesting.Action) (bool, runtime.Object, error) { // who asks for it afterwards is told so, the second time
				asked := 0
				client.PrependReactor("get", "pods", func(k8stesting.Action) (bool, runtime.Object, error) {
					if asked++; asked == 1 {
						return true, waiting("ContainerCreating", ""), nil
					}
					return true, nil, apierrors.NewNotFound(corev1.Resource("pods"), "x")
				})
				return false, nil, nil
			}
			client.PrependReactor("delete", "pods", deleted)
			_, err := l.like(ctx, &Target{Pod: crashed(), Container: "app"}, &cluster.State{Pod: crashed()})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			want := []string{"create pods", "create jobs", "create pods", "delete pods", "delete jobs"}
			if tc.trial {
				want = want[:1]
			}
			if got := changes(client); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if slices.ContainsFunc(*said, func(text string) bool { return strings.Contains(text, "was not deleted") }) {
				t.Errorf("got %q, want that the copy is gone", *said)
			}
			if owners := created(client).OwnerReferences; !tc.trial && len(owners) != map[bool]int{true: 0, false: 1}[tc.name == "no Jobs"] {
				t.Errorf("got the owners %+v", owners)
			}
			if tc.name == "no Jobs" && !slices.ContainsFunc(l.notes, func(n string) bool { return strings.HasPrefix(n, "no Job could be created (") }) {
				t.Errorf("got the notes %q, want that there is no Job", l.notes)
			}
		})
	}
}

// created is the pod that was asked for last.
func created(client *fake.Clientset) (pod *corev1.Pod) {
	for _, a := range client.Actions() {
		if create, ok := a.(k8stesting.CreateActionImpl); ok && a.GetResource().Resource == "pods" {
			pod = create.Object.(*corev1.Pod)
		}
	}
	return pod
}

// TestWebhookThatAddsALabel has one change the copy, in its trial or later, so that a Service
// would send it requests.
func TestWebhookThatAddsALabel(t *testing.T) {
	t.Parallel()
	for _, inTrial := range []bool{true, false} {
		l, client, _ := near(t, &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "mesh", Namespace: "shop"},
			Spec:       corev1.ServiceSpec{Selector: map[string]string{"mesh": "yes"}, PublishNotReadyAddresses: true},
		})
		client.PrependReactor("create", "pods", func(a k8stesting.Action) (bool, runtime.Object, error) {
			create := a.(k8stesting.CreateActionImpl)
			pod := create.Object.(*corev1.Pod).DeepCopy()
			if trial := len(create.CreateOptions.DryRun) > 0; trial == inTrial {
				pod.Labels["mesh"] = "yes"
			}
			return true, pod, nil
		})
		_, err := l.like(t.Context(), &Target{Pod: crashed(), Container: "app"}, &cluster.State{Pod: crashed()})
		if _, not := errors.AsType[NotPossibleError](err); !not || !strings.Contains(err.Error(), "Service mesh would send requests to the copy") {
			t.Errorf("got %v, want that it is refused", err)
		}
		want := []string{"create pods"}
		if !inTrial {
			want = []string{"create pods", "create jobs", "create pods", "delete pods", "delete jobs"}
		}
		if got := changes(client); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func forbid(c *fake.Clientset, verb, resource, says string) {
	c.PrependReactor(verb, resource, func(k8stesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(corev1.Resource(resource), "x", errors.New(says))
	})
}

func waiting(reason, message string) *corev1.Pod {
	return withState(corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}})
}

func withState(s corev1.ContainerState) *corev1.Pod {
	return &corev1.Pod{Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: "app", Image: "shop/web:1", State: s}}}}
}

func TestWhyACopyDoesNotStart(t *testing.T) {
	t.Parallel()
	unscheduled := &corev1.Pod{Status: corev1.PodStatus{Conditions: []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Message: "0/3 nodes are available"}}}}
	noShell := corev1.ContainerStateTerminated{Reason: "StartError", ExitCode: 128, Message: `exec: "sh": executable file not found in $PATH`}
	for _, tc := range []struct {
		name   string
		pod    *corev1.Pod
		waited time.Duration
		doctor bool
		want   string
	}{
		{"it is created", waiting("ContainerCreating", ""), time.Second, false, ""},
		{"it runs", withState(corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}), time.Second, false, ""},
		{"no node yet", unscheduled, time.Second, false, ""},
		{"no node", unscheduled, time.Minute, false, "the scheduler finds no node for the copy: 0/3 nodes are available (--same-node needs no scheduler)"},
		{"no image", waiting("ImagePullBackOff", "back-off"), 0, false, "container app of the copy does not start: ImagePullBackOff: back-off"},
		{"no shell", withState(corev1.ContainerState{Terminated: &noShell}), 0, false, "image shop/web:1 has no shell: give one that has, or one of k8sdoctor, as --image IMAGE"},
		{"ended", withState(corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Error", ExitCode: 1}}), 0, false, "container app of the copy has ended: Error, exit status 1: "},
		{"the doctor has ended", withState(corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Error", ExitCode: 1}}), 0, true, ""},
		{"refused by the kubelet", &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodFailed, Reason: "OutOfcpu", Message: "no cpu"}}, 0, false, "the copy has failed: OutOfcpu: no cpu"},
	} {
		l := &Launcher{}
		if tc.doctor {
			l.Image = "registry.example/k8sdoctor:1"
		}
		if got := l.stuck(tc.pod, "app", tc.waited); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestReportInALog(t *testing.T) {
	t.Parallel()
	for log, want := range map[string]string{
		"":                       "",
		`{"a": {}}`:              `{"a": {}}`,
		"a warning\n{\"a\":1}\n": `{"a":1}`,
		`{"a":1`:                 "",
		"set {x}":                "",
		"{\"a\":1}\nend":         `{"a":1}`,
	} {
		if got := string(jsonIn([]byte(log))); got != want {
			t.Errorf("%q: got %q, want %q", log, got, want)
		}
	}
}

// TestOwnerNeverMakesAPod looks at the Job that the copy belongs to.
func TestOwnerNeverMakesAPod(t *testing.T) {
	t.Parallel()
	for deadline, ttl := range map[time.Duration]int32{time.Minute: 600, time.Hour: 3660} {
		pod, _ := like.Copy(crashed(), "app", like.Options{Suffix: "x", Deadline: deadline})
		job := ownerOf(pod)
		if *job.Spec.Completions != 0 || *job.Spec.Parallelism != 0 || *job.Spec.TTLSecondsAfterFinished != ttl || job.Name != pod.OwnerReferences[0].Name || len(job.Spec.Template.Labels) > 0 {
			t.Errorf("got %+v, want no pod, and a TTL of %d s", job.Spec, ttl)
		}
	}
	if got := fmt.Sprint(deadlineOf(t.Context()) > 0, deadlineOf(context.Background())); got != "true 3m0s" {
		t.Errorf("got %s", got)
	}
}
