package job

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var jobs = schema.GroupResource{Group: "batch", Resource: "jobs"}

// TestRefused has the API server refuse what is created.
func TestRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		before        func(s *scene)
		want, command string
	}{
		"no rights": {
			func(s *scene) { s.denied["create jobs"], s.denied["delete jobs"] = true, true },
			"you have no right to create jobs.batch, delete jobs.batch in namespace shop", "kubectl -n shop auth can-i --list",
		},
		"no right to create, in spite of the review": {
			func(s *scene) {
				s.refuses["POST jobs"] = apierrors.NewForbidden(jobs, "", errors.New(`User "dev" cannot create resource "jobs"`))
			},
			`does not create the Job: jobs.batch is forbidden: User "dev" cannot create resource "jobs"`, "kubectl -n shop auth can-i --list",
		},
		"no ServiceAccount": {func(s *scene) { s.new("web") }, "namespace shop has no ServiceAccount web", "kubectl -n shop get serviceaccounts"},
		"no namespace": {
			func(s *scene) {
				s.refuses["POST jobs"] = apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, ns)
			},
			"there is no namespace shop", "kubectl get namespaces",
		},
		"the namespace is being deleted": {
			func(s *scene) {
				s.refuses["POST jobs"] = apierrors.NewForbidden(jobs, "j", errors.New("unable to create new content in namespace shop because it is being terminated"))
			},
			"namespace shop is being deleted: ", "",
		},
		"a quota of Jobs": {
			func(s *scene) {
				s.refuses["POST jobs"] = apierrors.NewForbidden(jobs, "j", errors.New("exceeded quota: few, requested: count/jobs.batch=1, used: count/jobs.batch=2, limited: count/jobs.batch=2"))
			},
			"a ResourceQuota of namespace shop does not allow the Job: ", "kubectl -n shop describe quota",
		},
		"a webhook": {
			func(s *scene) {
				s.refuses["POST jobs"] = apierrors.NewBadRequest(`admission webhook "policy.example" denied the request: no such registry`)
			},
			`an admission webhook does not allow the Job: admission webhook "policy.example" denied the request: no such registry`, "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			tc.before(s)
			_, err := s.run(t.Context(), func() {})
			says(t, err, tc.want, tc.command)
			if len(s.created) > 0 || len(s.deleted) > 0 {
				t.Errorf("%d Jobs were created and %d deleted, want none", len(s.created), len(s.deleted))
			}
		})
	}
}

func says(t *testing.T, err error, want, command string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("got %v, want %q", err, want)
	}
	advised, _ := errors.AsType[*Error](err)
	if command != "" && (advised == nil || advised.Command != command) {
		t.Errorf("got %+v, want the command %q", advised, command)
	}
}

