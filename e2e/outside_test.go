//go:build e2e

package e2e

import (
	"cmp"
	"slices"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/k8sdoctor/k8sdoctor/accuracy"
	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/corpus"
	"github.com/k8sdoctor/k8sdoctor/launch"
	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// outside collects what the launcher would make of each scenario.
var outside accuracy.Outside

// apiClient is a client with the rights of who runs the tests.
var apiClient = sync.OnceValues(func() (*kubernetes.Clientset, error) {
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(clientcmd.NewDefaultClientConfigLoadingRules(), nil).ClientConfig()
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 50, 100
	return kubernetes.NewForConfig(config)
})

// fromOutside judges the report of a scenario's pod again, with what the launcher reads of
// the cluster: it may be surer, and never wrongly so.
func (s scenario) fromOutside(t *testing.T, ns namespace, inside report.Report) {
	t.Helper()
	client, err := apiClient()
	if err != nil {
		t.Fatal(err)
	}
	pods, err := client.CoreV1().Pods(string(ns)).List(t.Context(), metav1.ListOptions{LabelSelector: "job-name=k8sdoctor"})
	if err != nil || len(pods.Items) != 1 {
		t.Fatalf("got %d pods of the Job, %v, want one", len(pods.Items), err)
	}
	pod := pods.Items[0]
	pod.Status.Phase = corev1.PodRunning // it was, when it saw that
	state := cluster.Read(t.Context(), client, &pod)
	if len(state.NotSeen) > 0 {
		t.Errorf("not seen: %+v", state.NotSeen)
	}
	both := launch.Merge(inside, state)
	rowInside, rowBoth := s.row(inside), s.row(both)
	rowBoth.Want = cmp.Or(s.outside, rowInside.Want)
	rowBoth.Took = time.Duration(inside.Took)
	outside.Add(rowInside, rowBoth)
	truth := slices.Concat([]string{rowBoth.Want}, s.cause, s.true)
	for _, f := range both.Verdict.Causes {
		if f.Confidence == causes.Certain && !corpus.IsTrue(truth, f.Code) {
			t.Errorf("from outside, %s is certain, which is not true; want %v", f.Code, truth)
		}
	}
	if rowInside.Right() && !rowBoth.Right() {
		t.Errorf("from outside, got %s, want %s first, as from inside", list(both.Verdict.Causes), rowBoth.Want)
	}
}
