package job

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// scene is a run against an API server on loopback.
type scene struct {
	*apiServer
	t      *testing.T
	runner *Runner
	job    *batchv1.Job
	pod    *corev1.Pod
	events int

	mu              sync.Mutex
	steps, complain []string
	onStep          func(text string)
}

func newScene(t *testing.T) *scene {
	t.Helper()
	t.Parallel()
	s := &scene{apiServer: newAPIServer(t), t: t}
	s.runner = &Runner{
		Client: s.client, StartTimeout: 20 * time.Second,
		Progress: func(text string) {
			s.mu.Lock()
			s.steps = append(s.steps, text)
			s.mu.Unlock()
			if s.onStep != nil {
				s.onStep(text)
			}
		},
		Complain: func(err error) { s.complain = append(s.complain, err.Error()) },
	}
	s.log = func(w http.ResponseWriter, _ *http.Request, _ int) { w.Write(wholeReport(t)) }
	s.new("")
	return s
}

// new makes the Job that is run.
func (s *scene) new(account string) {
	job, err := New(Options{Namespace: ns, Image: "k8sdoctor:dev", ServiceAccount: account, StartTimeout: 20 * time.Second, Timeout: 20 * time.Second})
	if err != nil {
		s.t.Fatal(err)
	}
	s.job = job
	s.pod = &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: job.Name + "-abcde", Namespace: ns, UID: "uid-of-the-pod", Labels: map[string]string{"job-name": job.Name}},
		Spec:       *job.Spec.Template.Spec.DeepCopy(), Status: corev1.PodStatus{Phase: corev1.PodPending},
	}
}

// run runs it, and has what happens in the cluster begin when the Job is there.
func (s *scene) run(ctx context.Context, happens func()) (report.Report, error) {
	s.t.Helper()
	s.whenCreated = func(*batchv1.Job) { happens() }
	r, _, err := s.runner.Run(ctx, s.job)
	return r, err
}

// The states of the pod.

func (s *scene) pending() { s.put("pods", s.pod) }

func (s *scene) waits(reason, message string) {
	s.onNode()
	s.container(corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}})
}

func (s *scene) runs() {
	s.onNode()
	s.pod.Status.Phase = corev1.PodRunning
	s.container(corev1.ContainerState{Running: &corev1.ContainerStateRunning{}})
}

func (s *scene) ends(exit int32, reason, message string) {
	s.onNode()
	s.pod.Status.Phase = corev1.PodSucceeded
	s.container(corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: exit, Reason: reason, Message: message}})
}

func (s *scene) onNode() {
	now := metav1.Now()
	s.pod.Spec.NodeName, s.pod.Status.StartTime = "n1", &now
}

func (s *scene) container(state corev1.ContainerState) {
	s.pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "k8sdoctor", State: state}}
	s.put("pods", s.pod)
}

// event is a second later than the one before.
func (s *scene) event(of types.UID, reason, message string) {
	s.events++
	s.put("events", &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("e%d", s.events), Namespace: ns}, InvolvedObject: corev1.ObjectReference{UID: of},
		Reason: reason, Message: message, LastTimestamp: metav1.NewTime(time.Now().Add(time.Duration(s.events) * time.Second)),
	})
}

// removed demands that the Job was deleted once, and its pod with it.
func (s *scene) removed() {
	s.t.Helper()
	s.apiServer.mu.Lock()
	defer s.apiServer.mu.Unlock()
	if len(s.created) != 1 || len(s.deleted) != 1 {
		s.t.Fatalf("%d Jobs were created and %d deleted, want 1 each", len(s.created), len(s.deleted))
	}
	options := s.deleted[0]
	if options.PropagationPolicy == nil || *options.PropagationPolicy != metav1.DeletePropagationBackground {
		s.t.Errorf("got propagation %v, want one that deletes the pod", options.PropagationPolicy)
	}
	if !s.losesReply && (options.Preconditions == nil || *options.Preconditions.UID != "uid-of-the-job") {
		s.t.Errorf("got preconditions %v: another's Job of this name could be deleted", options.Preconditions)
	}
}

