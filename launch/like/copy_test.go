package like

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// failing is a pod with something of everything.
func failing() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: "web-6cb77d7674-j4hdr", Namespace: "shop", UID: "7f2d",
			Labels:      map[string]string{"app": "web", "pod-template-hash": "6cb77d7674", "sidecar.istio.io/inject": "true"},
			Annotations: map[string]string{"proxy.istio.io/config": "{}", "sidecar.istio.io/status": "{}", consulInject: "true", "team": "a"},
		},
		Spec: corev1.PodSpec{
			ServiceAccountName: "web", NodeName: "worker", HostNetwork: true, HostPID: true, HostIPC: true, DNSPolicy: corev1.DNSClusterFirstWithHostNet,
			DNSConfig: &corev1.PodDNSConfig{Searches: []string{"shop.example"}}, HostAliases: []corev1.HostAlias{{IP: "10.0.0.1", Hostnames: []string{"db"}}},
			EnableServiceLinks: new(false), NodeSelector: map[string]string{"disk": "ssd"}, Tolerations: []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
			Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}, PodAntiAffinity: &corev1.PodAntiAffinity{}, PodAffinity: &corev1.PodAffinity{
				RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: "zone", MatchLabelKeys: []string{"pod-template-hash"}}},
			}},
			RuntimeClassName: new("gvisor"), ImagePullSecrets: []corev1.LocalObjectReference{{Name: "registry"}},
			SecurityContext: &corev1.PodSecurityContext{RunAsUser: new(int64(1000)), FSGroup: new(int64(2000))},
			Hostname:        "web", Subdomain: "web", PriorityClassName: "high", ReadinessGates: []corev1.PodReadinessGate{{ConditionType: "a/b"}},
			InitContainers: []corev1.Container{{Name: "migrate"}},
			Containers: []corev1.Container{{Name: "other"}, {
				Name: "app", Image: "shop/web:1", ImagePullPolicy: corev1.PullAlways, Command: []string{"serve"}, Args: []string{"-v"}, WorkingDir: "/data",
				Ports: []corev1.ContainerPort{{HostPort: 80, ContainerPort: 80}}, Stdin: true,
				Env: []corev1.EnvVar{
					{Name: "HTTPS_PROXY", Value: "http://proxy:3128"}, {Name: "NODE_EXTRA_CA_CERTS", Value: "/certs/ca.pem"},
					{Name: "PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "password"}}},
					{Name: "ITS_CPU", ValueFrom: &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{ContainerName: "other"}}},
				},
				EnvFrom:       []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{}}},
				LivenessProbe: &corev1.Probe{}, ReadinessProbe: &corev1.Probe{}, Lifecycle: &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{}},
				Resources:       corev1.ResourceRequirements{Requests: corev1.ResourceList{"nvidia.com/gpu": resource.MustParse("8")}},
				SecurityContext: &corev1.SecurityContext{Privileged: new(true), RunAsUser: new(int64(7)), ReadOnlyRootFilesystem: new(true), Capabilities: &corev1.Capabilities{Add: []corev1.Capability{"SYS_ADMIN"}, Drop: []corev1.Capability{"NET_RAW"}}},
				VolumeMounts: []corev1.VolumeMount{
					{Name: "kube-api-access-x", MountPath: accountDir, ReadOnly: true}, {Name: "vault", MountPath: "/vault"}, {Name: "certs", MountPath: "/certs", SubPath: "ca"},
					{Name: "db", MountPath: "/db"}, {Name: "data", MountPath: "/data"}, {Name: "host", MountPath: "/etc/ssl/certs"}, {Name: "scratch", MountPath: "/tmp"},
				},
			}},
			Volumes: []corev1.Volume{
				token("kube-api-access-x", ""), token("vault", "vault"),
				{Name: "certs", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{}}},
				{Name: "db", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "db"}}},
				{Name: "data", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"}}},
				{Name: "host", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/etc/ssl/certs"}}},
				{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			},
		},
	}
}

func token(name, audience string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
		{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Audience: audience, ExpirationSeconds: new(int64(3607)), Path: "token"}},
	}}}}
}

var options = Options{Suffix: "abcde", Deadline: 2 * time.Minute}