// TestNoReport has something happen to the run.
func TestNoReport(t *testing.T) {
	open := func(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() }
	for name, tc := range map[string]struct {
		happens       func(s *scene)
		slow          bool // the pod does not start in time
		want, command string
	}{
		"a quota": {func(s *scene) {
			s.event("uid-of-the-job", "FailedCreate", `Error creating: pods "j-" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3`)
		}, true, "a ResourceQuota of namespace shop does not allow the pod of job/", "kubectl -n shop describe quota"},
		"Pod Security": {func(s *scene) {
			s.event("uid-of-the-job", "FailedCreate", `Error creating: pods "j-x" is forbidden: violates PodSecurity "restricted:latest": host namespaces`)
		}, false, "Pod Security Admission does not allow the pod of job/", "kubectl get namespace shop --show-labels"},
		"a webhook for pods": {func(s *scene) {
			s.event("uid-of-the-job", "FailedCreate", `Error creating: admission webhook "policy.example" denied the request: no`)
		}, true, "an admission webhook does not allow the pod of job/", "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations"},
		"a ServiceAccount that went": {func(s *scene) {
			s.event("uid-of-the-job", "FailedCreate", `Error creating: pods "j-" is forbidden: error looking up service account shop/web: serviceaccount "web" not found`)
		}, true, "namespace shop does not have the ServiceAccount: ", "kubectl -n shop get serviceaccounts"},
		"no pod": {func(*scene) {}, true, " has no pod within 500 ms (--start-timeout)", ""},
		"no node": {func(s *scene) {
			s.pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Message: "0/3 nodes are available: 3 Insufficient memory"}}
			s.pending()
		}, true, "within 500 ms (--start-timeout): 0/3 nodes are available: 3 Insufficient memory", "kubectl get nodes"},
		"no kubelet": {func(s *scene) {
			s.pod.Spec.NodeName = "gone"
			s.pending()
		}, true, "the kubelet of node gone has not taken pod/", "kubectl get node gone"},
		"an image that is not there": {func(s *scene) {
			s.waits("ErrImageNeverPull", "Container image is not present with pull policy of Never")
		}, false, "image k8sdoctor:dev is not on node n1 and cannot be pulled: ErrImageNeverPull: ", "make push IMAGE=registry.example/k8sdoctor"},
		"an image that cannot be pulled": {func(s *scene) {
			s.waits("ImagePullBackOff", "Back-off pulling image")
			s.event(s.pod.UID, "Failed", "Failed to pull image: not found")
			s.event(s.pod.UID, "Failed", "Error: ImagePullBackOff")
		}, true, "image k8sdoctor:dev is not on node n1 and cannot be pulled: ImagePullBackOff: Failed to pull image: not found", "make push IMAGE=registry.example/k8sdoctor"},
		"an image that is pulled for too long": {func(s *scene) {
			s.waits("ContainerCreating", "")
			s.event(s.pod.UID, "Pulling", "Pulling image")
		}, true, "node n1 has not pulled image k8sdoctor:dev within 500 ms (--start-timeout)", ""},
		"no network": {func(s *scene) {
			s.waits("ContainerCreating", "")
			s.event(s.pod.UID, "FailedCreatePodSandBox", "failed to set up sandbox: cni plugin not initialized")
		}, true, "has not started on node n1 within 500 ms (--start-timeout): failed to set up sandbox: cni plugin not initialized", ""},
		"a container that cannot be created": {func(s *scene) {
			s.waits("CreateContainerError", "no such user")
		}, true, "node n1 cannot create the container: container k8sdoctor: CreateContainerError: no such user", ""},
		"the deadline": {func(s *scene) {
			s.log = open
			s.runs()
			s.job.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobFailureTarget, Status: corev1.ConditionTrue, Reason: batchv1.JobReasonDeadlineExceeded}}
			s.put("jobs", s.job)
		}, false, "reached its deadline of 50 s (activeDeadlineSeconds)", ""},
		"an eviction": {func(s *scene) {
			s.log = open
			s.pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: "EvictionByEvictionAPI", Message: "Eviction API: evicting"}}
			s.runs()
		}, false, " was evicted: EvictionByEvictionAPI: Eviction API: evicting", ""},
		"an eviction by the kubelet": {func(s *scene) {
			s.log = open
			s.pod.Status.Reason, s.pod.Status.Message = "Evicted", "The node was low on resource: memory."
			s.runs()
		}, false, " was evicted: The node was low on resource: memory.", ""},
		"a node that does not take it": {func(s *scene) {
			s.onNode()
			s.pod.Status = corev1.PodStatus{Phase: corev1.PodFailed, Reason: "OutOfcpu", Message: "Node didn't have enough resource"}
			s.put("pods", s.pod)
		}, false, "node n1 does not run pod/", ""},
		"a pod that is deleted": {func(s *scene) {
			s.log = func(w http.ResponseWriter, _ *http.Request, _ int) { w.Write(reportOf(s.t, "interrupted by SIGTERM")) }
			now := metav1.Now()
			s.pod.DeletionTimestamp = &now
			s.runs()
		}, false, " was deleted before its report was read, not by k8sdoctor", ""},
		"a pod that is gone": {func(s *scene) {
			s.log = open
			s.runs()
			go func() { time.Sleep(time.Second / 2); s.delete("pods", s.pod) }()
		}, false, " was deleted before its report was read, not by k8sdoctor", ""},
		"a Job that is gone": {func(s *scene) {
			s.log = open
			s.delete("jobs", s.job)
		}, false, " was deleted before its report was read, not by k8sdoctor", ""},
		"a namespace that goes": {func(s *scene) {
			s.log, s.ending = open, true
			now := metav1.Now()
			s.pod.DeletionTimestamp = &now
			s.runs()
		}, false, "namespace shop is being deleted, and job/", ""},
		"a failed Job without a pod": {func(s *scene) {
			s.job.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobFailed, Status: corev1.ConditionTrue, Reason: "BackoffLimitExceeded", Message: "Job has reached the specified backoff limit"}}
			s.put("jobs", s.job)
		}, false, " failed without a pod: BackoffLimitExceeded: Job has reached the specified backoff limit", ""},
		"the memory limit": {func(s *scene) { s.log = open; s.ends(137, "OOMKilled", "") }, false, "without a report: OOMKilled, exit status 137", ""},
		"another image": {func(s *scene) {
			s.log = func(w http.ResponseWriter, _ *http.Request, _ int) { w.Write([]byte("hello\n")) }
			s.ends(0, "Completed", "")
		}, false, "is no report of k8sdoctor, so k8sdoctor:dev may be another image", ""},
		"a right that is withdrawn": {func(s *scene) {
			s.refuses["GET pods"] = apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "", errors.New("no"))
		}, false, " can no longer be watched: ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			if tc.slow {
				s.runner.StartTimeout = time.Second / 2
			}
			began := time.Now()
			_, err := s.run(t.Context(), func() { tc.happens(s) })
			says(t, err, tc.want, tc.command)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("the end took %s", took)
			}
			s.removed()
		})
	}
}

// TestIncomplete shows what the doctor found before its own time was over.
func TestIncomplete(t *testing.T) {
	s := newScene(t)
	s.log = func(w http.ResponseWriter, _ *http.Request, _ int) { w.Write(reportOf(t, "--timeout 1s is over")) }
	r, err := s.run(t.Context(), s.runs)
	isWhole(t, r, err)
	if r.Incomplete != "--timeout 1s is over" {
		t.Errorf("got incomplete %q", r.Incomplete)
	}
}

func TestNotRemoved(t *testing.T) {
	s := newScene(t)
	s.refuses["DELETE jobs"] = apierrors.NewInternalError(errors.New("etcd"))
	r, err := s.run(t.Context(), s.runs)
	isWhole(t, r, err)
	if len(s.complain) != 1 || !strings.Contains(s.complain[0], "was not removed, and stays for ") {
		t.Errorf("got %q, want that the Job was not removed", s.complain)
	}
}

// TestNoAPIServer ends the run where nothing answers, and where nothing listens.
func TestNoAPIServer(t *testing.T) {
	s := newScene(t)
	s.server.Close()
	_, err := s.run(t.Context(), func() {})
	says(t, err, "connection refused", "")
}
