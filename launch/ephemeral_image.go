package launch

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// added is an image for a container that is added.
type added struct {
	image string
	pull  corev1.PullPolicy
	// doctor says that the image is k8sdoctor's own. Any other has to have a shell.
	doctor bool
}

// lacks says what is not there: the program that was to run in it, or the image itself.
func (a added) lacks(program bool) string {
	switch {
	case !program:
		return fmt.Sprintf("image %s is not on the node", a.image)
	case a.doctor:
		return fmt.Sprintf("image %s has no %s", a.image, doctorFile)
	}
	return fmt.Sprintf("image %s has no shell with head and sha256sum", a.image)
}

// withShell are the names of images that are known to have sh, head and sha256sum, the
// smallest first.
var withShell = []string{
	"busybox", "alpine", "curl", "toolbox", "netshoot", "debian", "os-shell", "ubuntu", "redis", "memcached", "nginx", "nginx-unprivileged", "httpd", "haproxy",
	"postgres", "mariadb", "mysql", "mongo", "rabbitmq", "python", "node", "ruby", "php", "perl", "golang", "openjdk", "eclipse-temurin", "buildpack-deps",
}

// without are words in the names of images that have no shell, whatever they are named after.
var without = []string{"distroless", "scratch", "chiseled", "chiselled", "cgr.dev/", "dhi.io/", "registry.k8s.io/"}

// imagesFor are the images to be tried, the best first: an ephemeral container is never
// removed, so there are two at most. The one that is given is tried as what its name says,
// and then as the other kind. Otherwise it is an image that the node has, that of the target
// before those of the other containers of its pod, and then any.
func imagesFor(given, pull string, t *Target, node *corev1.Node) (list []added) {
	if given != "" {
		one := added{given, corev1.PullPolicy(pull), strings.Contains(nameOf(given), "k8sdoctor")}
		other := one
		other.doctor = !one.doctor
		return []added{one, other}
	}
	var names []string
	for _, c := range slices.Concat([]corev1.Container{specOf(t.Pod, t.Container)}, t.Pod.Spec.Containers) {
		if status, ok := statusOf(t.Pod, c.Name); ok && status.ImageID != "" { // so the node has it
			names = append(names, c.Image)
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return shellRank(name) < 0 })
	if node != nil {
		names = append(names, onNode(node)...)
	}
	for _, name := range names {
		one := added{image: name, pull: corev1.PullNever}
		if len(list) < 2 && !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

// onNode are the images of a node that are known to have a shell, the smallest first.
func onNode(node *corev1.Node) (names []string) {
	for _, i := range node.Status.Images {
		for _, name := range i.Names {
			if shellRank(name) >= 0 && !strings.Contains(name, "@") {
				names = append(names, name)
				break
			}
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return shellRank(a) - shellRank(b) })
	return names
}

// shellRank is the place of an image in withShell, and -1 for one that may have no shell.
func shellRank(image string) int {
	if slices.ContainsFunc(without, func(word string) bool { return strings.Contains(image, word) }) {
		return -1
	}
	return slices.Index(withShell, strings.TrimPrefix(nameOf(image), "mirrored-library-"))
}

// nameOf is the last part of an image's name, without tag and digest.
func nameOf(image string) string {
	image, _, _ = strings.Cut(image, "@")
	name, _, _ := strings.Cut(path.Base(image), ":")
	return name
}
