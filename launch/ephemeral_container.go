package launch

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

const (
	// nobody is the user where "restricted" asks for one and none is known; images of
	// distroless have it.
	nobody = 65532
	// enforced is the label of a namespace that says what Pod Security enforces there.
	enforced   = "pod-security.kubernetes.io/enforce"
	restricted = "restricted"
)

// besideIt returns an ephemeral container without a command that is what the container of
// the target is, as far as the API server allows it (allowedEphemeralContainerFields of
// https://github.com/kubernetes/kubernetes, pkg/apis/core/validation/validation.go) and
// Pod Security "restricted" does; what is different is in notes.
//
// It does not join the processes of the container (targetContainerName): the network is the
// pod's, and a container that crashes would end it.
func besideIt(t *Target, name, image string, isRestricted bool, dirs ...string) (c corev1.EphemeralContainer, notes []string) {
	target := specOf(t.Pod, t.Container)
	paths := append(pathsOf(target), dirs...)
	c.Name, c.Image = name, image
	c.WorkingDir = "/" // another user may have no right to that of the image
	c.Stdin, c.StdinOnce = true, true
	c.TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError // what a doctor of another version says of its arguments
	c.EnvFrom = target.EnvFrom
	c.VolumeMounts, notes = mountsOf(target, paths)
	for _, e := range target.Env {
		if slices.Contains(ofImage, e.Name) {
			continue
		}
		if slices.Contains(fileVariables, e.Name) && e.Value != "" && !slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return within(e.Value, m.MountPath) }) {
			notes = append(notes, fmt.Sprintf("%s is left out: its %s is not in a volume that is mounted here", e.Name, e.Value))
			continue
		}
		if e.ValueFrom != nil && e.ValueFrom.ResourceFieldRef != nil && e.ValueFrom.ResourceFieldRef.ContainerName == "" {
			e = *e.DeepCopy()
			e.ValueFrom.ResourceFieldRef.ContainerName = target.Name
		}
		c.Env = append(c.Env, e)
	}
	security, note := securityOf(t, target, image == target.Image, isRestricted)
	c.SecurityContext = security
	if note != "" {
		notes = append(notes, note)
	}
	return c, notes
}

func specOf(p *corev1.Pod, container string) corev1.Container {
	i := slices.IndexFunc(p.Spec.Containers, func(c corev1.Container) bool { return c.Name == container })
	return p.Spec.Containers[i] // containerOf has found it
}

// fileVariables name files that clients read, and that the checks look at.
var fileVariables = []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "OPENSSL_CONF", "KUBERNETES_CERTS_CA_FILE"}

// ofImage say where the programs of an image are and what they load: another image has its
// own.
var ofImage = []string{"PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "BASH_ENV"}

// pathsOf are the directories and files of a container that say how it reaches the API
// server.
func pathsOf(c corev1.Container) []string {
	paths := []string{"/var/run/secrets", "/run/secrets", "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"}
	for _, e := range c.Env {
		if e.Name == "KUBECONFIG" || slices.Contains(fileVariables, e.Name) {
			paths = append(paths, strings.Split(e.Value, ":")...)
		}
	}
	return slices.DeleteFunc(paths, func(p string) bool { return !path.IsAbs(p) })
}

// within says whether a path is a directory or something below it.
func within(name, dir string) bool {
	name, dir = path.Clean(name), path.Clean(dir)
	return name == dir || dir == "/" || strings.HasPrefix(name, dir+"/")
}

// mountsOf are the mounts that hold one of the paths, or lie below it, to be read only.
func mountsOf(c corev1.Container, paths []string) (mounts []corev1.VolumeMount, notes []string) {
	for _, m := range c.VolumeMounts {
		if !slices.ContainsFunc(paths, func(p string) bool { return within(p, m.MountPath) || within(m.MountPath, p) }) {
			continue
		}
		if m.SubPath != "" || m.SubPathExpr != "" {
			notes = append(notes, fmt.Sprintf("%s is not mounted: an ephemeral container can have no subPath", m.MountPath))
			continue
		}
		m.ReadOnly, m.MountPropagation = true, nil
		mounts = append(mounts, m)
	}
	return mounts, notes
}

// securityOf is what lets the container run as the target does, with fewer rights. What the
// target does not say is the image's, unless the image is another one.
func securityOf(t *Target, c corev1.Container, sameImage, isRestricted bool) (s *corev1.SecurityContext, note string) {
	no := false
	s = &corev1.SecurityContext{
		AllowPrivilegeEscalation: &no,
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		SeccompProfile:           &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
	if own := c.SecurityContext; own != nil {
		s.RunAsUser, s.RunAsGroup, s.RunAsNonRoot, s.SELinuxOptions = own.RunAsUser, own.RunAsGroup, own.RunAsNonRoot, own.SELinuxOptions
	}
	if all := t.Pod.Spec.SecurityContext; all != nil {
		s.RunAsUser, s.RunAsGroup, s.RunAsNonRoot = first(s.RunAsUser, all.RunAsUser), first(s.RunAsGroup, all.RunAsGroup), first(s.RunAsNonRoot, all.RunAsNonRoot)
	}
	if status, _ := statusOf(t.Pod, t.Container); s.RunAsUser == nil && status.User != nil && status.User.Linux != nil {
		s.RunAsUser, s.RunAsGroup = &status.User.Linux.UID, first(s.RunAsGroup, &status.User.Linux.GID)
	}
	mayNotBeRoot := isRestricted || s.RunAsNonRoot != nil && *s.RunAsNonRoot
	if s.RunAsUser == nil && !sameImage {
		note = fmt.Sprintf("the user of container %s is not known: the ephemeral container runs as the user of its own image", c.Name)
		if mayNotBeRoot {
			id := int64(nobody)
			s.RunAsUser = &id
			note = fmt.Sprintf("the user of container %s is not known: the ephemeral container runs as user %d", c.Name, nobody)
		}
	}
	switch {
	case s.RunAsUser != nil:
		other := *s.RunAsUser != 0
		s.RunAsNonRoot = &other
	case mayNotBeRoot:
		s.RunAsNonRoot, s.RunAsGroup = &mayNotBeRoot, nil
	default:
		s.RunAsNonRoot, s.RunAsGroup = nil, nil // no runtime takes a group without a user
	}
	return s, note
}

// first is a if it is set, and b otherwise.
func first[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}
