//go:build e2e

package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/k8sdoctor/k8sdoctor/launch/predict"
)

const changeRounds = 20

// TestPredictByChance has changes made by chance: each takes some policies away, makes others
// anew and changes the rest, as kubectl apply does.
func TestPredictByChance(t *testing.T) {
	w := newPolicyWorld(t)
	service := kubectl(t, "--namespace=default", "get", "service", "kubernetes", "--output=jsonpath={.spec.clusterIP}:{.spec.ports[0].port}")
	var before []networkingv1.NetworkPolicy
	counts := map[string]int{}
	for round := range changeRounds {
		today := w.reach(t, before, service)
		after := w.policies()
		gone := slices.DeleteFunc(slices.Clone(before), func(p networkingv1.NetworkPolicy) bool {
			return slices.ContainsFunc(after, func(o networkingv1.NetworkPolicy) bool { return o.Name == p.Name && o.Namespace == p.Namespace })
		})
		applied, deleted := listOf(t, after), listOf(t, gone)
		args := []string{"predict", "-o", "json", "-f", write(t, t.TempDir(), "applied.json", applied)}
		if len(gone) > 0 {
			args = append(args, "--delete", write(t, t.TempDir(), "deleted.json", deleted))
		}
		out, err := pluginCommand(t, args...).Output()
		var p predict.Prediction
		if err != nil && !isExit(err) || json.Unmarshal(out, &p) != nil {
			t.Fatalf("round %d: %v: %s", round, err, out)
		}
		if len(gone) > 0 {
			commandWith(t, deleted, "kubectl", "delete", "--filename=-")
		}
		commandWith(t, applied, "kubectl", "apply", "--filename=-")
		then := w.reach(t, after, service)
		for i, pod := range w.pods {
			said := "keeps"
			j := slices.IndexFunc(p.Losses, func(l predict.Loss) bool {
				return l.Of == predict.APIServer && l.Namespace == string(pod.in) && slices.Contains(l.Pods, pod.name)
			})
			switch {
			case j >= 0 && dependsOnPlugin(p.Losses[j]):
				said = "depends"
			case j >= 0:
				said = "loses"
			}
			counts[said]++
			if loses := today[i] && !then[i]; said != "depends" && loses != (said == "loses") {
				t.Errorf("round %d: %s/%s: predicted: %s; it reached the API server %t before and %t after\nbefore %s\nafter %s\n%s", round, pod.in, pod.name, said, today[i], then[i], listOf(t, before), applied, out)
			}
		}
		before = after
	}
	t.Logf("pods: %v", counts)
	if counts["keeps"] < 10 || counts["loses"] < 5 {
		t.Errorf("got %v: that says little", counts)
	}
}

func listOf(t *testing.T, policies []networkingv1.NetworkPolicy) string {
	t.Helper()
	data, err := json.Marshal(networkingv1.NetworkPolicyList{Items: policies})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(data), "{", `{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicyList", `, 1)
}

// reach says which pods reach the Service kubernetes, once the policies are in force.
func (w *policyWorld) reach(t *testing.T, policies []networkingv1.NetworkPolicy, service string) []bool {
	t.Helper()
	judged := make([]bool, len(w.pods))
	for i, from := range w.pods {
		judged[i] = w.allows(policies, from, target{nil, w.api})
	}
	for end := time.Now().Add(20 * time.Second); ; {
		is := make([]bool, len(w.pods))
		var wait sync.WaitGroup
		for i, from := range w.pods {
			wait.Go(func() {
				is[i] = strings.TrimSpace(from.in.kubectl(t, "exec", from.name, "--", "/ports", "dial", service)) == service
			})
		}
		wait.Wait()
		if slices.Equal(is, judged) || time.Now().After(end) {
			return is
		}
	}
}
