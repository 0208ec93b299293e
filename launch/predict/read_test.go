package predict

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/rest"
	clienttesting "k8s.io/client-go/testing"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

func changeOf(t *testing.T, text string) *Change {
	t.Helper()
	var c Change
	if err := c.Apply("-", "shop", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return &c
}

// TestMissingRights names the rights without which nothing can be said, and notes the others.
func TestMissingRights(t *testing.T) {
	for _, tc := range []struct {
		name, change  string
		denied        []string // verb, resource and namespace
		missing, note string
	}{
		{"pods", policyOf("shop", "p", denyAll), []string{"list pods shop"}, "missing rights: list pods in namespace shop", ""},
		{"several", policyOf("shop", "p", denyAll), []string{"list pods shop", "list networkpolicies shop", "get services kube-system", "list endpointslices default"}, "missing rights: list endpointslices.discovery.k8s.io in namespace default, get services in namespace kube-system", ""},
		{"what was read for all namespaces", apiSlice("s", "10.0.0.1"), []string{"list nodes "}, "missing rights: list nodes", ""},
		{"roles", policyOf("shop", "p", denyAll), []string{"list clusterroles "}, "", "what enforces NetworkPolicies is known by the names of agents alone (missing right: list clusterroles.rbac.authorization.k8s.io)"},
		{"agents", policyOf("shop", "p", denyAll), []string{"list pods "}, "", "agents that enforce NetworkPolicies are looked for in kube-system alone (missing right: list pods)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			client := fake.NewClientset(objectsOf(t, aCluster, podsOfShop)...)
			client.PrependReactor("*", "*", func(a clienttesting.Action) (bool, runtime.Object, error) {
				if slices.Contains(tc.denied, a.GetVerb()+" "+a.GetResource().Resource+" "+a.GetNamespace()) {
					return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: a.GetResource().Resource}, "", nil)
				}
				return false, nil, nil
			})
			s, err := Read(t.Context(), client, changeOf(t, tc.change))
			if _, missing := errors.AsType[*MissingRightsError](err); missing != (tc.missing != "") || missing && err.Error() != tc.missing {
				t.Fatalf("got %v, want %q", err, tc.missing)
			}
			if err == nil && !slices.Contains(s.Notes, tc.note) {
				t.Errorf("got the notes %q, want %q", s.Notes, tc.note)
			}
		})
	}
}

// TestReadsOnly has every call be one that reads, and one of those whose rights are printed.
func TestReadsOnly(t *testing.T) {
	one, all := Rules("shop")
	for text, rules := range map[string][]cluster.Rule{policyOf("shop", "p", denyAll): one, apiSlice("s", "10.0.0.1"): append(one, all...)} {
		client := fake.NewClientset(objectsOf(t, aCluster, podsOfShop)...)
		var mu sync.Mutex
		client.PrependReactor("*", "*", func(a clienttesting.Action) (bool, runtime.Object, error) {
			group := a.GetResource().Group
			asked := cluster.Rule{Namespace: a.GetNamespace(), Group: group, Resource: a.GetResource().Resource, Verb: a.GetVerb()}
			mu.Lock()
			defer mu.Unlock()
			if !slices.Contains(rules, asked) && asked.Resource != "resource" && asked.Resource != "group" { // which kinds there are, everybody may ask
				t.Errorf("%s was asked for, which is no rule of it", asked)
			}
			return false, nil, nil
		})
		if _, err := Read(t.Context(), client, changeOf(t, text)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReadPages follows a list to its end.
func TestReadPages(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		next := map[string]string{"": "a", "a": "b", "b": ""}[r.URL.Query().Get("continue")]
		if r.URL.Query().Get("limit") != "500" {
			t.Errorf("got %s, want a limit of 500", r.URL)
		}
		w.Write([]byte(`{"kind": "PodList", "apiVersion": "v1", "metadata": {"continue": "` + next + `"}, "items": [{"metadata": {"name": "p"}}]}`))
	}))
	t.Cleanup(server.Close)
	client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{State: &State{}, client: client}
	if list, err := paged(t.Context(), metav1.ListOptions{}, r.pods("shop")); err != nil || len(list) != 3 {
		t.Errorf("got %d pods and %v, want 3", len(list), err)
	}
}

// TestReadEnds says why, where the call is cut off.
func TestReadEnds(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	client := fake.NewClientset()
	client.PrependReactor("*", "*", func(clienttesting.Action) (bool, runtime.Object, error) {
		cancel(errors.New("interrupted by SIGINT"))
		return true, nil, context.Canceled
	})
	if _, err := Read(ctx, client, changeOf(t, policyOf("shop", "p", denyAll))); err == nil || err.Error() != "interrupted by SIGINT" {
		t.Errorf("got %v", err)
	}
}

// TestNoSuchObject refuses changes that the API server would refuse.
func TestNoSuchObject(t *testing.T) {
	for _, tc := range []struct{ change, deleted, want string }{
		{policyOf("nowhere", "p", denyAll), "", "standard input, document 1: there is no namespace nowhere"},
		{"", "netpol/nothing", "--delete netpol/nothing: NetworkPolicy shop/nothing is not in the cluster, and cannot be deleted"},
		{"", "sa/nothing", "ServiceAccount shop/nothing is not in the cluster"},
		{strings.ReplaceAll(apiSlice("kubernetes", "fd00::1"), "IPv4", "IPv6"), "", "standard input, document 1 (EndpointSlice default/kubernetes): addressType: cannot be changed"},
	} {
		var deleted []string
		if tc.deleted != "" {
			deleted = append(deleted, tc.deleted)
		}
		_, err := predicted(t, []string{aCluster, podsOfShop}, tc.change, deleted...)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("got %v, want %q", err, tc.want)
		}
	}
}

// TestNewNamespace has no pods, and is no error.
func TestNewNamespace(t *testing.T) {
	p, err := predicted(t, []string{aCluster}, "apiVersion: v1\nkind: Namespace\nmetadata: {name: fresh}\n---\n"+policyOf("fresh", "p", denyAll))
	if err != nil || p.Pods != (Counts{}) {
		t.Errorf("got %+v and %v", p.Pods, err)
	}
}

// TestApply leaves what kubectl apply does.
func TestApply(t *testing.T) {
	const live = `{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{\"metadata\": {\"labels\": {\"given\": \"a\", \"taken\": \"b\"}}}"},
		"labels": {"given": "a", "taken": "b", "of-others": "c"}}}`
	before := objectsOf(t, live)[0].(*corev1.Namespace)
	after, err := merged(before, Object{Kind: "Namespace", Name: "shop", given: []byte(`{"metadata": {"name": "shop", "labels": {"given": "z"}}}`)})
	if err != nil || len(after.Labels) != 2 || after.Labels["given"] != "z" || after.Labels["of-others"] != "c" {
		t.Errorf("got %v and %v", after, err)
	}
}
