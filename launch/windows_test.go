package launch

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// TestWindows runs nothing in a pod of Windows, however that is known.
func TestWindows(t *testing.T) {
	t.Parallel()
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "w"}, Status: corev1.NodeStatus{NodeInfo: corev1.NodeSystemInfo{OperatingSystem: "windows"}}}
	for _, tc := range []struct {
		name    string
		change  func(*corev1.PodSpec)
		objects []runtime.Object
	}{
		{"by its spec", func(s *corev1.PodSpec) { s.OS = &corev1.PodOS{Name: corev1.Windows} }, nil},
		{"by its node", func(s *corev1.PodSpec) { s.NodeName = "w" }, []runtime.Object{node}},
		{"by its selector", func(s *corev1.PodSpec) { s.NodeSelector = map[string]string{corev1.LabelOSStable: "windows"} }, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pod := crashed()
			tc.change(&pod.Spec)
			l, client, _ := near(t, append(tc.objects, pod)...)
			r, err := l.Examine(t.Context(), &Target{Asked: "pod/web-0", Pod: pod, Container: "app"})
			if err != nil || !strings.HasPrefix(r.Incomplete, "k8sdoctor did not run in the pod: it is one of Windows, and k8sdoctor runs on Linux") {
				t.Errorf("got %q, %v", r.Incomplete, err)
			}
			if got := changes(client); len(got) > 0 {
				t.Errorf("got %q, want that nothing is changed", got)
			}
		})
	}
}
