// Package nodes runs k8sdoctor on every node of a cluster, and brings together what each
// has seen: a DaemonSet has one pod on each node, an init container of it is the doctor, and
// its termination message, which the kubelet carries, has what it observed. The network that
// is examined need not work.
package nodes

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/k8sdoctor/k8sdoctor/launch/job"
)

const (
	// runLabel is on the pods of one run, with the name of its DaemonSet.
	runLabel = "k8sdoctor/run"
	// doctor is the init container that examines the node.
	doctor = "k8sdoctor"
	idle   = "idle"
)

// daemonSet is the pod template of manifests/job.yaml on each node of a list: its container
// becomes an init container, as a DaemonSet's pods do not end, and ends with status 0, as
// otherwise it is started again (https://kubernetes.io/docs/concepts/workloads/pods/init-containers/).
func daemonSet(o job.Options, affinity *corev1.Affinity, hostNetwork bool) (*appsv1.DaemonSet, error) {
	like, err := job.New(o)
	if err != nil {
		return nil, err
	}
	name := "k8sdoctor-nodes-" + like.Name[len(like.Name)-5:]
	if hostNetwork {
		name += "-host"
	}
	template := like.Spec.Template
	template.Labels["app.kubernetes.io/component"] = "nodes"
	template.Labels[runLabel] = name
	spec := &template.Spec
	examine := spec.Containers[0]
	examine.Name = doctor
	examine.Args = append(examine.Args, "--termination-format=observations", "--exit-zero")
	wait := corev1.Container{
		Name: idle, Image: examine.Image, ImagePullPolicy: examine.ImagePullPolicy, Args: []string{idle},
		Resources: examine.Resources, SecurityContext: examine.SecurityContext,
	}
	spec.InitContainers, spec.Containers = []corev1.Container{examine}, []corev1.Container{wait}
	spec.RestartPolicy, spec.TerminationGracePeriodSeconds = corev1.RestartPolicyAlways, new(int64(5))
	spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	spec.Affinity = affinity
	if hostNetwork {
		spec.HostNetwork, spec.DNSPolicy = true, corev1.DNSClusterFirstWithHostNet
	}
	meta := metav1.ObjectMeta{Name: name, Namespace: o.Namespace, Labels: template.Labels}
	return &appsv1.DaemonSet{ObjectMeta: meta, Spec: appsv1.DaemonSetSpec{
		Selector:             &metav1.LabelSelector{MatchLabels: map[string]string{runLabel: name}},
		Template:             template,
		RevisionHistoryLimit: new(int32(0)),
	}}, nil
}

// selecting places pods on the nodes that a selector of labels selects, but for those of
// Windows.
func selecting(selector labels.Selector) (*corev1.Affinity, error) {
	term := corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{
		{Key: corev1.LabelOSStable, Operator: corev1.NodeSelectorOpNotIn, Values: []string{string(corev1.Windows)}},
	}}
	requirements, _ := selector.Requirements()
	for _, r := range requirements {
		operator, ok := operators[r.Operator()]
		if !ok {
			return nil, fmt.Errorf("a DaemonSet cannot select nodes by %q", r.String())
		}
		term.MatchExpressions = append(term.MatchExpressions, corev1.NodeSelectorRequirement{Key: r.Key(), Operator: operator, Values: r.ValuesUnsorted()})
	}
	return required(term), nil
}

// operators are those of labels as the affinity of a pod names them.
var operators = map[selection.Operator]corev1.NodeSelectorOperator{
	selection.In: corev1.NodeSelectorOpIn, selection.Equals: corev1.NodeSelectorOpIn, selection.DoubleEquals: corev1.NodeSelectorOpIn,
	selection.NotIn: corev1.NodeSelectorOpNotIn, selection.NotEquals: corev1.NodeSelectorOpNotIn,
	selection.Exists: corev1.NodeSelectorOpExists, selection.DoesNotExist: corev1.NodeSelectorOpDoesNotExist,
	selection.GreaterThan: corev1.NodeSelectorOpGt, selection.LessThan: corev1.NodeSelectorOpLt,
}

// named places pods on the nodes of these names.
func named(names []string) *corev1.Affinity {
	terms := make([]corev1.NodeSelectorTerm, len(names))
	for i, name := range names {
		terms[i].MatchFields = []corev1.NodeSelectorRequirement{{Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{name}}}
	}
	return required(terms...)
}

func required(terms ...corev1.NodeSelectorTerm) *corev1.Affinity {
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms}}}
}

// nodeOf is the node of a pod of a DaemonSet: before the scheduler has bound it, the one that
// its affinity names (pkg/controller/daemon/util/daemonset_util.go).
func nodeOf(p *corev1.Pod) string {
	if p.Spec.NodeName != "" || p.Spec.Affinity == nil || p.Spec.Affinity.NodeAffinity == nil {
		return p.Spec.NodeName
	}
	if required := p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution; required != nil {
		for _, term := range required.NodeSelectorTerms {
			for _, field := range term.MatchFields {
				if field.Key == metav1.ObjectNameField && len(field.Values) == 1 {
					return field.Values[0]
				}
			}
		}
	}
	return ""
}
