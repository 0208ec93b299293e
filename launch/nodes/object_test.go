package nodes

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/k8sdoctor/k8sdoctor/launch/job"
)

func TestDaemonSetHarmsNobody(t *testing.T) {
	selector, err := labels.Parse("zone=a,disk!=slow,gpu")
	if err != nil {
		t.Fatal(err)
	}
	affinity, err := selecting(selector)
	if err != nil {
		t.Fatal(err)
	}
	set, err := daemonSet(job.Options{Namespace: "shop", Image: "k8sdoctor:v1", Arguments: []string{"--endpoint=172.18.0.2:6443"}}, affinity, false)
	if err != nil {
		t.Fatal(err)
	}
	spec := set.Spec.Template.Spec
	if len(spec.InitContainers) != 1 || !slices.Equal(spec.InitContainers[0].Args, []string{"check", "--output=json", "--endpoint=172.18.0.2:6443", "--termination-format=observations", "--exit-zero"}) {
		t.Errorf("got the init containers %v", spec.InitContainers)
	}
	if len(spec.Containers) != 1 || !slices.Equal(spec.Containers[0].Args, []string{"idle"}) || spec.RestartPolicy != corev1.RestartPolicyAlways {
		t.Errorf("got the containers %v", spec.Containers)
	}
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		if c.Resources.Limits.Memory().IsZero() || c.SecurityContext.AllowPrivilegeEscalation == nil || *c.SecurityContext.AllowPrivilegeEscalation || !*c.SecurityContext.ReadOnlyRootFilesystem {
			t.Errorf("container %s has no limit of memory, or may more than the level restricted allows", c.Name)
		}
	}
	if len(spec.ReadinessGates) == 0 {
		t.Error("the pods become ready, and a Service may send them requests")
	}
	if len(spec.Tolerations) != 1 || spec.Tolerations[0] != (corev1.Toleration{Operator: corev1.TolerationOpExists}) {
		t.Errorf("got the tolerations %v, want every taint", spec.Tolerations)
	}
	for key, value := range set.Spec.Selector.MatchLabels {
		if set.Spec.Template.Labels[key] != value || !strings.HasSuffix(value, set.Name) {
			t.Errorf("the selector %s=%s is not of this run alone", key, value)
		}
	}
	var terms []string
	for _, e := range spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms[0].MatchExpressions {
		terms = append(terms, e.Key+" "+string(e.Operator)+" "+strings.Join(e.Values, ","))
	}
	slices.Sort(terms)
	if want := []string{"disk NotIn slow", "gpu Exists ", "kubernetes.io/os NotIn windows", "zone In a"}; !slices.Equal(terms, want) {
		t.Errorf("got the terms %q, want %q", terms, want)
	}
}

func TestHostNetworkIsForNamedNodesAlone(t *testing.T) {
	set, err := daemonSet(job.Options{Namespace: "shop", Image: "k8sdoctor:v1"}, named([]string{"dark-1", "dark-2"}), true)
	if err != nil {
		t.Fatal(err)
	}
	spec := set.Spec.Template.Spec
	terms := spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	if !spec.HostNetwork || len(terms) != 2 || terms[1].MatchFields[0].Key != "metadata.name" || !slices.Equal(terms[1].MatchFields[0].Values, []string{"dark-2"}) {
		t.Errorf("got host network %v on %v", spec.HostNetwork, terms)
	}
}

func TestNodeOfPodThatIsNotBound(t *testing.T) {
	p := &corev1.Pod{Spec: corev1.PodSpec{Affinity: named([]string{"worker-7"})}}
	if got := nodeOf(p); got != "worker-7" {
		t.Errorf("got %q, want the node of its affinity", got)
	}
	p.Spec.NodeName = "worker-8"
	if got := nodeOf(p); got != "worker-8" {
		t.Errorf("got %q, want the node that has it", got)
	}
	if got := nodeOf(&corev1.Pod{}); got != "" {
		t.Errorf("got %q of a pod without an affinity", got)
	}
}