func TestCopyBorrows(t *testing.T) {
	t.Parallel()
	from := failing()
	got, _ := Copy(from, "app", options)
	c, original := got.Spec.Containers[0], from.Spec.Containers[1]
	for name, pair := range map[string][2]any{
		"namespace": {got.Namespace, "shop"}, "name": {got.Name, "k8sdoctor-like-web-6cb77d7674-j4hdr-abcde"},
		"labels": {got.Labels, map[string]string{"app": "web", "sidecar.istio.io/inject": "true"}},
		"annotations": {got.Annotations, map[string]string{
			"proxy.istio.io/config": "{}", ForPod: from.Name, consulInject: "false",
			"cluster-autoscaler.kubernetes.io/pod-scale-up-delay": "24h0m0s", "cluster-autoscaler.kubernetes.io/safe-to-evict": "true",
		}},
		"account": {got.Spec.ServiceAccountName, "web"}, "dnsPolicy": {got.Spec.DNSPolicy, from.Spec.DNSPolicy}, "dnsConfig": {got.Spec.DNSConfig, from.Spec.DNSConfig},
		"hostAliases": {got.Spec.HostAliases, from.Spec.HostAliases}, "hostNetwork": {got.Spec.HostNetwork, true}, "links": {got.Spec.EnableServiceLinks, new(false)},
		"nodeSelector": {got.Spec.NodeSelector, from.Spec.NodeSelector}, "tolerations": {got.Spec.Tolerations, from.Spec.Tolerations},
		"affinity": {got.Spec.Affinity, &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}, PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: "zone"}}}}}, "runtimeClass": {got.Spec.RuntimeClassName, new("gvisor")},
		"pull secrets": {got.Spec.ImagePullSecrets, from.Spec.ImagePullSecrets}, "securityContext": {got.Spec.SecurityContext, from.Spec.SecurityContext},
		"node": {got.Spec.NodeName, ""}, "env": {c.Env, original.Env[:3]}, "envFrom": {c.EnvFrom, original.EnvFrom},
		"container": {c.Name, "app"}, "image": {c.Image, "shop/web:1"}, "command": {c.Command, Idle}, "args": {c.Args, []string(nil)}, "user": {c.SecurityContext.RunAsUser, new(int64(7))},
		"deadline": {got.Spec.ActiveDeadlineSeconds, new(int64(120))}, "grace": {got.Spec.TerminationGracePeriodSeconds, new(int64(1))}, "restart": {got.Spec.RestartPolicy, corev1.RestartPolicyNever},
		"containers": {len(got.Spec.Containers) + len(got.Spec.InitContainers), 1},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: got %+v, want %+v", name, pair[0], pair[1])
		}
	}
	var mounts []string
	for _, m := range c.VolumeMounts {
		mounts = append(mounts, m.Name+" "+m.MountPath)
	}
	if want := []string{"kube-api-access-x " + accountDir, "vault /vault", "certs /certs", roomVolume + " /tmp"}; !slices.Equal(mounts, want) || len(got.Spec.Volumes) != len(want) {
		t.Errorf("got the mounts %q of %d volumes, want %q", mounts, len(got.Spec.Volumes), want)
	}
	if !reflect.DeepEqual(got.Spec.Volumes[:2], from.Spec.Volumes[:2]) {
		t.Errorf("got the tokens %+v, want those of the pod", got.Spec.Volumes[:2])
	}
}

func TestCopySaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	_, notes := Copy(failing(), "app", options)
	want := []string{
		"left out: label pod-template-hash (by which a controller knows its own pods)",
		"left out: init container migrate, container other",
		"left out: Secret volume db at /db, PersistentVolumeClaim volume data at /data, hostPath volume host at /etc/ssl/certs (although clients read /etc/ssl), emptyDir volume scratch at /tmp",
		"left out: variable ITS_CPU (of other containers or of volumes)",
		"left out: command, ports, probes, hooks, requests and limits, readiness gates, host name, priority (the copy serves nobody)",
		"left out: capability SYS_ADMIN, privileged, the node's processes (hostPID), the node's shared memory (hostIPC) (a check needs no such power)",
		"left out: pod anti-affinity (it would keep pods of the workload off the node)",
		"left out: Consul's sidecar (it registers each pod as an instance of a service)",
	}
	if !slices.Equal(notes, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(notes, "\n"), strings.Join(want, "\n"))
	}
	plain := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app"}}}}
	if _, notes := Copy(plain, "app", options); len(notes) > 0 {
		t.Errorf("got %q of a pod that has nothing", notes)
	}
}

