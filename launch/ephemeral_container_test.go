package launch

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func ptr[T any](v T) *T { return &v }

// running is a pod with one container that runs.
func running(change func(p *corev1.Pod, c *corev1.Container)) *Target {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "1"},
		Spec: corev1.PodSpec{
			NodeName: "n", SecurityContext: &corev1.PodSecurityContext{},
			Containers: []corev1.Container{{
				Name: "app", Image: "shop/app:1", Command: []string{"app"}, Ports: []corev1.ContainerPort{{ContainerPort: 80}},
				LivenessProbe: &corev1.Probe{}, Lifecycle: &corev1.Lifecycle{}, TTY: true,
				VolumeMounts: []corev1.VolumeMount{{Name: "kube-api-access-x", MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true}},
			}},
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: "10.0.0.1", ContainerStatuses: []corev1.ContainerStatus{
			{Name: "app", ImageID: "sha256:1", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}},
		}},
	}
	if change != nil {
		change(p, &p.Spec.Containers[0])
	}
	return &Target{Asked: "pod/web", Pod: p, Container: "app"}
}

// permitted are the fields that the API server takes, as allowedEphemeralContainerFields of
// https://github.com/kubernetes/kubernetes, pkg/apis/core/validation/validation.go has them.
var permitted = []string{"Name", "Image", "Command", "Args", "WorkingDir", "EnvFrom", "Env", "VolumeMounts", "VolumeDevices", "TerminationMessagePath", "TerminationMessagePolicy", "ImagePullPolicy", "SecurityContext", "Stdin", "StdinOnce", "TTY"}

// valid holds a container to what validation and Pod Security "restricted" ask for.
func valid(t *testing.T, p *corev1.Pod, c corev1.EphemeralContainer) {
	t.Helper()
	fields := reflect.ValueOf(c.EphemeralContainerCommon)
	for i := range fields.NumField() {
		if name := fields.Type().Field(i).Name; !fields.Field(i).IsZero() && !slices.Contains(permitted, name) {
			t.Errorf("got the field %s, which is forbidden", name)
		}
	}
	seen := map[string]bool{}
	for _, m := range c.VolumeMounts {
		if m.SubPath != "" || m.SubPathExpr != "" || !m.ReadOnly || m.MountPropagation != nil || seen[m.MountPath] {
			t.Errorf("got the mount %+v", m)
		}
		seen[m.MountPath] = true
	}
	s := c.SecurityContext
	if s == nil || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || s.Privileged != nil ||
		!reflect.DeepEqual(s.Capabilities, &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}) || s.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
		t.Errorf("got the security context %+v", s)
	}
	if !c.Stdin || !c.StdinOnce || c.TTY || c.TargetContainerName != "" {
		t.Errorf("got stdin %t, stdinOnce %t, tty %t, target %q", c.Stdin, c.StdinOnce, c.TTY, c.TargetContainerName)
	}
}

func TestEphemeralContainerHasWhatTheTargetHas(t *testing.T) {
	secret := corev1.EnvVar{Name: "PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "k"}}}
	from := corev1.EnvFromSource{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}}
	target := running(func(_ *corev1.Pod, c *corev1.Container) {
		c.EnvFrom = []corev1.EnvFromSource{from}
		c.Env = []corev1.EnvVar{
			secret,
			{Name: "PATH", Value: "/app/bin"},
			{Name: "LIMIT", ValueFrom: &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: "limits.memory"}}},
			{Name: "SSL_CERT_FILE", Value: "/certs/own/ca.pem"},
			{Name: "NODE_EXTRA_CA_CERTS", Value: "/image/ca.pem"},
			{Name: "REQUESTS_CA_BUNDLE", Value: "/part/ca.pem"},
			{Name: "KUBECONFIG", Value: "/none:/kube/config"},
		}
		c.VolumeMounts = append(c.VolumeMounts,
			corev1.VolumeMount{Name: "vault", MountPath: "/var/run/secrets/tokens"},
			corev1.VolumeMount{Name: "other", MountPath: "/var/run/secrets-of-others"},
			corev1.VolumeMount{Name: "certs", MountPath: "/certs/", MountPropagation: ptr(corev1.MountPropagationBidirectional)},
			corev1.VolumeMount{Name: "part", MountPath: "/part/ca.pem", SubPath: "ca.pem"},
			corev1.VolumeMount{Name: "kube", MountPath: "/kube"},
			corev1.VolumeMount{Name: "data", MountPath: "/data"},
			corev1.VolumeMount{Name: "given", MountPath: "/given"},
		)
	})
	before := target.Pod.DeepCopy()
	c, notes := besideIt(target, "k8sdoctor-abcde", "busybox", false, "/given/dir")
	valid(t, target.Pod, c)
	var mounts, env []string
	for _, m := range c.VolumeMounts {
		mounts = append(mounts, m.Name)
	}
	for _, e := range c.Env {
		env = append(env, e.Name)
	}
	if want := []string{"kube-api-access-x", "vault", "certs", "kube", "given"}; !slices.Equal(mounts, want) {
		t.Errorf("got the volumes %q, want %q", mounts, want)
	}
	if want := []string{"PASSWORD", "LIMIT", "SSL_CERT_FILE", "KUBECONFIG"}; !slices.Equal(env, want) {
		t.Errorf("got the variables %q, want %q", env, want)
	}
	if !reflect.DeepEqual(c.Env[0], secret) || !reflect.DeepEqual(c.EnvFrom, []corev1.EnvFromSource{from}) || c.Env[1].ValueFrom.ResourceFieldRef.ContainerName != "app" {
		t.Errorf("got %v and %v, want them as references, the target named", c.Env, c.EnvFrom)
	}
	if !reflect.DeepEqual(before, target.Pod) {
		t.Error("the pod of the target was changed")
	}
	all := strings.Join(notes, "\n")
	for _, want := range []string{"/part/ca.pem is not mounted: an ephemeral container can have no subPath", "NODE_EXTRA_CA_CERTS is left out: its /image/ca.pem", "REQUESTS_CA_BUNDLE is left out", "the user of container app is not known"} {
		if !strings.Contains(all, want) {
			t.Errorf("got the notes\n%s\nwant %q", all, want)
		}
	}
}

