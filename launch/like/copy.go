// Package like makes a pod that is like a failing one in what decides whether it reaches the
// API server, and proves before it is created that nobody would take it for one of the
// workload's own. It reads nothing: what it gets are objects that were read.
package like

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	k8slabels "k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

const (
	// ForPod is the annotation that names the pod of which a pod is a copy; a label might be
	// selected.
	ForPod = "k8sdoctor/for-pod"
	// gate is what the copy waits for to be ready, and nothing sets.
	gate = corev1.PodConditionType("k8sdoctor/in-a-service")
	// never is later than the end of any copy.
	never = 24 * time.Hour
	// maxName is how long a name may be that a label value or a host name is made of.
	maxName = 63
)

// Idle is the command of a copy that runs nothing of its own: the program comes later.
var Idle = []string{"sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"}

// Options are what a caller decides about a copy.
type Options struct {
	// Suffix is the end of its name.
	Suffix string
	// Image is that of the copy; empty for the container's own. With Doctor it is k8sdoctor's
	// and runs by its entrypoint; in any other the copy idles.
	Image      string
	Doctor     bool
	PullPolicy corev1.PullPolicy
	SameNode   bool
	// Deadline is when the kubelet ends the copy, counted from its start.
	Deadline time.Duration
	// Differ is in what it is made to differ.
	Differ Difference
}

// Copy returns a pod like the given one, for one of its containers, and in words what it
// does not have. Secrets stay references: no value of one is read.
func Copy(pod *corev1.Pod, container string, o Options) (*corev1.Pod, []string) {
	original := containerOf(pod, container)
	var notes []string
	leave := func(why string, things ...string) {
		if len(things) > 0 {
			notes = append(notes, "left out: "+strings.Join(things, ", ")+why)
		}
	}
	volumes, mounts, dropped := volumesOf(pod, original)
	env, strange := envOf(original)
	c := corev1.Container{
		Name: original.Name, Image: original.Image, ImagePullPolicy: corev1.PullIfNotPresent, Command: Idle,
		Env: env, EnvFrom: original.EnvFrom, VolumeMounts: mounts,
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10m"), corev1.ResourceMemory: resource.MustParse("64Mi")},
			Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("256Mi")},
		},
		// Load balancers take pods whose containers are ready while a gate of theirs is open
		// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/).
		// With a probe that has not run yet, a container is not ready (pkg/kubelet/prober/worker.go).
		ReadinessProbe: &corev1.Probe{
			ProbeHandler:        corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(1)}},
			InitialDelaySeconds: int32(never / time.Second),
		},
	}
	if original.ImagePullPolicy == corev1.PullNever {
		c.ImagePullPolicy = corev1.PullNever
	}
	var powers []string
	c.SecurityContext, powers = tamed(original.SecurityContext)
	for name, has := range map[string]bool{"the node's processes (hostPID)": pod.Spec.HostPID, "the node's shared memory (hostIPC)": pod.Spec.HostIPC} {
		if has {
			powers = append(powers, name)
		}
	}
	slices.Sort(powers)
	readOnly := c.SecurityContext.ReadOnlyRootFilesystem
	if o.Image != "" {
		c.Image, c.ImagePullPolicy = o.Image, ""
	}
	switch {
	case o.Doctor:
		c.Command = nil
	case readOnly != nil && *readOnly:
		volumes, mounts = withRoom(volumes, mounts)
		c.VolumeMounts = mounts
	}
	if o.PullPolicy != "" {
		c.ImagePullPolicy = o.PullPolicy
	}
	name := nameOf(pod, o.Suffix)
	like := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: pod.Namespace, Labels: cluster.OwnLabels(pod), Annotations: annotationsOf(pod),
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "batch/v1", Kind: "Job", Name: name}},
		},
		Spec: corev1.PodSpec{
			ServiceAccountName: pod.Spec.ServiceAccountName, AutomountServiceAccountToken: automountOf(pod, original),
			DNSPolicy: pod.Spec.DNSPolicy, DNSConfig: pod.Spec.DNSConfig, HostAliases: pod.Spec.HostAliases,
			HostNetwork: pod.Spec.HostNetwork, HostUsers: pod.Spec.HostUsers, EnableServiceLinks: pod.Spec.EnableServiceLinks,
			NodeSelector: pod.Spec.NodeSelector, Affinity: affinityOf(pod), Tolerations: pod.Spec.Tolerations,
			RuntimeClassName: pod.Spec.RuntimeClassName, SecurityContext: pod.Spec.SecurityContext, ImagePullSecrets: pod.Spec.ImagePullSecrets,
			ReadinessGates: []corev1.PodReadinessGate{{ConditionType: gate}}, RestartPolicy: corev1.RestartPolicyNever,
			ActiveDeadlineSeconds: new(int64(o.Deadline / time.Second)), TerminationGracePeriodSeconds: new(int64(1)),
			Containers: []corev1.Container{c}, Volumes: volumes,
		},
	}
	like = like.DeepCopy()
	if o.SameNode {
		like.Spec.NodeName = pod.Spec.NodeName
		if pod.Spec.NodeName == "" {
			notes = append(notes, "no node has taken the pod: the scheduler places the copy")
		}
	}
	var labels []string
	for _, key := range slices.Sorted(maps.Keys(pod.Labels)) {
		if _, kept := like.Labels[key]; !kept {
			labels = append(labels, "label "+key)
		}
	}
	leave(" (by which a controller knows its own pods)", labels...)
	leave("", others(pod, container)...)
	leave("", dropped...)
	leave(" (of other containers or of volumes)", strange...)
	leave(" (the copy serves nobody)", dutiesOf(pod, original)...)
	leave(" (a check needs no such power)", powers...)
	if a := pod.Spec.Affinity; a != nil && a.PodAntiAffinity != nil {
		leave(" (it would keep pods of the workload off the node)", "pod anti-affinity")
	}
	if by := countedBy(pod, like.Labels); len(by) > 0 && !o.SameNode {
		notes = append(notes, "while it is there, the scheduler counts the copy where it places pods of the workload: "+strings.Join(by, " and ")+" (not with --same-node)")
	}
	if pod.Annotations[consulInject] != "" && pod.Annotations[consulInject] != "false" {
		leave(" (it registers each pod as an instance of a service)", "Consul's sidecar")
	}
	o.Differ.apply(like, pod)
	return like, notes
}

