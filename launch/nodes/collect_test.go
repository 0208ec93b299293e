package nodes

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

const (
	setUID types.UID = "set"
	podUID types.UID = "pod"
)

// failed is an event of the pod, or of the DaemonSet where that could not create one.
func failed(uid types.UID, reason, message string) map[types.UID][]corev1.Event {
	return map[types.UID][]corev1.Event{uid: {{Reason: reason, Message: message, Type: corev1.EventTypeWarning, InvolvedObject: corev1.ObjectReference{UID: uid}, LastTimestamp: metav1.Now()}}}
}

func pending(conditions ...corev1.PodCondition) map[string]*corev1.Pod {
	return map[string]*corev1.Pod{"n": {ObjectMeta: metav1.ObjectMeta{Name: "p", UID: podUID}, Status: corev1.PodStatus{Phase: corev1.PodPending, Conditions: conditions}}}
}

// TestWhenANodeIsSettled looks at a node again and again in a state that stays as it is.
func TestWhenANodeIsSettled(t *testing.T) {
	sandbox := failed(podUID, "FailedCreatePodSandBox", "no plugin")
	pulling := map[types.UID][]corev1.Event{podUID: append(failed(podUID, "FailedCreatePodSandBox", "no plugin")[podUID],
		corev1.Event{Reason: "Pulling", InvolvedObject: corev1.ObjectReference{UID: podUID}, LastTimestamp: metav1.NewTime(time.Now().Add(time.Hour))})}
	silent := corev1.NodeCondition{Type: corev1.NodeReady, Status: corev1.ConditionUnknown}
	for _, test := range []struct {
		name    string
		state   state
		node    []corev1.NodeCondition
		creates bool // the DaemonSet creates a pod of another node every second
		after   time.Duration
		because string
	}{
		{name: "no sandbox", state: state{pods: pending(), events: sandbox}, after: 15 * time.Second},
		{name: "no sandbox at first, and the image is pulled", state: state{pods: pending(), events: pulling}, after: 100 * time.Second, because: "no answer within 1 min 40 s"},
		{name: "the sandbox is there", state: state{pods: pending(corev1.PodCondition{Type: corev1.PodReadyToStartContainers, Status: corev1.ConditionTrue}), events: sandbox}, after: 100 * time.Second, because: "no answer"},
		{name: "a webhook refuses each pod", state: state{events: failed(setUID, "FailedCreate", "admission webhook x denied the request")}, after: 15 * time.Second},
		{name: "a webhook has refused one pod, and others are created", state: state{events: failed(setUID, "FailedCreate", "failed calling webhook")}, creates: true, after: 65 * time.Second},
		{name: "no pod, and nothing says why", state: state{told: true}, after: time.Minute, because: "has no pod for the node within 1 min"},
		{name: "the kubelet is silent", state: state{pods: pending()}, node: []corev1.NodeCondition{silent}, after: 0},
		{name: "the node rejects the pod", state: state{pods: map[string]*corev1.Pod{"n": {ObjectMeta: metav1.ObjectMeta{UID: podUID}, Status: corev1.PodStatus{Phase: corev1.PodFailed, Message: "OutOfpods"}}}}, after: 15 * time.Second, because: "OutOfpods"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := testFleet()
				n := f.add("n", "a", answer{})
				n.object.Status.Conditions = test.node
				w, began, latest := &waiting{}, time.Now(), time.Now()
				for !f.settled(w, n, test.state, setUID, latest) {
					time.Sleep(looking)
					if took := time.Since(began); took > 5*time.Minute {
						t.Fatal("it never is")
					} else if test.creates && took < 50*time.Second {
						latest = time.Now()
					}
				}
				if took := time.Since(began); took < test.after-time.Second || took > test.after+time.Second || !strings.Contains(w.because, test.because) || w.observed != nil {
					t.Errorf("settled after %s because %q, want %s and %q", took, w.because, test.after, test.because)
				}
			})
		})
	}
}

// TestPodThatIsDeleted: one of a node that goes away does not come back.
func TestPodThatIsDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := testFleet()
		n, w := f.add("n", "a", answer{}), &waiting{}
		f.settled(w, n, state{pods: pending()}, setUID, time.Now())
		began := time.Now()
		for !f.settled(w, n, state{}, setUID, began) {
			time.Sleep(looking)
		}
		if took := time.Since(began); took > 20*time.Second || !strings.Contains(w.because, "was deleted") {
			t.Errorf("settled after %s because %q", took, w.because)
		}
	})
}

