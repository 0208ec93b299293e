package cluster

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// at is a time of the tests.
func at(minute int) metav1.Time {
	return metav1.Time{Time: time.Date(2026, 11, 29, 3, minute, 0, 0, time.UTC)}
}

// podOf is a pod on a node, changed by the functions.
func podOf(change ...func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web-5d4f-x2x", Namespace: "shop", UID: "1", CreationTimestamp: at(10)},
		Spec:       corev1.PodSpec{NodeName: "worker", ServiceAccountName: "web"},
		Status:     corev1.PodStatus{Phase: corev1.PodPending},
	}
	for _, f := range change {
		f(p)
	}
	return p
}

func waits(reason, message string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "app", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}}}
	}
}

func event(minute int, reason, message, of string) corev1.Event {
	return corev1.Event{Reason: reason, Message: message, LastTimestamp: at(minute), InvolvedObject: corev1.ObjectReference{Name: of}}
}

func TestHowFarAPodCame(t *testing.T) {
	silent := &corev1.Node{Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionUnknown, Message: "Kubelet stopped posting node status."}}}}
	notCreated := func(p *corev1.Pod) { p.Name, p.UID, p.GenerateName = "", "", "web-" }
	for _, tc := range []struct {
		name   string
		state  State
		want   observe.Started
		says   string
		status observe.Status
	}{
		{"it runs", State{Pod: podOf(func(p *corev1.Pod) { p.Status.Phase = corev1.PodRunning })}, observe.StartedWell, "", observe.Pass},
		{"no image", State{Pod: podOf(waits("ImagePullBackOff", `Back-off pulling image "shop/web:v2"`))}, observe.NoImage, `container app: ImagePullBackOff: Back-off pulling image "shop/web:v2"`, observe.Fail},
		{"no image, and an event says why", State{Pod: podOf(waits("ErrImagePull", "")), Events: []corev1.Event{event(1, "Failed", "old", ""), event(2, "Failed", "not found", ""), event(3, "Failed", "Error: ErrImagePull", "")}}, observe.NoImage, "container app: ErrImagePull: not found", observe.Fail},
		{"no Secret", State{Pod: podOf(waits("CreateContainerConfigError", `secret "db" not found`))}, observe.NoConfiguration, `container app: CreateContainerConfigError: secret "db" not found`, observe.Fail},
		{"no node", State{Pod: podOf(func(p *corev1.Pod) {
			p.Spec.NodeName = ""
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Message: "0/3 nodes are available"}}
		})}, observe.Unscheduled, "0/3 nodes are available", observe.Fail},
		{"no network", State{Pod: podOf(waits("ContainerCreating", "")), Events: []corev1.Event{event(1, "FailedCreatePodSandBox", "cni plugin not initialized", "")}}, observe.NoSandbox, "cni plugin not initialized", observe.Fail},
		{"no volume", State{Pod: podOf(waits("ContainerCreating", "")), Events: []corev1.Event{event(1, "FailedMount", `secret "tls" not found`, "")}}, observe.NoVolume, `secret "tls" not found`, observe.Fail},
		{"an event of before it ran", State{Pod: podOf(func(p *corev1.Pod) { p.Status.Phase = corev1.PodRunning }), Events: []corev1.Event{event(1, "FailedMount", "timed out", "")}}, observe.StartedWell, "", observe.Pass},
		{"the node is silent", State{Pod: podOf(func(p *corev1.Pod) { p.Status.Phase = corev1.PodRunning }), Node: silent}, observe.NodeLost, "Kubelet stopped posting node status.", observe.Fail},
		{"it crashes", State{Pod: podOf(waits("CrashLoopBackOff", "back-off"), func(p *corev1.Pod) {
			p.Status.ContainerStatuses[0].LastTerminationState.Terminated = &corev1.ContainerStateTerminated{Reason: "Error", ExitCode: 3}
			p.Status.ContainerStatuses[0].RestartCount = 5
		})}, observe.Crashes, "container app: Error, exit status 3, 5 restarts", observe.Pass},
		{"it has ended", State{Pod: podOf(func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded })}, observe.Ended, "", observe.Pass},
		{"no command", State{Pod: podOf(waits("RunContainerError", `exec: "/bin/serve": no such file`))}, observe.CannotRun, `container app: RunContainerError: exec: "/bin/serve": no such file`, observe.Fail},
		{"the image runs as root", State{Pod: podOf(waits("CreateContainerConfigError", "container has runAsNonRoot and image will run as root"))}, observe.CannotRun, "container app: CreateContainerConfigError: container has runAsNonRoot and image will run as root", observe.Fail},
		{"a mount that has succeeded since", State{Pod: podOf(waits("ContainerCreating", "")), Events: []corev1.Event{event(1, "FailedMount", "timed out", ""), event(2, "Pulling", "Pulling image", "")}}, observe.StartsYet, "", observe.Pass},
		{"a gate before the scheduler", State{Pod: podOf(func(p *corev1.Pod) {
			p.Spec.NodeName = ""
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonSchedulingGated, Message: "Scheduling is blocked due to non-empty scheduling gates"}}
		})}, observe.StartsYet, "Scheduling is blocked due to non-empty scheduling gates", observe.Pass},
		{"an image of another container", State{Pod: podOf(waits("ErrImagePull", "not found")), Events: []corev1.Event{func() corev1.Event {
			e := event(2, "Failed", "of another container", "")
			e.InvolvedObject.FieldPath = "spec.ephemeralContainers{debug}"
			return e
		}()}}, observe.NoImage, "container app: ErrImagePull: not found", observe.Fail},
		{"it begins", State{Pod: podOf(waits("ContainerCreating", ""))}, observe.StartsYet, "", observe.Pass},
		{"a quota", State{Pod: podOf(notCreated), Events: []corev1.Event{event(1, "FailedCreate", `pods "web-1" is forbidden: exceeded quota: pods`, "web-5d4f")}}, observe.OverQuota, `pods "web-1" is forbidden: exceeded quota: pods`, observe.Fail},
		{"admission", State{Pod: podOf(notCreated), Events: []corev1.Event{event(1, "FailedCreate", "(combined from similar events): violates PodSecurity", "web-5d4f")}}, observe.NotAdmitted, "violates PodSecurity", observe.Fail},
		{"a controller that could not reach etcd", State{Pod: podOf(notCreated), Events: []corev1.Event{event(1, "FailedCreate", "etcdserver: request timed out", "web-5d4f")}}, observe.StartsYet, "etcdserver: request timed out", observe.Pass},
		{"the quota of a workload whose name begins alike", State{Pod: podOf(notCreated), Events: []corev1.Event{event(1, "FailedCreate", "exceeded quota: pods", "web-admin"), event(1, "FailedCreate", "exceeded quota: pods", "web-admin-5d4f")}}, observe.StartsYet, "no pod has been created yet, and no event says why", observe.Pass},
		{"the event of another workload", State{Pod: podOf(notCreated), Events: []corev1.Event{event(1, "FailedCreate", "violates PodSecurity", "webhook-77")}}, observe.StartsYet, "no pod has been created yet, and no event says why", observe.Pass},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var log observe.Log
			f := lookAtPod(&tc.state, view{now: at(30).Time}, &log)
			seen := log.Seen()
			if got, says := observe.PodStarted.In(seen), observe.PodStartedSays.In(seen); got != tc.want || says != tc.says || f.status != tc.status {
				t.Errorf("got %s, %q, %s, want %s, %q, %s", got, says, f.status, tc.want, tc.says, tc.status)
			}
			if tc.says != "" && !strings.HasSuffix(f.summary, tc.says) {
				t.Errorf("got summary %q", f.summary)
			}
		})
	}
}