func containerOf(pod *corev1.Pod, name string) corev1.Container {
	i := slices.IndexFunc(pod.Spec.Containers, func(c corev1.Container) bool { return c.Name == name })
	return pod.Spec.Containers[max(i, 0)]
}

// nameOf is the name of a copy: it names its original as far as there is room.
func nameOf(pod *corev1.Pod, suffix string) string {
	name := "k8sdoctor-like-" + cmp.Or(pod.Name, pod.GenerateName) // one that was never created has no name
	name = strings.TrimRight(name[:min(len(name), maxName-len(suffix)-1)], "-.")
	return name + "-" + suffix
}

// others are the containers that the copy does not have; a mesh puts its own in again.
func others(pod *corev1.Pod, container string) (list []string) {
	for _, c := range pod.Spec.InitContainers {
		list = append(list, "init container "+c.Name)
	}
	for _, c := range pod.Spec.Containers {
		if c.Name != container {
			list = append(list, "container "+c.Name)
		}
	}
	return list
}

// affinityOf leaves out what would keep pods of the workload off the node of the copy: the
// scheduler honours a required anti-affinity of each pod that is there
// (pkg/scheduler/framework/plugins/interpodaffinity).
func affinityOf(pod *corev1.Pod) *corev1.Affinity {
	if pod.Spec.Affinity == nil {
		return nil
	}
	near := pod.Spec.Affinity.PodAffinity.DeepCopy()
	if near != nil { // the API server has put what these keys stand for into the selectors
		for i := range near.RequiredDuringSchedulingIgnoredDuringExecution {
			forgetKeys(&near.RequiredDuringSchedulingIgnoredDuringExecution[i])
		}
		for i := range near.PreferredDuringSchedulingIgnoredDuringExecution {
			forgetKeys(&near.PreferredDuringSchedulingIgnoredDuringExecution[i].PodAffinityTerm)
		}
	}
	return &corev1.Affinity{NodeAffinity: pod.Spec.Affinity.NodeAffinity, PodAffinity: near}
}

