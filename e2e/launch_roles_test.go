//go:build e2e

package e2e

import "testing"

// TestLaunchRoles takes each way with the role that is printed for it, and with no other right; the
// first is taken in TestLaunchExec.
func TestLaunchRoles(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t, true)
	_, objects := ns.split(t, "without-shell.yaml", values{"IMAGE": programImage(t, "./web")})
	ns.apply(t, objects)
	ns.kubectl(t, "wait", "pod", "--all", "--for=condition=Ready", "--timeout=1m")
	for way, flags := range map[string][]string{"ephemeral": nil, "like": {"--like"}} {
		t.Run(way, func(t *testing.T) {
			args := append([]string{"pod/web", ns.as(t, way), "--image", "k8sdoctor:dev", "--image-pull-policy", "Never", "-o", "json"}, flags...)
			if r := ns.launch(t, args...).names(t, 0, "", ""); r.Launch.Way != way {
				t.Errorf("got %+v, want the way %s", r.Launch, way)
			}
		})
	}
	t.Run("run", func(t *testing.T) {
		if l := ns.run(t, ns.as(t, "run"), "-o", "json"); l.status != 0 {
			t.Errorf("got status %d and %s", l.status, l.stderr)
		}
	})
}
