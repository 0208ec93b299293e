//go:build e2e

package e2e

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// pki is where an API server finds its files.
const pki = "/etc/kubernetes/pki/"

// apiServer is one more API server of the cluster, on its control-plane node.
// Only pods of that node meet it: for all else the cluster's own stays.
type apiServer struct{ port string }

// newAPIServer starts one that differs from the cluster's own in some flags, and
// ends it at the end of the test.
func newAPIServer(t *testing.T, port string, flags ...string) apiServer {
	t.Helper()
	node, kept := controlPlane(), []string{}
	flags = append(flags, "--secure-port="+port, "--endpoint-reconciler-type=none") // the Service is its own affair
	for _, flag := range regexp.MustCompile(`(?m)^    - (--\S+)$`).FindAllStringSubmatch(onNode(t, node, "cat /etc/kubernetes/manifests/kube-apiserver.yaml"), -1) {
		name, _, _ := strings.Cut(flag[1], "=")
		if !slices.ContainsFunc(flags, func(other string) bool { return strings.HasPrefix(other, name+"=") }) {
			kept = append(kept, flag[1])
		}
	}
	t.Cleanup(func() { onNode(t, node, "pkill -KILL -f '^kube-apiserver .*--secure-port="+port+"'") })
	in := strings.TrimSpace(onNode(t, node, "crictl ps --quiet --name kube-apiserver"))
	command(t, "docker", slices.Concat([]string{"exec", "--detach", node, "crictl", "exec", in, "kube-apiserver"}, kept, flags)...)
	deadline(t, time.Minute, func() bool {
		return strings.HasPrefix(onNode(t, node, "curl --silent --cacert "+pki+"ca.crt --cert "+pki+"apiserver-kubelet-client.crt --key "+pki+
			"apiserver-kubelet-client.key https://localhost:"+port+"/livez || true"), "ok")
	})
	return apiServer{port}
}

// instead puts the API server in the place of the cluster's own for the pods of
// its node, after what else there is to prepare.
func (s apiServer) instead(prepare ...func(*testing.T, namespace) values) func(*testing.T, namespace) values {
	return func(t *testing.T, ns namespace) values {
		t.Helper()
		for _, f := range prepare {
			f(t, ns)
		}
		return led("$API:"+s.port)(t, ns)
	}
}

// shown is the certificate of an API server that reads it again when it changes.
const shown = pki + "e2e"

// shows puts a certificate in place until the end of the test.
func shows(make func(*testing.T) (cert, key string)) func(*testing.T, namespace) values {
	return func(t *testing.T, _ namespace) values {
		t.Helper()
		t.Cleanup(func() { showsOwn(t) })
		cert, key := make(t)
		putOnNode(t, controlPlane(), shown+".key", key)
		putOnNode(t, controlPlane(), shown+".crt", cert)
		time.Sleep(3 * time.Second) // it reads the files when they change, a moment later
		return nil
	}
}

func showsOwn(t *testing.T) {
	t.Helper()
	onNode(t, controlPlane(), "cd "+pki+" && cp apiserver.key e2e.key && cp apiserver.crt e2e.crt")
}

// newStrictServer answers no request without a token, and reads its certificate
// again when it changes.
func newStrictServer(t *testing.T) apiServer {
	t.Helper()
	t.Cleanup(func() { onNode(t, controlPlane(), "rm "+shown+".crt "+shown+".key") })
	showsOwn(t)
	return newAPIServer(t, "7443", "--anonymous-auth=false", "--tls-cert-file="+shown+".crt", "--tls-private-key-file="+shown+".key")
}

// newUnreadyServer keeps Secrets with the help of a service that is gone: it
// serves all else, and is not ready.
func newUnreadyServer(t *testing.T) apiServer {
	t.Helper()
	const file = pki + "e2e-secrets.yaml"
	t.Cleanup(func() { onNode(t, controlPlane(), "rm "+file) })
	putOnNode(t, controlPlane(), file, read(t, "testdata/key-service.yaml"))
	return newAPIServer(t, "7444", "--encryption-provider-config="+file)
}

// newRekeyedServer has a new key for tokens.
func newRekeyedServer(t *testing.T) apiServer {
	t.Helper()
	const file = pki + "e2e-tokens.key"
	t.Cleanup(func() { onNode(t, controlPlane(), "rm "+file) })
	putOnNode(t, controlPlane(), file, newRSAKey(t))
	return newAPIServer(t, "7445", "--service-account-key-file="+file, "--service-account-signing-key-file="+file)
}

func newRSAKey(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
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
