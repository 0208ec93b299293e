//go:build e2e

package e2e

import (
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// watched is what was seen of an application while the doctor stood beside it.
type watched struct {
	samples int             // in which the doctor's pod had an address
	served  int             // in which its Service was to send it requests
	owners  map[string]bool // kinds of what the doctor's pod belonged to
	pods    map[string]bool // sets of the application's own pods
	budget  []int32         // disruptions allowed: before, and then in each sample
}

// watch looks at an application before f, again and again while it runs, and
// after it.
func (ns namespace) watch(t *testing.T, name string, f func()) watched {
	t.Helper()
	type look struct {
		out []byte
		err error
	}
	now := func() look {
		out, err := exec.Command("kubectl", "--namespace", string(ns), "get", "pods,endpointslices,poddisruptionbudgets", "--output=json").Output()
		return look{out, err}
	}
	looks, over, done := []look{now()}, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			looks = append(looks, now())
			select {
			case <-over:
				looks = append(looks, now())
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	f()
	close(over)
	<-done
	w := watched{owners: map[string]bool{}, pods: map[string]bool{}}
	for _, l := range looks {
		if l.err != nil {
			t.Fatal(l.err)
		}
		w.add(t, name, l.out)
	}
	t.Logf("%d looks, %d with the doctor's pod, %d with it in the Service; disruptions allowed %v; owners of the doctor's pod %v",
		len(looks), w.samples, w.served, w.budget, slices.Collect(maps.Keys(w.owners)))
	return w
}

// add adds what one look has shown.
func (w *watched) add(t *testing.T, name string, out []byte) {
	t.Helper()
	var list struct{ Items []json.RawMessage }
	decode(t, out, &list)
	var own, served []string
	address := ""
	for _, item := range list.Items {
		var kind metav1.PartialObjectMetadata
		decode(t, item, &kind)
		switch {
		case kind.Kind == "Pod" && strings.HasPrefix(kind.Name, "k8sdoctor"):
			var pod corev1.Pod
			decode(t, item, &pod)
			address = pod.Status.PodIP
			for _, owner := range pod.OwnerReferences {
				w.owners[owner.Kind] = true
			}
		case kind.Kind == "Pod" && kind.Labels["app"] == name:
			own = append(own, kind.Name+" "+string(kind.UID))
		case kind.Kind == "EndpointSlice" && kind.Labels[discoveryv1.LabelServiceName] == name:
			var slice discoveryv1.EndpointSlice
			decode(t, item, &slice)
			for _, e := range slice.Endpoints {
				if c := e.Conditions; c.Ready == nil || *c.Ready || c.Serving == nil || *c.Serving {
					served = append(served, e.Addresses...)
				}
			}
		case kind.Kind == "PodDisruptionBudget" && kind.Name == name:
			var budget policyv1.PodDisruptionBudget
			decode(t, item, &budget)
			w.budget = append(w.budget, budget.Status.DisruptionsAllowed)
		}
	}
	w.pods[strings.Join(own, ", ")] = true
	if address != "" {
		w.samples++
		if slices.Contains(served, address) {
			w.served++
		}
	}
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// check checks that the application and its Service were left alone.
func (w watched) check(t *testing.T) {
	t.Helper()
	if w.samples < 5 {
		t.Errorf("the doctor's pod was seen %d times, want at least 5", w.samples)
	}
	if w.served > 0 {
		t.Errorf("the Service would send the doctor requests in %d of %d looks", w.served, w.samples)
	}
	if len(w.pods) != 1 {
		t.Errorf("the application's own pods changed: %q", slices.Collect(maps.Keys(w.pods)))
	}
	for _, kind := range []string{"ReplicaSet", "DaemonSet", "StatefulSet"} {
		if w.owners[kind] {
			t.Errorf("a %s has adopted the doctor's pod", kind)
		}
	}
}