// TestCopyIsCounted says what the scheduler makes of the labels of a copy.
func TestCopyIsCounted(t *testing.T) {
	t.Parallel()
	apart := func(labels map[string]string) *corev1.Pod {
		selector := &metav1.LabelSelector{MatchLabels: labels}
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "web", "pod-template-hash": "x"}},
			Spec: corev1.PodSpec{
				NodeName: "n", Containers: []corev1.Container{{Name: "app"}},
				Affinity:                  &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{LabelSelector: selector}}}},
				TopologySpreadConstraints: []corev1.TopologySpreadConstraint{{LabelSelector: selector}},
			},
		}
	}
	const want = "while it is there, the scheduler counts the copy where it places pods of the workload: pod anti-affinity and topology spread constraints (not with --same-node)"
	if _, notes := Copy(apart(map[string]string{"app": "web"}), "app", options); !slices.Contains(notes, want) {
		t.Errorf("got %q, want %q", notes, want)
	}
	same := options
	same.SameNode = true
	for _, of := range []struct {
		pod *corev1.Pod
		o   Options
	}{{apart(map[string]string{"app": "web", "pod-template-hash": "x"}), options}, {apart(map[string]string{"app": "web"}), same}} {
		if _, notes := Copy(of.pod, "app", of.o); slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, "counts") }) {
			t.Errorf("got %q, want that the copy is not counted", notes)
		}
	}
}

func TestCopyByOptions(t *testing.T) {
	t.Parallel()
	o := options
	o.Image, o.Doctor, o.SameNode, o.PullPolicy = "k8sdoctor:dev", true, true, corev1.PullNever
	got, _ := Copy(failing(), "app", o)
	c := got.Spec.Containers[0]
	if c.Image != o.Image || c.Command != nil || c.ImagePullPolicy != corev1.PullNever || got.Spec.NodeName != "worker" {
		t.Errorf("got %s %q %s on %s", c.Image, c.Command, c.ImagePullPolicy, got.Spec.NodeName)
	}
	none := failing()
	none.Spec.NodeName = ""
	if _, notes := Copy(none, "app", o); notes[0] != "no node has taken the pod: the scheduler places the copy" {
		t.Errorf("got %q", notes)
	}
}

// TestTokenIsThatOfThePod looks at automount: a pod that was created without a token gets no
// copy with one.
func TestTokenIsThatOfThePod(t *testing.T) {
	t.Parallel()
	without := failing()
	without.Spec.Containers[1].VolumeMounts = without.Spec.Containers[1].VolumeMounts[1:]
	if got, _ := Copy(without, "app", options); got.Spec.AutomountServiceAccountToken == nil || *got.Spec.AutomountServiceAccountToken {
		t.Errorf("got automount %v of a pod without a token, want false", got.Spec.AutomountServiceAccountToken)
	}
	without.UID = "" // a template: nothing has put a token in yet
	if got, _ := Copy(without, "app", options); got.Spec.AutomountServiceAccountToken != nil {
		t.Errorf("got automount %v of a pod not yet created, want what the pod says", *got.Spec.AutomountServiceAccountToken)
	}
	at := failing()
	at.Spec.Containers[1].VolumeMounts[0].MountPath = "/run/secrets/kubernetes.io/serviceaccount/" // the same directory
	if got, _ := Copy(at, "app", options); got.Spec.AutomountServiceAccountToken != nil || got.Spec.Containers[0].VolumeMounts[0].Name != "kube-api-access-x" {
		t.Errorf("got %+v", got.Spec.Containers[0].VolumeMounts)
	}
}

func TestNamesAreShortEnough(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 41, 42, 43, 44, 253} {
		p := failing()
		p.Name = strings.Repeat("a.", n)[:n]
		got, _ := Copy(p, "app", options)
		if len(got.Name) > maxName || !strings.HasSuffix(got.Name, "-abcde") || strings.Contains(got.Name, ".-") {
			t.Errorf("got the name %s of %d characters", got.Name, len(got.Name))
		}
	}
}

