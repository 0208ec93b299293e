//go:build e2e

package e2e

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// files are what the pod finds in place of its ServiceAccount volume.
type files map[string]string

// account puts files into the Secret account, which given.yaml mounts in place
// of the ServiceAccount volume: the right ones, changed by change.
func account(change func(t *testing.T, ns namespace, f files)) func(*testing.T, namespace) values {
	return func(t *testing.T, ns namespace) values {
		t.Helper()
		f := files{
			"token":     ns.token(t),
			"namespace": string(ns),
			"ca.crt":    ns.kubectl(t, "get", "configmap", "kube-root-ca.crt", "--output=jsonpath={.data.ca\\.crt}"),
		}
		change(t, ns, f)
		args, dir := []string{"create", "secret", "generic", "account"}, t.TempDir()
		for name, text := range f {
			args = append(args, "--from-file", write(t, dir, name, text))
		}
		ns.kubectl(t, args...)
		return nil
	}
}

// token asks for a token of the default ServiceAccount.
func (ns namespace) token(t *testing.T, args ...string) string {
	t.Helper()
	return strings.TrimSpace(ns.kubectl(t, append([]string{"create", "token", "default"}, args...)...))
}

// otherCA puts the certificate of a new CA in the place of the cluster's.
func otherCA(name string) func(*testing.T, namespace) values {
	return account(func(t *testing.T, _ namespace, f files) { f["ca.crt"] = certPEM(newAuthority(t, name).cert) })
}

// expiredCA puts the certificate of a CA that ended an hour ago in the place of
// the cluster's.
var expiredCA = account(func(t *testing.T, _ namespace, f files) {
	f["ca.crt"] = certPEM(newAuthorityUntil(t, "kubernetes", time.Now().Add(-time.Hour)).cert)
})

// twoCAs puts the certificate of a new CA after the cluster's, as while a CA is
// being replaced.
var twoCAs = account(func(t *testing.T, _ namespace, f files) {
	f["ca.crt"] += certPEM(newAuthority(t, "kubernetes").cert)
})

var newlineAtEnd = account(func(_ *testing.T, _ namespace, f files) { f["token"] += "\n" })

// without leaves a file out.
func without(name string) func(*testing.T, namespace) values {
	return account(func(_ *testing.T, _ namespace, f files) { delete(f, name) })
}

// with puts that text in a file's place.
func with(name, text string) func(*testing.T, namespace) values {
	return account(func(_ *testing.T, _ namespace, f files) { f[name] = text })
}

// signedAnew changes the claims of a token and signs it with the key of the
// cluster, or with a new one that says it is the cluster's.
func signedAnew(foreignKey bool, change func(claims map[string]any)) func(*testing.T, namespace) values {
	return account(func(t *testing.T, _ namespace, f files) {
		parts := strings.Split(f["token"], ".")
		body, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil {
			t.Fatal(err)
		}
		var claims map[string]any
		if err := json.Unmarshal(body, &claims); err != nil {
			t.Fatal(err)
		}
		change(claims)
		if body, err = json.Marshal(claims); err != nil {
			t.Fatal(err)
		}
		var key crypto.Signer
		if foreignKey {
			if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
				t.Fatal(err)
			}
		} else {
			key = signerOf(t, controlPlane(), "/etc/kubernetes/pki/sa.key")
		}
		text := parts[0] + "." + base64.RawURLEncoding.EncodeToString(body)
		digest := sha256.Sum256([]byte(text))
		signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		f["token"] = text + "." + base64.RawURLEncoding.EncodeToString(signature)
	})
}

// validFrom moves a token's time: it lasts an hour.
func validFrom(start time.Duration) func(map[string]any) {
	return func(claims map[string]any) {
		from := time.Now().Add(start)
		claims["iat"], claims["nbf"], claims["exp"] = from.Unix(), from.Unix(), from.Add(time.Hour).Unix()
	}
}

func foreignIssuer(claims map[string]any) { claims["iss"] = "https://another-cluster.example" }

func unchanged(map[string]any) {}

// accountMadeAgain gives the pod the token of a ServiceAccount that was deleted
// and made again under the same name.
var accountMadeAgain = account(func(t *testing.T, ns namespace, f files) {
	ns.kubectl(t, "delete", "serviceaccount", "default")
	ns.kubectl(t, "wait", "--for=create", "serviceaccount/default", "--timeout=30s")
	// the server keeps the answer to a token for 10 s
	deadline(t, 30*time.Second, func() bool { return !ns.accepts(t, f["token"]) })
})

// podGone gives the pod the token of a pod that was deleted.
var podGone = account(func(t *testing.T, ns namespace, f files) {
	ns.kubectl(t, "apply", "-f", "testdata/gone.yaml")
	uid := ns.kubectl(t, "get", "pod", "gone", "--output=jsonpath={.metadata.uid}")
	f["token"] = ns.token(t, "--bound-object-kind=Pod", "--bound-object-name=gone", "--bound-object-uid="+uid)
	ns.kubectl(t, "delete", "pod", "gone", "--grace-period=0", "--force")
	deadline(t, 30*time.Second, func() bool { return !ns.accepts(t, f["token"]) })
})

// legacy gives the pod a token out of a Secret; gone deletes the Secret.
func legacy(gone bool) func(*testing.T, namespace) values {
	return account(func(t *testing.T, ns namespace, f files) {
		ns.kubectl(t, "apply", "-f", "testdata/legacy.yaml")
		ns.kubectl(t, "wait", "secret/legacy", "--for=jsonpath={.data.token}", "--timeout=30s")
		text, err := base64.StdEncoding.DecodeString(ns.kubectl(t, "get", "secret", "legacy", "--output=jsonpath={.data.token}"))
		if err != nil {
			t.Fatal(err)
		}
		f["token"] = string(text)
		if gone {
			ns.kubectl(t, "delete", "secret", "legacy")
			deadline(t, 30*time.Second, func() bool { return !ns.accepts(t, f["token"]) })
		}
	})
}

// accepts says whether the API server takes the token.
func (ns namespace) accepts(t *testing.T, token string) bool {
	t.Helper()
	ca := write(t, t.TempDir(), "ca.crt", kubectl(t, "config", "view", "--raw", "--minify", "--flatten",
		"--output=go-template={{range .clusters}}{{index .cluster \"certificate-authority-data\" | base64decode}}{{end}}"))
	server := kubectl(t, "config", "view", "--minify", "--output=jsonpath={.clusters[0].cluster.server}")
	cmd := exec.Command("kubectl", "--kubeconfig=/dev/null", "--server", server, "--certificate-authority", ca,
		"--tls-server-name=localhost", "--request-timeout=2s", "--token", token, "auth", "whoami")
	return cmd.Run() == nil
}

// deadline waits until done.
func deadline(t *testing.T, limit time.Duration, done func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !done(); time.Sleep(500 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not so after %s", limit)
		}
	}
}
