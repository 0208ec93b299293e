package clients_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/lab"
	"github.com/k8sdoctor/k8sdoctor/lab/trial"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// observed is what the checks, without probes, observe in a pod of the lab.
func observed(t *testing.T, faults ...string) observe.Set {
	t.Helper()
	results, _ := trial.Results(t, checks.All(), faults...)
	return observe.All(results)
}

func TestEveryClientWorksInTheHealthyLab(t *testing.T) {
	for _, c := range clients.Table(observed(t)) {
		if c.Outcome != clients.Works {
			t.Errorf("got %+v, want that it works", c)
		}
	}
}

// What the checks observe of a fault leads to the rows that the hand-made
// observations lead to.
func TestClientsOfASickLab(t *testing.T) {
	for code, want := range faultRows {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			seen := observed(t, code)
			for _, r := range want {
				r.check(t, seen)
			}
		})
	}
}

// Every fault of the lab leaves every row complete.
func TestRowsOfTheLabAreComplete(t *testing.T) {
	for _, fault := range lab.Faults() {
		t.Run(fault.Code, func(t *testing.T) {
			t.Parallel()
			for _, c := range clients.Table(observed(t, fault.Code)) {
				if fault := complete(c); fault != "" {
					t.Errorf("%s: %+v", fault, c)
				}
			}
		})
	}
}

// What client-go prints is what the client-go of this program prints.
func TestGoTextsAreThoseOfClientGo(t *testing.T) {
	for _, fault := range []string{
		"net.api-down", "tls.unknown-ca", "tls.self-signed", "tls.foreign-server", "tls.host-not-covered", "tls.expired", "tls.not-tls",
		"token.expired", "token.rejected", "token.stripped",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			want := inClusterRequest(t, fault)
			got := clientNamed(t, faults[fault], "client-go")
			if got.Outcome != clients.Fails || got.Error == "" {
				t.Fatalf("got %+v, want %q", got, want)
			}
			rest := want
			for _, part := range strings.Split(got.Error, "...") {
				i := strings.Index(rest, strings.TrimSpace(part))
				if i < 0 {
					t.Fatalf("got %q, want a part of %q", got.Error, want)
				}
				rest = rest[i+len(strings.TrimSpace(part)):]
			}
		})
	}
}

// inClusterRequest makes a request as rest.InClusterConfig would set it up.
func inClusterRequest(t *testing.T, fault string) string {
	t.Helper()
	pod, err := lab.Start(t.TempDir(), fault)
	if err != nil {
		t.Fatal(err)
	}
	defer pod.Close()
	file := func(name string) string {
		return filepath.Join(pod.System.Root, "var/run/secrets/kubernetes.io/serviceaccount", name)
	}
	token, err := os.ReadFile(file("token"))
	if err != nil {
		t.Fatal(err)
	}
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	client, err := rest.UnversionedRESTClientFor(&rest.Config{
		Host:            "https://" + pod.System.Env["KUBERNETES_SERVICE_HOST"] + ":" + pod.System.Env["KUBERNETES_SERVICE_PORT"],
		BearerToken:     string(token),
		BearerTokenFile: file("token"),
		TLSClientConfig: rest.TLSClientConfig{CAFile: file("ca.crt")},
		Dial:            pod.System.Dial,
		Proxy:           func(*http.Request) (*url.URL, error) { return nil, nil },
		ContentConfig:   rest.ContentConfig{NegotiatedSerializer: serializer.NewCodecFactory(scheme).WithoutConversion()},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	err = client.Get().AbsPath("/api").Do(ctx).Error()
	if err == nil {
		t.Fatal("the request succeeds")
	}
	return err.Error()
}
