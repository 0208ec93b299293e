//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8sdoctor/k8sdoctor/netpolicy"
)

// newPolicyWorld starts six pods in three namespaces; E2E_SEED repeats what is made by chance.
func newPolicyWorld(t *testing.T) *policyWorld {
	t.Helper()
	image := programImage(t, "./ports")
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("E2E_SEED"); text != "" {
		if _, err := fmt.Sscan(text, &seed); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d", seed)
	w := &policyWorld{chance: rand.New(rand.NewPCG(seed, 0)), api: netip.MustParseAddrPort(endpoint(t))}
	for _, in := range []struct {
		labels map[string]string
		pods   []map[string]string
	}{
		{map[string]string{"team": "x"}, []map[string]string{{"app": "x", "tier": "x"}, {"app": "y"}, {"tier": "y"}}},
		{map[string]string{"team": "y", "tier": "x"}, []map[string]string{{"app": "x"}, {"app": "y", "tier": "y"}}},
		{nil, []map[string]string{{"app": "x", "tier": "y"}}},
	} {
		w.namespace(t, image, in.labels, in.pods)
	}
	w.start(t)
	return w
}

func (w *policyWorld) namespace(t *testing.T, image string, labels map[string]string, pods []map[string]string) {
	ns := newNamespace(t, false)
	for key, value := range labels {
		kubectl(t, "label", "namespace", string(ns), key+"="+value)
	}
	labels = map[string]string{"kubernetes.io/metadata.name": string(ns), "team": labels["team"], "tier": labels["tier"]}
	for key, value := range labels {
		if value == "" {
			delete(labels, key)
		}
	}
	w.namespaces = append(w.namespaces, ns)
	for i, of := range pods {
		name := fmt.Sprintf("p%d", i)
		pod := corev1.Pod{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: metav1.ObjectMeta{Name: name, Labels: of},
			Spec: corev1.PodSpec{TerminationGracePeriodSeconds: new(int64(0)), Containers: []corev1.Container{{
				Name: "ports", Image: image, ImagePullPolicy: corev1.PullNever, Ports: worldPorts, Args: []string{"serve", "8053", "8080", "8443", "9000"},
			}}},
		}
		data, err := json.Marshal(pod)
		if err != nil {
			t.Fatal(err)
		}
		ns.apply(t, string(data))
		w.pods = append(w.pods, worldPod{ns, name, netpolicy.Pod{Namespace: string(ns), NamespaceLabels: labels, Labels: of, Ports: worldPorts}})
	}
}

// start waits until the pods have their addresses.
func (w *policyWorld) start(t *testing.T) {
	t.Helper()
	for i := range w.pods {
		p := &w.pods[i]
		p.in.kubectl(t, "wait", "pod/"+p.name, "--for=condition=Ready", "--timeout=2m")
		p.IPs = []netip.Addr{netip.MustParseAddr(p.in.kubectl(t, "get", "pod", p.name, "--output=jsonpath={.status.podIP}"))}
	}
}