// TestDeletedPod is one whose token has not counted for some minutes.
func TestDeletedPod(t *testing.T) {
	for minute, want := range map[int]bool{20: false, 25: false, 26: true} {
		pod := podOf(func(p *corev1.Pod) { until := at(20); p.DeletionTimestamp = &until })
		var log observe.Log
		lookAtPod(&State{Pod: pod}, view{now: at(minute).Time}, &log)
		if seen := log.Seen(); observe.PodDeleted.Yes(seen) != want || !seen.Saw(observe.PodDeleted.Row) {
			t.Errorf("%d minutes after it was to end: got %v", minute-20, seen[observe.PodDeleted.ID])
		}
	}
}

// TestAccount is told by the uid in the token: the kubelet renews a token for whatever account
// has the name.
func TestAccount(t *testing.T) {
	no := false
	account := func(uid string, automount *bool) *corev1.ServiceAccount {
		return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{UID: types.UID(uid)}, AutomountServiceAccountToken: automount}
	}
	tokenOf := func(name, uid string) observe.Set {
		return observe.Collect(func(log *observe.Log) {
			observe.TokenServiceAccount.Saw(log, name)
			observe.TokenAccountUID.Saw(log, uid)
		})
	}
	for _, tc := range []struct {
		name   string
		state  State
		inside observe.Set
		want   observe.Account
		off    string
	}{
		{"the same", State{Pod: podOf(), Account: account("1", nil)}, tokenOf("web", "1"), observe.AccountThere, ""},
		{"made again", State{Pod: podOf(), Account: account("2", nil)}, tokenOf("web", "1"), observe.AccountOther, ""},
		{"gone", State{Pod: podOf(), NoAccount: true}, tokenOf("web", "1"), observe.AccountMissing, ""},
		{"gone, and the token is of another account", State{Pod: podOf(), NoAccount: true}, tokenOf("db", "7"), "", ""},
		{"another one than the token's", State{Pod: podOf(), Account: account("2", nil)}, tokenOf("db", "7"), "", ""},
		{"no token was seen", State{Pod: podOf(), Account: account("2", nil)}, nil, "", ""},
		{"not readable", State{Pod: podOf()}, tokenOf("web", "1"), "", ""},
		{"automounting off on it", State{Pod: podOf(), Account: account("1", &no)}, tokenOf("web", "1"), observe.AccountThere, "the ServiceAccount"},
		{"automounting off on the pod", State{Pod: podOf(func(p *corev1.Pod) { p.Spec.AutomountServiceAccountToken = &no }), Account: account("1", nil)}, nil, "", "the pod"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var log observe.Log
			lookAtAccount(&tc.state, view{inside: tc.inside}, &log)
			if got, off := observe.PodAccount.In(log.Seen()), observe.AutomountOff.In(log.Seen()); got != tc.want || off != tc.off {
				t.Errorf("got %q, %q, want %q, %q", got, off, tc.want, tc.off)
			}
		})
	}
}
