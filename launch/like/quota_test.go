package like

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// amounts reads "cpu 1 memory 2Gi".
func amounts(text string) corev1.ResourceList {
	list, words := corev1.ResourceList{}, strings.Fields(text)
	for ; len(words) > 0; words = words[2:] {
		list[corev1.ResourceName(words[0])] = resource.MustParse(words[1])
	}
	return list
}

func inWords(list corev1.ResourceList) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(list)) {
		q := list[name]
		words = append(words, fmt.Sprint(name, " ", q.String()))
	}
	return strings.Join(words, " ")
}

func TestCopyFitsLimitRanges(t *testing.T) {
	t.Parallel()
	const requests, limits = "cpu 10m memory 64Mi", "memory 256Mi"
	for _, tc := range []struct {
		name             string
		item             corev1.LimitRangeItem
		requests, limits string
		refusal          string
	}{
		{"none", corev1.LimitRangeItem{}, requests, limits, ""},
		{"of claims", corev1.LimitRangeItem{Type: corev1.LimitTypePersistentVolumeClaim, Min: amounts("memory 1Gi")}, requests, limits, ""},
		{"least", corev1.LimitRangeItem{Type: corev1.LimitTypeContainer, Min: amounts("cpu 100m memory 512Mi")}, "cpu 100m memory 512Mi", "memory 512Mi", ""},
		{"most", corev1.LimitRangeItem{Type: corev1.LimitTypePod, Max: amounts("cpu 1 memory 128Mi")}, requests, "cpu 1 memory 128Mi", ""},
		{"less than is needed", corev1.LimitRangeItem{Type: corev1.LimitTypeContainer, Max: amounts("memory 32Mi")}, "", "", "LimitRange bounds does not allow the copy: memory 64Mi is wanted, and 32Mi is the most"},
		{"ratio", corev1.LimitRangeItem{Type: corev1.LimitTypeContainer, MaxLimitRequestRatio: amounts("memory 2")}, "cpu 10m memory 128Mi", limits, ""},
		{"ratio to the default", corev1.LimitRangeItem{Type: corev1.LimitTypeContainer, Default: amounts("cpu 1"), MaxLimitRequestRatio: amounts("cpu 4")}, "cpu 251m memory 64Mi", "cpu 1 memory 256Mi", ""},
		{"default", corev1.LimitRangeItem{Type: corev1.LimitTypeContainer, Default: amounts("cpu 1 memory 1Gi")}, requests, "cpu 1 memory 256Mi", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := nothing()
			s.LimitRanges = []corev1.LimitRange{{ObjectMeta: named("bounds"), Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{tc.item}}}}
			got, _, err := Prove(plain(), s)
			if tc.refusal != "" || err != nil {
				if err == nil || err.Error() != tc.refusal {
					t.Errorf("got %v, want %q", err, tc.refusal)
				}
				return
			}
			r := got.Spec.Containers[0].Resources
			ratio := inWords(tc.item.MaxLimitRequestRatio) != ""
			if inWords(r.Limits) != tc.limits || !ratio && inWords(r.Requests) != tc.requests {
				t.Errorf("got %s and at most %s, want %s and %s", inWords(r.Requests), inWords(r.Limits), tc.requests, tc.limits)
			}
			for name, most := range tc.item.MaxLimitRequestRatio {
				request, limit := r.Requests[name], r.Limits[name]
				if limit.AsApproximateFloat64()/request.AsApproximateFloat64() > most.AsApproximateFloat64() {
					t.Errorf("got %s of %s, a ratio of more than %s", request.String(), limit.String(), most.String())
				}
			}
		})
	}
}