func TestUserOfEphemeralContainer(t *testing.T) {
	inPod := func(s corev1.PodSecurityContext) func(*corev1.Pod, *corev1.Container) {
		return func(p *corev1.Pod, _ *corev1.Container) { p.Spec.SecurityContext = &s }
	}
	for _, tc := range []struct {
		name        string
		change      func(*corev1.Pod, *corev1.Container)
		image       string
		restricted  bool
		user, group *int64
		nonRoot     *bool
		note        string
	}{
		{"of the pod", inPod(corev1.PodSecurityContext{RunAsUser: ptr(int64(7)), RunAsGroup: ptr(int64(8))}), "busybox", true, ptr(int64(7)), ptr(int64(8)), ptr(true), ""},
		{"of the container before the pod's", func(p *corev1.Pod, c *corev1.Container) {
			p.Spec.SecurityContext.RunAsUser = ptr(int64(7))
			c.SecurityContext = &corev1.SecurityContext{RunAsUser: ptr(int64(9))}
		}, "busybox", true, ptr(int64(9)), nil, ptr(true), ""},
		{"root", func(_ *corev1.Pod, c *corev1.Container) {
			c.SecurityContext = &corev1.SecurityContext{RunAsUser: ptr(int64(0))}
		}, "busybox", false, ptr(int64(0)), nil, ptr(false), ""},
		{"as the kubelet saw it", func(p *corev1.Pod, _ *corev1.Container) {
			p.Status.ContainerStatuses[0].User = &corev1.ContainerUser{Linux: &corev1.LinuxContainerUser{UID: 33, GID: 34}}
		}, "busybox", false, ptr(int64(33)), ptr(int64(34)), ptr(true), ""},
		{"that of the same image", inPod(corev1.PodSecurityContext{RunAsNonRoot: ptr(true), RunAsGroup: ptr(int64(8))}), "shop/app:1", true, nil, nil, ptr(true), ""},
		{"that of the same image, perhaps root", nil, "shop/app:1", false, nil, nil, nil, ""},
		{"not known, and not to be root", nil, "busybox", true, ptr(int64(nobody)), nil, ptr(true), "runs as user 65532"},
		{"not known, and the pod says that it is not root", inPod(corev1.PodSecurityContext{RunAsNonRoot: ptr(true)}), "busybox", false, ptr(int64(nobody)), nil, ptr(true), "runs as user 65532"},
		{"not known", inPod(corev1.PodSecurityContext{RunAsGroup: ptr(int64(8))}), "busybox", false, nil, nil, nil, "runs as the user of its own image"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			target := running(tc.change)
			c, notes := besideIt(target, "k8sdoctor-abcde", tc.image, tc.restricted)
			valid(t, target.Pod, c)
			s := c.SecurityContext
			if !reflect.DeepEqual(s.RunAsUser, tc.user) || !reflect.DeepEqual(s.RunAsGroup, tc.group) || !reflect.DeepEqual(s.RunAsNonRoot, tc.nonRoot) {
				t.Errorf("got user %v, group %v, not root %v", shown(s.RunAsUser), shown(s.RunAsGroup), shown(s.RunAsNonRoot))
			}
			if got := strings.Join(notes, "\n"); (tc.note == "") != (got == "") || !strings.Contains(got, tc.note) {
				t.Errorf("got the notes %q, want %q", got, tc.note)
			}
		})
	}
}

func shown[T any](v *T) any {
	if v == nil {
		return "none"
	}
	return *v
}