func reportOf(t *testing.T, incomplete string) []byte {
	t.Helper()
	var b bytes.Buffer
	r := report.Report{APIVersion: "k8sdoctor/v1", Kind: "Report", Status: observe.Pass, Incomplete: incomplete, Results: []observe.Result{{ID: "env.service", Status: observe.Pass}}}
	if err := report.JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func wholeReport(t *testing.T) []byte { return reportOf(t, "") }

func isWhole(t *testing.T, r report.Report, err error) {
	t.Helper()
	if err != nil || len(r.Results) != 1 || r.Results[0].ID != "env.service" {
		t.Fatalf("got %+v, %v, want the report", r, err)
	}
}

func TestRun(t *testing.T) {
	s := newScene(t)
	r, err := s.run(t.Context(), func() {
		s.pending()
		go func() {
			time.Sleep(100 * time.Millisecond)
			s.onNode()
			s.pending()
			s.event(s.pod.UID, "Pulling", "Pulling image")
			time.Sleep(100 * time.Millisecond)
			s.runs()
		}()
	})
	isWhole(t, r, err)
	s.removed()
	want := []string{"creating job/", "pod/" + s.pod.Name + " waits for a node", "node n1 pulls image k8sdoctor:dev", "k8sdoctor runs in pod/"}
	for _, step := range s.steps {
		if len(want) > 0 && strings.HasPrefix(step, want[0]) {
			want = want[1:]
		}
	}
	if len(want) > 0 {
		t.Errorf("got steps %q, want %q as well", s.steps, want)
	}
}

// TestKeep leaves the Job, and needs no right to delete it.
func TestKeep(t *testing.T) {
	s := newScene(t)
	s.runner.Keep, s.denied["delete jobs"] = true, true
	r, err := s.run(t.Context(), s.runs)
	isWhole(t, r, err)
	if len(s.deleted) > 0 {
		t.Error("the Job was deleted")
	}
}

func TestLogIsReadAgain(t *testing.T) {
	s := newScene(t)
	whole := wholeReport(t)
	s.log = func(w http.ResponseWriter, _ *http.Request, nth int) {
		switch nth {
		case 1:
			w.WriteHeader(http.StatusBadGateway)
		case 2:
			w.Write(whole[:len(whole)/2])
		default:
			w.Write(append([]byte("k8sdoctor: --skip dns.* also leaves out what needs it\n"), whole...))
		}
	}
	r, err := s.run(t.Context(), func() { s.ends(0, "Completed", "") })
	isWhole(t, r, err)
	if want := "in the pod: --skip dns.* also leaves out what needs it"; len(s.complain) != 1 || s.complain[0] != want {
		t.Errorf("got %q, want %q", s.complain, want)
	}
}

// TestOpenLog reads no further than the report: the log of a pod that runs stays open.
func TestOpenLog(t *testing.T) {
	s := newScene(t)
	s.log = func(w http.ResponseWriter, r *http.Request, _ int) {
		w.Write(wholeReport(t))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	began := time.Now()
	r, err := s.run(t.Context(), s.runs)
	isWhole(t, r, err)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the report came after %s", took)
	}
}

func TestNoLog(t *testing.T) {
	s := newScene(t)
	s.log = func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(http.StatusBadGateway) }
	_, err := s.run(t.Context(), func() { s.ends(1, "Error", "net.api-blocked (likely)") })
	noLog, ok := errors.AsType[*NoLogError](err)
	if !ok || noLog.Message != "net.api-blocked (likely)" || noLog.ExitCode != 1 {
		t.Errorf("got %v, want what the termination message says", err)
	}
	s.removed()
}

// TestOtherVersions has a doctor of another version in the image.
func TestOtherVersions(t *testing.T) {
	for name, tc := range map[string]struct {
		log, complaint, want string
	}{
		"it works":       {`"kind": "Report", "apiVersion": "k8sdoctor/v1", "version": "v0.1.0", "results": []`, "the k8sdoctor in the pod is v0.1.0, this launcher is v0.2.0", ""},
		"a later format": {`"kind": "Report", "apiVersion": "k8sdoctor/v2", "version": "v9.0.0"`, "", `a report of apiVersion "k8sdoctor/v2", written by k8sdoctor v9.0.0; this version reads k8sdoctor/v1, this launcher is v0.2.0`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.runner.Version = "v0.2.0"
			s.log = func(w http.ResponseWriter, _ *http.Request, _ int) { w.Write([]byte("{" + tc.log + "\n}\n")) }
			_, err := s.run(t.Context(), func() { s.ends(0, "Completed", "") })
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || err.Error() != tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if got := strings.Join(s.complain, "\n"); got != tc.complaint {
				t.Errorf("got %q, want %q", got, tc.complaint)
			}
		})
	}
	t.Run("a flag that it lacks", func(t *testing.T) {
		s := newScene(t)
		s.runner.Version = "v0.2.0"
		s.log = func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Write([]byte("k8sdoctor: flag provided but not defined: -for-pod; see k8sdoctor check --help\n"))
		}
		_, err := s.run(t.Context(), func() { s.ends(2, "Error", "") })
		if want := "the k8sdoctor of image k8sdoctor:dev has no flag --for-pod: it is of another version than this launcher, which is v0.2.0"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	})
}

// TestInterrupted ends the run at every step.
func TestInterrupted(t *testing.T) {
	stop := errors.New("interrupted by SIGINT")
	for name, at := range map[string]func(s *scene, cancel func()){
		"while the Job is created": func(s *scene, cancel func()) { cancel() },
		"before there is a pod":    func(s *scene, cancel func()) { s.stopAt("waiting for the pod", cancel) },
		"while the pod is pending": func(s *scene, cancel func()) { s.stopAt("waits for a node", cancel); s.pending() },
		"while it runs": func(s *scene, cancel func()) {
			s.log = func(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() }
			s.stopAt("runs in pod", cancel)
			s.runs()
		},
		"while the log is read": func(s *scene, cancel func()) {
			s.log = func(w http.ResponseWriter, r *http.Request, _ int) {
				w.Write([]byte("{\n"))
				w.(http.Flusher).Flush()
				cancel()
				<-r.Context().Done()
			}
			s.ends(0, "Completed", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			began := time.Now()
			_, err := s.run(ctx, func() { at(s, func() { cancel(stop) }) })
			if !errors.Is(err, stop) {
				t.Errorf("got %v, want %v", err, stop)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("the end took %s", took)
			}
			s.removed()
		})
	}
}

func (s *scene) stopAt(step string, cancel func()) {
	s.onStep = func(text string) {
		if strings.Contains(text, step) {
			cancel()
		}
	}
}

// TestLostReply deletes a Job whose creation may have succeeded.
func TestLostReply(t *testing.T) {
	s := newScene(t)
	s.losesReply = true
	if _, err := s.run(t.Context(), func() {}); err == nil {
		t.Error("got no error")
	}
	s.removed()
}
