//go:build e2e

package e2e

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

const apiManifest = "/etc/kubernetes/manifests/kube-apiserver.yaml"

// calmly lets the controllers outlive an API server that starts again: without
// a lease to renew, they have no reason to end.
func calmly(t *testing.T) {
	t.Helper()
	elect := func(from, to string) {
		onNode(t, controlPlane(), "cd /etc/kubernetes && for name in kube-controller-manager kube-scheduler; do"+
			" sed s/--leader-elect="+from+"/--leader-elect="+to+"/ manifests/$name.yaml >next.yaml && mv next.yaml manifests/$name.yaml; done")
	}
	t.Cleanup(func() { elect("false", "true") })
	elect("true", "false")
}

// apiServer is the cluster's own, as kubeadm made it.
type apiServer struct{ manifest string }

// newAPIServer has the API server be as it was at the end of the test.
func newAPIServer(t *testing.T) apiServer {
	t.Helper()
	own := apiServer{onNode(t, controlPlane(), "cat "+apiManifest)}
	t.Cleanup(func() { startAPIServer(t, own.manifest) })
	return own
}

// with starts the API server again with more flags.
func (s apiServer) with(t *testing.T, flags ...string) {
	t.Helper()
	const first = "    - kube-apiserver\n"
	startAPIServer(t, strings.Replace(s.manifest, first, first+"    - "+strings.Join(flags, "\n    - ")+"\n", 1))
}

func startAPIServer(t *testing.T, manifest string) {
	t.Helper()
	pid := apiServerPID(t)
	// at once: its own end takes a minute, and begins with the Service's endpoint
	commandWith(t, manifest, "docker", "exec", "-i", controlPlane(), "sh", "-c",
		"cat >/etc/kubernetes/next.yaml && mv /etc/kubernetes/next.yaml "+apiManifest+" && kill -KILL "+pid)
	flags := regexp.MustCompile(`(?m)^    - (--\S+)$`).FindAllStringSubmatch(manifest, -1)
	deadline(t, 90*time.Second, func() bool {
		running := onNode(t, controlPlane(), `tr '\0' ' ' </proc/$(pgrep -nx kube-apiserver)/cmdline || true`)
		return len(strings.Fields(running)) == len(flags)+1
	})
	apiServerBack(t, pid)
}

func apiServerPID(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(onNode(t, controlPlane(), "pgrep -nx kube-apiserver || true"))
}

// apiServerBack waits until another API server than that one is ready, and all
// that needs it.
func apiServerBack(t *testing.T, pid string) {
	t.Helper()
	deadline(t, 90*time.Second, func() bool { now := apiServerPID(t); return now != "" && now != pid })
	patiently(t, "kubectl", "get", "--raw", "/livez")
	patiently(t, "kubectl", "wait", "--for=condition=Ready", "node", "--all", "--timeout=60s")
}

// shown is the certificate that the API server shows to who sends no name, or
// one that pods use: everybody else keeps the right one.
const shown = "/etc/kubernetes/pki/e2e"

// showsCertificates lets certificates be changed in place: the API server reads
// the files again when they change.
func (s apiServer) showsCertificates(t *testing.T, flags ...string) {
	t.Helper()
	address, _, _ := strings.Cut(endpoint(t), ":")
	onNode(t, controlPlane(), "cd /etc/kubernetes/pki && cp apiserver.crt e2e.crt && cp apiserver.key e2e.key")
	s.with(t, append(flags, "--tls-sni-cert-key="+shown+".crt,"+shown+".key:"+strings.Join(append(apiNames, address), ","))...)
}

// keyServiceGone has the API server keep Secrets with the help of a service that
// is gone: it serves all else, and is not ready. By itself it would take its
// address from the Service then.
func (s apiServer) keyServiceGone(t *testing.T) {
	t.Helper()
	const file = "/etc/kubernetes/pki/e2e.yaml"
	putOnNode(t, controlPlane(), file, read(t, "testdata/key-service.yaml"))
	s.with(t, "--encryption-provider-config="+file, "--endpoint-reconciler-type=none")
}

// shows puts a certificate in place until the end of the test.
func shows(make func(*testing.T) (cert, key string)) func(*testing.T, namespace) values {
	return func(t *testing.T, _ namespace) values {
		t.Helper()
		t.Cleanup(func() {
			onNode(t, controlPlane(), "cd /etc/kubernetes/pki && cp apiserver.key e2e.key && cp apiserver.crt e2e.crt")
		})
		cert, key := make(t)
		putOnNode(t, controlPlane(), shown+".key", key)
		putOnNode(t, controlPlane(), shown+".crt", cert)
		time.Sleep(3 * time.Second) // it reads the files when they change, a moment later
		return nil
	}
}

func putOnNode(t *testing.T, node, file, text string) {
	t.Helper()
	commandWith(t, text, "docker", "exec", "-i", node, "sh", "-c", "cat >"+file)
}

func apiAddresses(t *testing.T) (own, service string) {
	own, _, _ = strings.Cut(endpoint(t), ":")
	return own, kubectl(t, "--namespace=default", "get", "service", "kubernetes", "--output=jsonpath={.spec.clusterIP}")
}

func withoutServiceIP(t *testing.T) (cert, key string) {
	own, _ := apiAddresses(t)
	return clusterAuthority(t).serving(t, time.Now().AddDate(0, 6, 0), own)
}

func expired(t *testing.T) (cert, key string) {
	own, service := apiAddresses(t)
	return clusterAuthority(t).serving(t, time.Now().Add(-10*time.Second), own, service)
}

func expiresSoon(t *testing.T) (cert, key string) {
	own, service := apiAddresses(t)
	return clusterAuthority(t).serving(t, time.Now().AddDate(0, 0, 3), own, service)
}

// fromCAOfSameName is what a control plane shows whose CA was made again.
func fromCAOfSameName(t *testing.T) (cert, key string) {
	own, service := apiAddresses(t)
	name := clusterAuthority(t).cert.Subject.CommonName
	return newAuthority(t, name).serving(t, time.Now().AddDate(0, 6, 0), own, service)
}

// bindingGone removes a ClusterRoleBinding until the end of the test.
func bindingGone(name string) func(*testing.T, namespace) values {
	return func(t *testing.T, _ namespace) values {
		t.Helper()
		was := kubectl(t, "get", "clusterrolebinding", name, "--output=json")
		t.Cleanup(func() {
			commandWith(t, was, "kubectl", "create", "-f", "-")
		})
		kubectl(t, "delete", "clusterrolebinding", name)
		return nil
	}
}

// keysPublished lets everybody read the issuer's documents and keys, as clusters
// do whose tokens other systems take, until the end of the test.
func keysPublished(t *testing.T) {
	t.Helper()
	kubectl(t, "create", "clusterrolebinding", "e2e-keys", "--clusterrole=system:service-account-issuer-discovery", "--group=system:unauthenticated")
	t.Cleanup(func() { kubectl(t, "delete", "clusterrolebinding", "e2e-keys") })
}