// countedBy are what the workload asks of its placement that selects these labels as well.
func countedBy(pod *corev1.Pod, has map[string]string) (list []string) {
	selects := func(s *metav1.LabelSelector) bool {
		selector, err := metav1.LabelSelectorAsSelector(s)
		return err == nil && selector.Matches(k8slabels.Set(has))
	}
	if a := pod.Spec.Affinity; a != nil && a.PodAntiAffinity != nil && slices.ContainsFunc(a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution, func(t corev1.PodAffinityTerm) bool { return selects(t.LabelSelector) }) {
		list = append(list, "pod anti-affinity")
	}
	if slices.ContainsFunc(pod.Spec.TopologySpreadConstraints, func(c corev1.TopologySpreadConstraint) bool { return selects(c.LabelSelector) }) {
		list = append(list, "topology spread constraints")
	}
	return list
}

func forgetKeys(term *corev1.PodAffinityTerm) { term.MatchLabelKeys, term.MismatchLabelKeys = nil, nil }

// dutiesOf are what a pod has to serve others, and to be served first.
func dutiesOf(pod *corev1.Pod, c corev1.Container) (list []string) {
	for _, duty := range []struct {
		name string
		has  bool
	}{
		{"command", len(c.Command)+len(c.Args) > 0},
		{"ports", len(c.Ports) > 0},
		{"probes", c.LivenessProbe != nil || c.ReadinessProbe != nil || c.StartupProbe != nil},
		{"hooks", c.Lifecycle != nil},
		{"requests and limits", len(c.Resources.Requests)+len(c.Resources.Limits)+len(c.Resources.Claims) > 0},
		{"readiness gates", len(pod.Spec.ReadinessGates) > 0},
		{"host name", pod.Spec.Hostname+pod.Spec.Subdomain != ""},
		{"priority", pod.Spec.PriorityClassName != ""},
		{"topology spread constraints", len(pod.Spec.TopologySpreadConstraints) > 0},
	} {
		if duty.has {
			list = append(list, duty.name)
		}
	}
	return list
}

// envOf is the environment without what refers to something that the copy does not have.
func envOf(c corev1.Container) (env []corev1.EnvVar, dropped []string) {
	for _, e := range c.Env {
		from := e.ValueFrom
		if from != nil && (from.FileKeyRef != nil || ofAnother(from.ResourceFieldRef, c.Name)) {
			dropped = append(dropped, "variable "+e.Name)
			continue
		}
		env = append(env, e)
	}
	return env, dropped
}

func ofAnother(ref *corev1.ResourceFieldSelector, container string) bool {
	return ref != nil && ref.ContainerName != "" && ref.ContainerName != container
}

// tamed is a security context without the powers that exceed those of a plain container.
func tamed(original *corev1.SecurityContext) (s *corev1.SecurityContext, dropped []string) {
	if s = original.DeepCopy(); s == nil {
		s = &corev1.SecurityContext{}
	}
	if s.Privileged != nil && *s.Privileged {
		dropped = append(dropped, "privileged")
	}
	if s.Capabilities != nil {
		for _, c := range s.Capabilities.Add {
			dropped = append(dropped, fmt.Sprintf("capability %s", c))
		}
		s.Capabilities.Add = nil
	}
	s.Privileged, s.ProcMount, s.AllowPrivilegeEscalation = nil, nil, new(false)
	return s, dropped
}