// message is the answer of a doctor that wrote this text.
func message(text string) answer {
	a := answer{pod: podOf(corev1.ContainerStateTerminated{Message: text})}
	a.read("k8sdoctor:v1", "v2.0.0")
	return a
}

func TestAnswersThatAreNotHealthy(t *testing.T) {
	const head = "k8sdoctor-observations/1 v1 1 "
	for name, test := range map[string]struct{ text, title string }{
		"no result":                       {head + "0 ;\n", "no whole report: its k8sdoctor has examined nothing"},
		"results that were skipped":       {head + "1 ;\n0 s env.service;\n", "no whole report: its k8sdoctor has examined nothing"},
		"a word of another version":       {head + "1 ;\n0 f env.service .host-is-name=no .host=new-word;\n", "this version does not know what is wrong: env.service"},
		"interrupted, and nothing wrong":  {head + "1 interrupted%20by%20SIGTERM;\n0 p env.service .host-is-name=no;\n", "no whole report: interrupted by SIGTERM"},
		"cut, and nothing wrong so far":   {head + "2 ;\n0 p env.service .host-is-name=no;\n1 p volume.to", "no whole report: 1 result did not arrive in the termination message"},
		"more than a kubelet ever keeps":  {head + "400 ;\n" + strings.Repeat("1 f a.b;\n", 500), "no whole report: k8sdoctor ended without a report"},
		"a version with terminal control": {"k8sdoctor-observations/1 %1B[2J%0Aevil 1 0 ;\n", "no whole report"},
	} {
		t.Run(name, func(t *testing.T) {
			f := testFleet()
			f.add("n", "a", message(test.text))
			got := f.judge()
			if got.Status != observe.Fail || got.Nodes[0].Status != observe.Fail || len(got.Problems) != 1 || !strings.HasPrefix(got.Problems[0].Title, test.title) {
				t.Errorf("got status %s and %+v, want %q", got.Status, got.Problems, test.title)
			}
			if strings.ContainsAny(got.Nodes[0].Doctor, "\x1b\n") {
				t.Errorf("the version is printed as %q", got.Nodes[0].Doctor)
			}
		})
	}
}

// TestOneReasonIsOneProblem: nodes without an answer stand together, and judging many is quick.
func TestOneReasonIsOneProblem(t *testing.T) {
	f := testFleet()
	for i := range 1000 {
		a := answer{because: "no answer within 1 min 40 s (--start-timeout, --timeout)"}
		if i%3 > 0 {
			a = message("k8sdoctor-observations/1 v1 1 1 ;\n0 p env.service .host-is-name=no;\n")
		}
		f.add(fmt.Sprintf("node-%d", i), fmt.Sprint("zone-", i%3), a)
	}
	got := f.judge()
	if len(got.Problems) != 1 || len(got.Problems[0].Nodes) != 334 || len(got.Problems[0].Shared) != 1 || got.Problems[0].Shared[0] != "label topology.kubernetes.io/zone=zone-0" {
		t.Errorf("got %d problems, the first %.300v", len(got.Problems), got.Problems)
	}
}

func TestBudgetThatWouldBlockOthers(t *testing.T) {
	of := func(spec policyv1.PodDisruptionBudgetSpec) *policyv1.PodDisruptionBudget {
		return &policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Name: "budget", Namespace: "shop"}, Spec: spec}
	}
	one, all := intstr.FromInt32(1), &metav1.LabelSelector{}
	for name, test := range map[string]struct {
		budget  *policyv1.PodDisruptionBudget
		refused bool
	}{
		"maxUnavailable of all pods": {of(policyv1.PodDisruptionBudgetSpec{MaxUnavailable: &one, Selector: all}), true},
		"a number of all pods":       {of(policyv1.PodDisruptionBudgetSpec{MinAvailable: &one, Selector: all}), false},
		"maxUnavailable of others":   {of(policyv1.PodDisruptionBudgetSpec{MaxUnavailable: &one, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}}), false},
	} {
		r := *testFleet().runner
		r.Client = fake.NewClientset(test.budget)
		if err := r.noBudget(t.Context()); (err != nil) != test.refused || test.refused && !strings.Contains(err.Error(), "PodDisruptionBudget budget") {
			t.Errorf("%s: got %v, refused is to be %v", name, err, test.refused)
		}
	}
}
