package job

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
)

// apiServer speaks as much of the Kubernetes API on loopback as a run needs. What is put
// into it is listed and watched as it was put.
type apiServer struct {
	client kubernetes.Interface
	server *httptest.Server

	mu      sync.Mutex
	history []change
	more    chan struct{} // closed after the next change
	reads   int           // of the log
	created []*batchv1.Job
	deleted []metav1.DeleteOptions

	// whenCreated is called with each Job, once it is there.
	whenCreated func(*batchv1.Job)
	// refuses has answers that are errors, by method and resource.
	refuses map[string]*apierrors.StatusError
	// denied are rights that the caller does not have, such as "delete jobs".
	denied map[string]bool
	// losesReply ends the connection in place of the reply to the creation.
	losesReply bool
	accounts   []string
	// ending says that the namespace is being deleted.
	ending bool
	// log writes the log when it is read for the nth time.
	log func(w http.ResponseWriter, r *http.Request, nth int)
}

// change is an object that was put, or deleted.
type change struct {
	kind     watch.EventType
	resource string
	object   metav1.Object
}

const ns = "shop"

func newAPIServer(t *testing.T) *apiServer {
	t.Helper()
	s := &apiServer{more: make(chan struct{}), refuses: map[string]*apierrors.StatusError{}, denied: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", s.review)
	mux.HandleFunc("POST /apis/batch/v1/namespaces/shop/jobs", s.create)
	mux.HandleFunc("DELETE /apis/batch/v1/namespaces/shop/jobs/{name}", s.remove)
	mux.HandleFunc("GET /apis/batch/v1/namespaces/shop/{resource}", s.list)
	mux.HandleFunc("GET /api/v1/namespaces/shop/{resource}", s.list)
	mux.HandleFunc("GET /api/v1/namespaces/shop", func(w http.ResponseWriter, r *http.Request) {
		space := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ns}}
		if now := metav1.Now(); s.ending {
			space.DeletionTimestamp = &now
		}
		reply(w, http.StatusOK, space)
	})
	mux.HandleFunc("GET /api/v1/namespaces/shop/serviceaccounts/{name}", func(w http.ResponseWriter, r *http.Request) {
		for _, name := range s.accounts {
			if name == r.PathValue("name") {
				reply(w, http.StatusOK, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name}})
				return
			}
		}
		fail(w, apierrors.NewNotFound(schema.GroupResource{Resource: "serviceaccounts"}, r.PathValue("name")))
	})
	mux.HandleFunc("GET /api/v1/namespaces/shop/pods/{name}/log", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.reads++
		nth := s.reads
		s.mu.Unlock()
		s.log(w, r, nth)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL, ContentConfig: rest.ContentConfig{ContentType: runtime.ContentTypeJSON}, QPS: 100, Burst: 100})
	if err != nil {
		t.Fatal(err)
	}
	s.client, s.server = client, server
	return s
}

func (s *apiServer) review(w http.ResponseWriter, r *http.Request) {
	var review authorizationv1.SelfSubjectAccessReview
	json.NewDecoder(r.Body).Decode(&review)
	of := review.Spec.ResourceAttributes
	review.Status.Allowed = !s.denied[of.Verb+" "+of.Resource]
	reply(w, http.StatusCreated, &review)
}

func (s *apiServer) create(w http.ResponseWriter, r *http.Request) {
	var job batchv1.Job
	json.NewDecoder(r.Body).Decode(&job)
	if refused := s.refuses["POST jobs"]; refused != nil {
		fail(w, refused)
		return
	}
	job.UID = "uid-of-the-job"
	s.put("jobs", &job)
	s.mu.Lock()
	s.created = append(s.created, &job)
	s.mu.Unlock()
	if s.whenCreated != nil {
		s.whenCreated(&job)
	}
	if s.losesReply {
		panic(http.ErrAbortHandler)
	}
	reply(w, http.StatusCreated, &job)
}

func (s *apiServer) remove(w http.ResponseWriter, r *http.Request) {
	var options metav1.DeleteOptions
	json.NewDecoder(r.Body).Decode(&options)
	if refused := s.refuses["DELETE jobs"]; refused != nil {
		fail(w, refused)
		return
	}
	s.mu.Lock()
	s.deleted = append(s.deleted, options)
	s.mu.Unlock()
	reply(w, http.StatusOK, &metav1.Status{Status: metav1.StatusSuccess})
}

// put has an object take the place of the one with its name.
func (s *apiServer) put(resource string, object metav1.Object) {
	s.change(change{watch.Modified, resource, object.(runtime.Object).DeepCopyObject().(metav1.Object)})
}

func (s *apiServer) delete(resource string, object metav1.Object) {
	s.change(change{watch.Deleted, resource, object.(runtime.Object).DeepCopyObject().(metav1.Object)})
}

func (s *apiServer) change(c change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.object.SetResourceVersion(strconv.Itoa(len(s.history) + 1))
	s.history = append(s.history, c)
	close(s.more)
	s.more = make(chan struct{})
}

// since are the changes from one on, and what is closed when there are more.
func (s *apiServer) since(n int) ([]change, chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.history[n:], s.more
}

// list answers with a list, or watches.
func (s *apiServer) list(w http.ResponseWriter, r *http.Request) {
	resource, query := r.PathValue("resource"), r.URL.Query()
	if refused := s.refuses["GET "+resource]; refused != nil {
		fail(w, refused)
		return
	}
	field, _ := fields.ParseSelector(query.Get("fieldSelector"))
	label, _ := labels.Parse(query.Get("labelSelector"))
	selected := func(c change) bool {
		is := fields.Set{"metadata.name": c.object.GetName()}
		if event, ok := c.object.(*corev1.Event); ok {
			is["involvedObject.uid"] = string(event.InvolvedObject.UID)
		}
		return c.resource == resource && field.Matches(is) && label.Matches(labels.Set(c.object.GetLabels()))
	}
	if query.Get("watch") == "" {
		fail(w, apierrors.NewInternalError(http.ErrNotSupported)) // informers watch their lists
		return
	}
	sent, out, flush := 0, json.NewEncoder(w), w.(http.Flusher).Flush
	w.Header().Set("Content-Type", "application/json")
	send := func(kind watch.EventType, object any) {
		out.Encode(map[string]any{"type": kind, "object": object})
	}
	for first := true; ; first = false {
		changes, more := s.since(sent)
		for _, c := range changes {
			if selected(c) {
				send(c.kind, typed(c.object.(runtime.Object)))
			}
		}
		sent += len(changes)
		if first {
			example := map[string]runtime.Object{"jobs": &batchv1.Job{}, "pods": &corev1.Pod{}, "events": &corev1.Event{}}[resource]
			mark, _ := meta.Accessor(example)
			mark.SetAnnotations(map[string]string{metav1.InitialEventsAnnotationKey: "true"})
			mark.SetResourceVersion(strconv.Itoa(max(sent, 1)))
			send(watch.Bookmark, typed(example))
		}
		flush()
		select {
		case <-more:
		case <-r.Context().Done():
			return
		}
	}
}

// typed is an object with its kind.
func typed(object runtime.Object) runtime.Object {
	kinds, _, err := scheme.Scheme.ObjectKinds(object)
	if err != nil {
		panic(err)
	}
	object.GetObjectKind().SetGroupVersionKind(kinds[0])
	return object
}

func reply(w http.ResponseWriter, status int, object runtime.Object) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(typed(object.DeepCopyObject()))
}

func fail(w http.ResponseWriter, err *apierrors.StatusError) {
	status := err.ErrStatus
	reply(w, int(status.Code), &status)
}