func TestCopyOfAPodThatWasNeverCreated(t *testing.T) {
	t.Parallel()
	p := failing()
	p.Name, p.GenerateName, p.UID = "", "web-", ""
	if got, _ := Copy(p, "app", options); got.Name != "k8sdoctor-like-web-abcde" {
		t.Errorf("got the name %s", got.Name)
	}
}

// TestCopiesAreTame makes pods of every volume and power at random.
func TestCopiesAreTame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		pod := someday(rand.New(rand.NewPCG(seed, 1)))
		before := pod.DeepCopy()
		got, _ := Copy(pod, "app", options)
		if !reflect.DeepEqual(pod, before) {
			t.Fatalf("seed %d: the pod itself was changed", seed)
		}
		got.Spec.NodeSelector["changed"] = ""
		if _, shared := pod.Spec.NodeSelector["changed"]; shared {
			t.Fatalf("seed %d: the copy shares maps with the pod", seed)
		}
		s, c := got.Spec, got.Spec.Containers[0]
		switch sc := c.SecurityContext; {
		case s.HostPID, s.HostIPC, s.ShareProcessNamespace != nil, sc.Privileged != nil, sc.Capabilities != nil && len(sc.Capabilities.Add) > 0, *sc.AllowPrivilegeEscalation, sc.ProcMount != nil:
			t.Errorf("seed %d: the copy has powers: %+v", seed, sc)
		case s.HostNetwork != pod.Spec.HostNetwork, !reflect.DeepEqual(s.HostUsers, pod.Spec.HostUsers):
			t.Errorf("seed %d: the copy has another network or other users", seed)
		case len(c.Ports) > 0, c.Lifecycle != nil, c.LivenessProbe != nil, c.StartupProbe != nil, len(c.VolumeDevices) > 0:
			t.Errorf("seed %d: the copy has hooks: %+v", seed, c)
		case c.ReadinessProbe.InitialDelaySeconds < 3600, len(s.ReadinessGates) != 1, *s.ActiveDeadlineSeconds > 3600:
			t.Errorf("seed %d: the copy may become ready, or stay", seed)
		}
		for _, v := range s.Volumes {
			if v.ConfigMap == nil && v.Secret == nil && v.Projected == nil && v.DownwardAPI == nil && v.Name != roomVolume {
				t.Errorf("seed %d: the copy has the volume %+v", seed, v)
			}
		}
		if text, _ := json.Marshal(got); strings.Contains(string(text), "hostPath") || strings.Contains(string(text), `"pod-template-hash"`) {
			t.Errorf("seed %d: got %s", seed, text)
		}
	}
}

// someday is a pod at random.
func someday(r *rand.Rand) *corev1.Pod {
	maybe := func() bool { return r.IntN(2) == 0 }
	pod := failing()
	c := &pod.Spec.Containers[1]
	pod.Spec.HostNetwork, pod.Spec.HostPID, pod.Spec.ShareProcessNamespace = maybe(), maybe(), new(maybe())
	if maybe() {
		pod.Spec.HostUsers = new(maybe())
	}
	if maybe() {
		c.SecurityContext = nil
	} else {
		c.SecurityContext.ProcMount = new(corev1.UnmaskedProcMount)
		c.SecurityContext.AllowPrivilegeEscalation = new(maybe())
	}
	if maybe() {
		c.StartupProbe, c.VolumeDevices = &corev1.Probe{}, []corev1.VolumeDevice{{Name: "disk", DevicePath: "/dev/x"}}
	}
	places := append([]string{"/", "/etc", "/data", "/root/.kube", "/certs/deep"}, systemFiles...)
	for i := range 6 {
		name := fmt.Sprint("random-", i)
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: []corev1.VolumeSource{
			{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}, {NFS: &corev1.NFSVolumeSource{}}, {CSI: &corev1.CSIVolumeSource{}}, {Ephemeral: &corev1.EphemeralVolumeSource{}},
			{Secret: &corev1.SecretVolumeSource{}}, {ConfigMap: &corev1.ConfigMapVolumeSource{}}, {EmptyDir: &corev1.EmptyDirVolumeSource{}},
		}[r.IntN(7)]})
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: name, MountPath: places[r.IntN(len(places))]})
	}
	return pod
}
