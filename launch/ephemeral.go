package launch

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/client-go/tools/remotecommand"

	"github.com/k8sdoctor/k8sdoctor/internal/handover"
	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

//go:embed scripts/attached.sh
var attached string

// attachedShell is the command of an ephemeral container with a shell.
var attachedShell = interpreter{"sh", []string{"sh", "-c", attached + shell, "sh"}, 1 << 20}

var (
	blindEphemeral = []string{
		"the files of the container, but for its service account volume",
		"what its entrypoint exported, the variables of its image, and what its processes read when they started",
		"its own limits of memory and CPU",
	}
	// ephemeralDirs are of the image of the ephemeral container, whose root is writable.
	ephemeralDirs = []string{"/tmp", "/var/tmp", "/run", "/", "/dev/shm"}
)

// longestLife is after how long an ephemeral container ends whatever happens, if the call
// has no deadline.
const longestLife = 2 * time.Minute

// doctorFile is the doctor in an image of k8sdoctor. The entry point of another image is
// never run.
const doctorFile = "/k8sdoctor"

// ephemeral runs the doctor in a container that is added to the pod, and stays listed there.
func (l *Launcher) ephemeral(ctx context.Context, t *Target, state *cluster.State) ([]byte, error) {
	if l.NoEphemeral {
		return nil, NotPossibleError{"--no-ephemeral forbids it"}
	}
	if because := notToBeAdded(t.Pod); because != "" {
		return nil, NotPossibleError{because}
	}
	if started, _ := state.Started(); slices.Contains(startsNowhere, started) {
		return nil, NotPossibleError{"what keeps the pod from starting is known without it"}
	}
	if because := l.noRoom(ctx, t.Pod); because != "" {
		return nil, NotPossibleError{because}
	}
	images := imagesFor(l.Image, l.PullPolicy, t, state.Node)
	if len(images) == 0 {
		because := "no image that its node has is known to have a shell"
		if state.Node == nil {
			because = "no image of its containers is known to have a shell, and those of its node may not be read"
		}
		return nil, NotPossibleError{because + ": name one that has, or one of k8sdoctor, as --image IMAGE"}
	}
	if state.Node != nil {
		if _, err := l.Doctors.For(state.Node.Status.NodeInfo.Architecture); err != nil && !images[0].doctor {
			return nil, err
		}
	}
	if because := l.mayNotAttach(ctx, t.Pod.Namespace); because != "" {
		return nil, NotPossibleError{because}
	}
	isRestricted := state.Namespace != nil && state.Namespace.Labels[enforced] == restricted
	var tried []string
	for i, image := range images {
		data, err := l.inEphemeral(ctx, t, image, isRestricted)
		_, missing := errors.AsType[unfitError](err)
		if !missing && !errors.Is(err, errNoImage) {
			return data, err
		}
		tried = append(tried, image.lacks(missing))
		if !missing && i+1 < len(images) && images[i+1].image == image.image {
			break
		}
	}
	return nil, NotPossibleError{strings.Join(tried, "; ") + ": name an image that has a shell, or one of k8sdoctor, as --image IMAGE"}
}

// notToBeAdded says why the pod can have no further container.
func notToBeAdded(p *corev1.Pod) string {
	ready := p.Status.PodIP != ""
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReadyToStartContainers {
			ready = c.Status == corev1.ConditionTrue
		}
	}
	switch {
	case p.Annotations[corev1.MirrorPodAnnotationKey] != "":
		return "the pod is static: the kubelet takes it from a file, and ephemeral containers are not possible there"
	case p.DeletionTimestamp != nil:
		return "the pod is being deleted"
	case p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed:
		return fmt.Sprintf("the pod has ended (%s)", p.Status.Phase)
	case !ready:
		return fmt.Sprintf("the pod has no network yet (%s)", p.Status.Phase)
	}
	return ""
}

// mayNotAttach says why a container must not be added in vain. From Kubernetes 1.35 on, both
// protocols need the verb create, before only SPDY
// (https://github.com/kubernetes/kubernetes/issues/78741).
func (l *Launcher) mayNotAttach(ctx context.Context, namespace string) string {
	for _, verb := range []string{"create", "get"} {
		if !l.lacks(ctx, authorizationv1.ResourceAttributes{Namespace: namespace, Verb: verb, Resource: "pods", Subresource: "attach"}) {
			return ""
		}
	}
	return "there is no right to create pods/attach in namespace " + namespace
}

// lacks says that the caller has no right, where that can be asked; what forbids something else
// will say so.
func (l *Launcher) lacks(ctx context.Context, right authorizationv1.ResourceAttributes) bool {
	review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &right}}
	answer, err := l.Client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
	return err == nil && !answer.Status.Allowed
}