func TestCopyFitsQuotas(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		hard, used string
		scope      corev1.ResourceQuotaScope
		limits     string
		note       string
		refusal    string
	}{
		{name: "room", hard: "pods 10 requests.cpu 1", used: "pods 8 requests.cpu 900m", limits: "memory 256Mi"},
		{name: "no pod", hard: "pods 10", used: "pods 10", refusal: "ResourceQuota team has no room for the copy: 10 of 10 pods are used, and 1 is needed"},
		{name: "the last pod", hard: "pods 10", used: "pods 9", limits: "memory 256Mi", note: "the copy takes the last pods of ResourceQuota team while it is there"},
		{name: "too little memory", hard: "limits.memory 1Gi", used: "limits.memory 900Mi", refusal: "900Mi of 1Gi limits.memory are used, and 256Mi is needed"},
		{name: "too little of cpu by its short name", hard: "cpu 1", used: "cpu 1", refusal: "1 of 1 cpu are used, and 10m is needed"},
		{name: "no Job", hard: "count/jobs.batch 1", used: "count/jobs.batch 1", refusal: "count/jobs.batch are used"},
		{name: "limits that it demands", hard: "limits.cpu 2 requests.ephemeral-storage 1Gi", used: "limits.cpu 1 requests.ephemeral-storage 0", limits: "cpu 500m memory 256Mi"},
		{name: "of pods without a deadline", hard: "pods 1", used: "pods 1", scope: corev1.ResourceQuotaScopeNotTerminating, limits: "memory 256Mi"},
		{name: "of pods with a deadline", hard: "pods 1", used: "pods 1", scope: corev1.ResourceQuotaScopeTerminating, refusal: "no room"},
		{name: "of things that it has not", hard: "services 1", used: "services 1", limits: "memory 256Mi"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			q := corev1.ResourceQuota{ObjectMeta: named("team"), Status: corev1.ResourceQuotaStatus{Hard: amounts(tc.hard), Used: amounts(tc.used)}}
			if tc.scope != "" {
				q.Spec.Scopes = []corev1.ResourceQuotaScope{tc.scope}
			}
			s := nothing()
			s.Quotas = []corev1.ResourceQuota{q}
			got, notes, err := Prove(plain(), s)
			if tc.refusal != "" || err != nil {
				if err == nil || !strings.Contains(err.Error(), tc.refusal) || tc.refusal == "" {
					t.Errorf("got %v, want %q", err, tc.refusal)
				}
				return
			}
			if limits := inWords(got.Spec.Containers[0].Resources.Limits); limits != tc.limits {
				t.Errorf("got the limits %s, want %s", limits, tc.limits)
			}
			if text := strings.Join(notes, "\n"); text != tc.note {
				t.Errorf("got the notes %q, want %q", text, tc.note)
			}
		})
	}
}

func TestWebhooksThatAreAsked(t *testing.T) {
	t.Parallel()
	rule := func(operation admissionv1.OperationType, group, resource string) []admissionv1.RuleWithOperations {
		return []admissionv1.RuleWithOperations{{Operations: []admissionv1.OperationType{operation}, Rule: admissionv1.Rule{APIGroups: []string{group}, Resources: []string{resource}}}}
	}
	pods := rule(admissionv1.Create, "", "pods")
	for _, tc := range []struct {
		name  string
		hook  admissionv1.MutatingWebhook
		asked bool
	}{
		{"pods", admissionv1.MutatingWebhook{Rules: pods}, true},
		{"everything", admissionv1.MutatingWebhook{Rules: rule(admissionv1.OperationAll, "*", "*")}, true},
		{"changes", admissionv1.MutatingWebhook{Rules: rule(admissionv1.Update, "", "pods")}, false},
		{"Services", admissionv1.MutatingWebhook{Rules: rule(admissionv1.Create, "", "services")}, false},
		{"pods of metrics", admissionv1.MutatingWebhook{Rules: rule(admissionv1.Create, "metrics.k8s.io", "pods")}, false},
		{"this namespace", admissionv1.MutatingWebhook{Rules: pods, NamespaceSelector: match("mesh", "on")}, true},
		{"another namespace", admissionv1.MutatingWebhook{Rules: pods, NamespaceSelector: match("mesh", "off")}, false},
		{"other pods", admissionv1.MutatingWebhook{Rules: pods, ObjectSelector: match("app", "db")}, false},
	} {
		s := nothing()
		s.Namespace = &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"mesh": "on"}}}
		s.Mutating = []admissionv1.MutatingWebhookConfiguration{{ObjectMeta: named("injector"), Webhooks: []admissionv1.MutatingWebhook{tc.hook}}}
		s.Validating = []admissionv1.ValidatingWebhookConfiguration{{ObjectMeta: named("rules"), Webhooks: []admissionv1.ValidatingWebhook{{Rules: tc.hook.Rules, NamespaceSelector: tc.hook.NamespaceSelector, ObjectSelector: tc.hook.ObjectSelector}}}}
		_, notes, err := Prove(plain(), s)
		var want []string
		if tc.asked {
			want = []string{"webhooks that may change the copy: injector", "webhooks that may deny the copy: rules"}
		}
		if err != nil || !slices.Equal(notes, want) {
			t.Errorf("%s: got %q, %v, want %q", tc.name, notes, err, want)
		}
	}
}

func TestWhatAWebhookAdded(t *testing.T) {
	t.Parallel()
	got := plain()
	got.Spec.Containers = append([]corev1.Container{{Name: "istio-proxy"}}, got.Spec.Containers...)
	got.Spec.InitContainers = []corev1.Container{{Name: "istio-init"}}
	got.Spec.ReadinessGates = append(got.Spec.ReadinessGates, corev1.PodReadinessGate{ConditionType: "lb/ready"})
	got.Labels["security.istio.io/tlsMode"] = "istio"
	notes, injected := Added(plain(), got)
	want := []string{"added to the copy by a webhook: init container istio-init, container istio-proxy, readiness gate lb/ready, label security.istio.io/tlsMode"}
	if !slices.Equal(notes, want) || !injected {
		t.Errorf("got %q, %t, want %q", notes, injected, want)
	}
	if notes, injected := Added(plain(), plain()); len(notes) > 0 || injected {
		t.Errorf("got %q, %t of what is the same", notes, injected)
	}
}
