package like

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// accountDir is where a pod has its token.
const accountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// fileVariables name files that clients read before they connect: kubeconfig files and
// bundles of certificates. What is mounted there decides whether they connect.
var fileVariables = []string{
	"KUBECONFIG", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "OPENSSL_CONF",
}

// systemFiles are files and directories that resolvers and TLS libraries read, wherever the
// variables point.
var systemFiles = []string{
	accountDir, "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf",
	"/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
}

// volumesOf are the volumes and mounts of a container that a check needs, and in words the
// others. Kept are those that hold a token of the ServiceAccount, and ConfigMaps, Secrets
// and their like at a place that clients read. A mount with a subPath is kept, too: only
// ephemeral containers may have none.
func volumesOf(pod *corev1.Pod, c corev1.Container) (volumes []corev1.Volume, mounts []corev1.VolumeMount, dropped []string) {
	kept := map[string]bool{}
	for _, m := range c.VolumeMounts {
		i := slices.IndexFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name })
		if i < 0 {
			continue
		}
		v := pod.Spec.Volumes[i]
		kind, copied := kindOf(v, c.Name)
		because := neededFor(m, v, c.Env)
		if copied && because != "" {
			kept[v.Name] = true
			mounts = append(mounts, m)
			continue
		}
		text := fmt.Sprintf("%s volume %s at %s", kind, v.Name, m.MountPath)
		if because != "" {
			text += " (although " + because + ")"
		}
		dropped = append(dropped, text)
	}
	for _, v := range pod.Spec.Volumes {
		if kept[v.Name] {
			volumes = append(volumes, v)
		}
	}
	return volumes, mounts, dropped
}

// kindOf names the kind of a volume, and says whether a copy may have one that is the same:
// only what the kubelet makes for each pod anew, from objects that it reads.
func kindOf(v corev1.Volume, container string) (kind string, copied bool) {
	switch {
	case v.ConfigMap != nil:
		return "ConfigMap", true
	case v.Secret != nil:
		return "Secret", true
	case v.Projected != nil:
		foreign := slices.ContainsFunc(v.Projected.Sources, func(s corev1.VolumeProjection) bool {
			return s.DownwardAPI != nil && anotherIn(s.DownwardAPI.Items, container)
		})
		return "projected", !foreign
	case v.DownwardAPI != nil:
		return "downward API", !anotherIn(v.DownwardAPI.Items, container)
	case v.EmptyDir != nil:
		return "emptyDir", false
	case v.HostPath != nil:
		return "hostPath", false
	case v.PersistentVolumeClaim != nil:
		return "PersistentVolumeClaim", false
	}
	return "other", false
}

func anotherIn(items []corev1.DownwardAPIVolumeFile, container string) bool {
	return slices.ContainsFunc(items, func(f corev1.DownwardAPIVolumeFile) bool { return ofAnother(f.ResourceFieldRef, container) })
}

// neededFor says why a check needs what is mounted; "" where none does.
func neededFor(m corev1.VolumeMount, v corev1.Volume, env []corev1.EnvVar) string {
	if v.Projected != nil && slices.ContainsFunc(v.Projected.Sources, func(s corev1.VolumeProjection) bool { return s.ServiceAccountToken != nil }) {
		return "it holds a token of the ServiceAccount"
	}
	at := clean(m.MountPath)
	for _, file := range systemFiles {
		if within(at, file) || within(file, at) {
			return "clients read " + file
		}
	}
	if path.Base(at) == ".kube" || path.Base(path.Dir(at)) == ".kube" {
		return "clients read " + at
	}
	for _, e := range env {
		if !slices.Contains(fileVariables, e.Name) {
			continue
		}
		for _, file := range strings.Split(e.Value, ":") { // KUBECONFIG and SSL_CERT_DIR are lists
			if strings.HasPrefix(file, "/") && within(clean(file), at) {
				return e.Name + " names " + file
			}
		}
	}
	return ""
}

// clean is a path without the link that most images have from /var/run to /run.
func clean(name string) string {
	name = path.Clean(name)
	if rest, ok := strings.CutPrefix(name, "/run/"); ok {
		return "/var/run/" + rest
	}
	return name
}

// within says whether a file is a directory, or lies in it.
func within(file, dir string) bool { return file == dir || strings.HasPrefix(file, dir+"/") }

// automountOf says that the copy gets no token where the pod, as it was created, has none:
// its ServiceAccount may have been changed since.
func automountOf(pod *corev1.Pod, c corev1.Container) *bool {
	mounted := slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return clean(m.MountPath) == accountDir })
	if pod.UID != "" && !mounted {
		return new(false)
	}
	return pod.Spec.AutomountServiceAccountToken
}

// roomVolume is where the program lies for a moment, where the container may write nowhere.
const roomVolume = "k8sdoctor"

// withRoom adds a directory for the program, unless /tmp is taken.
func withRoom(volumes []corev1.Volume, mounts []corev1.VolumeMount) ([]corev1.Volume, []corev1.VolumeMount) {
	if slices.ContainsFunc(mounts, func(m corev1.VolumeMount) bool { return within(clean(m.MountPath), "/tmp") }) ||
		slices.ContainsFunc(volumes, func(v corev1.Volume) bool { return v.Name == roomVolume }) {
		return volumes, mounts
	}
	size := resource.MustParse("128Mi")
	return append(volumes, corev1.Volume{Name: roomVolume, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: &size}}}),
		append(mounts, corev1.VolumeMount{Name: roomVolume, MountPath: "/tmp"})
}