// inEphemeral adds one container, and runs the doctor in it.
func (l *Launcher) inEphemeral(ctx context.Context, t *Target, image added, isRestricted bool) ([]byte, error) {
	name := "k8sdoctor-" + rand.String(5)
	c, notes := besideIt(t, name, image.image, isRestricted, serviceAccountDirs(l.Arguments)...)
	c.ImagePullPolicy = image.pull
	life := longestLife
	if deadline, ok := ctx.Deadline(); ok {
		life = time.Until(deadline)
	}
	args := append([]string{"check", "--handover"}, l.Arguments...)
	if image.doctor {
		c.Command = slices.Concat([]string{doctorFile}, args, []string{"--attached"})
	} else {
		shell := attachedShell
		shell.command = append(shell.command, strconv.Itoa(int(math.Ceil(life.Seconds()))))
		c.Command = shell.argv(ephemeralDirs, args)
	}
	at := fmt.Sprintf("pod %s/%s (image %s)", t.Pod.Namespace, t.Pod.Name, image.image)
	l.Progress(fmt.Sprintf("adding the ephemeral container %s to %s: it stays listed in the pod until the pod is deleted", name, at))
	if err := l.add(ctx, t.Pod, c); err != nil {
		return nil, err
	}
	notes = append(notes, fmt.Sprintf("ephemeral container %s (image %s) stays listed in the pod until the pod is deleted", name, image.image))
	if err := l.started(ctx, t.Pod, name); err != nil {
		return nil, err
	}
	l.Progress(fmt.Sprintf("running k8sdoctor in the ephemeral container %s", name))
	var received atomic.Bool
	data, err := converse(ctx, l.attach(t.Pod, name, &received), nil, func(ctx context.Context, from io.Reader, to io.Writer) (ready bool, data []byte, err error) {
		if image.doctor {
			ready = true
			data, err = handover.Read(ctx, from, to)
		} else {
			ready, data, err = attachedShell.talk(ctx, from, to, l.Doctors)
		}
		received.Store(err == nil)
		return ready, data, err
	})
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.As(err, new(unfitError)):
		return nil, err
	case err != nil:
		return nil, NotPossibleError{fmt.Sprintf("container %s: %s", name, oneLine(err.Error()))}
	}
	l.notes = append(l.notes, notes...)
	return data, nil
}

// serviceAccountDirs are those that the doctor was told to look into.
func serviceAccountDirs(args []string) (dirs []string) {
	for _, a := range args {
		if dir, ok := strings.CutPrefix(a, "--service-account-dir="); ok && path.IsAbs(dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// add adds a container to the pod as kubectl debug does, by a patch that names nothing else.
func (l *Launcher) add(ctx context.Context, pod *corev1.Pod, c corev1.EphemeralContainer) error {
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"ephemeralContainers": []corev1.EphemeralContainer{c}}})
	if err != nil {
		return err
	}
	_, err = l.Client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "ephemeralcontainers")
	if status := apierrors.APIStatus(nil); errors.As(err, &status) {
		return NotPossibleError{refused(err, pod)}
	}
	return err
}

// refused says why the API server did not add a container.
func refused(err error, pod *corev1.Pod) string {
	says := oneLine(err.Error())
	switch {
	case apierrors.IsForbidden(err) && strings.Contains(says, "violates PodSecurity"):
		for _, c := range pod.Spec.EphemeralContainers {
			if strings.Contains(says, strconv.Quote(c.Name)) { // https://github.com/kubernetes/kubernetes/issues/118961
				return fmt.Sprintf("Pod Security allows no further one, because of the ephemeral container %s that was added before: %s", c.Name, says)
			}
		}
		return "Pod Security does not allow it: " + says
	case apierrors.IsForbidden(err) && strings.Contains(says, "cannot patch resource"):
		return "there is no right to patch pods/ephemeralcontainers in namespace " + pod.Namespace
	case apierrors.IsNotFound(err) && strings.Contains(says, strconv.Quote(pod.Name)):
		return "the pod is gone"
	case apierrors.IsNotFound(err):
		return "the API server knows no ephemeral containers"
	}
	return "the API server does not allow it: " + says
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// attach connects to a container that waits for it, and says how the container ended unless
// the report was received.
func (l *Launcher) attach(pod *corev1.Pod, name string, received *atomic.Bool) Stream {
	return func(ctx context.Context, _ []string, stdin io.Reader, stdout, stderr io.Writer) error {
		begin := io.MultiReader(strings.NewReader("attached\n"), stdin)
		err := l.connect(ctx, pod, "attach", &corev1.PodAttachOptions{Container: name, Stdin: true, Stdout: true, Stderr: true},
			remotecommand.StreamOptions{Stdin: begin, Stdout: stdout, Stderr: stderr})
		if received.Load() {
			return err
		}
		if end := l.ended(ctx, pod, name); end != nil {
			return end
		}
		return err
	}
}
