package lab

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestRedaction has the token come up where nobody expects it, and servers that
// send it back in pieces.
func TestRedaction(t *testing.T) {
	t.Parallel()
	inEnv := func(key, before, after string) world {
		return world{after: func(pod *Pod) error {
			token, err := os.ReadFile(filepath.Join(pod.System.Root, volumeDir, "token"))
			pod.System.Env[key] = before + string(token) + after
			return err
		}}
	}
	for _, test := range []struct {
		name  string
		world world
		shows string // the check that shows that the token came up
	}{
		{"the token is KUBERNETES_SERVICE_HOST", inEnv("KUBERNETES_SERVICE_HOST", "", ""), "env.service"},
		{"the token is the kubelet's address", inEnv("KUBERNETES_PORT_443_TCP_ADDR", "", ""), "env.service"},
		{"the token is the user of a proxy", inEnv("HTTPS_PROXY", "http://", "@10.20.0.5:3128"), "env.proxy"},
		{"the token is the host of a proxy", inEnv("HTTPS_PROXY", "http://", ":3128"), "env.proxy"},
		{"the token is the pod's name", inEnv("POD_NAME", "", ""), "token.claims"},
		{"the token is the account's name", inEnv("POD_SERVICE_ACCOUNT", "", ""), "token.claims"},
		{"the token is the home directory", inEnv("HOME", "/", ""), ""},
		{"the namespace file is a link to the token", world{after: namespaceIsToken}, "volume.namespace"},
		{"the namespace file is a link to the token, alone", world{after: namespaceIsToken, only: []string{"volume.namespace"}}, "volume.namespace"},
		{"a server sends it back between spaces", world{change: echo(" ")}, "auth.review"},
		{"a server sends it back between commas", world{change: echo(",")}, "auth.review"},
		{"a server sends it back line by line", world{change: echo("\n")}, "auth.review"},
		{"a server sends it back between dots and quotes", world{change: echo(`".'`)}, "auth.review"},
		{"a server sends it back in a header", world{change: echoInHeader}, "auth.review"},
		{"a server sends it back to health alone", world{change: echo("\n"), only: []string{"api.health"}}, "api.health"},
		{"a kubectl proxy sends it back", world{after: echoingProxy}, "kubectl-proxy.api"},
		{"a kubectl proxy sends it back, alone", world{after: echoingProxy, only: []string{"kubectl-proxy.api"}}, "kubectl-proxy.api"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := test.world.look(t)
			if leak := o.leak(t); leak != "" {
				t.Errorf("the results hold %q of the token", leak)
			}
			if leak := o.leakInPieces(); leak != "" {
				t.Errorf("the results hold %q of the token, with something between", leak)
			}
			if r := o.of(test.shows); test.shows != "" && !showsIn(r, "[redacted]") {
				t.Errorf("%s: got %s: %s %v, want something redacted", test.shows, r.Status, r.Summary, r.Evidence)
			}
		})
	}
}

func showsIn(r observe.Result, text string) bool {
	return strings.Contains(r.Summary, text) || slices.ContainsFunc(r.Evidence, func(f observe.Fact) bool { return strings.Contains(f.Value, text) })
}

// betweenPieces is what no token holds, in the form that results have it.
var betweenPieces = regexp.MustCompile(`\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|[^-_A-Za-z0-9]`)

// leakInPieces returns a piece of the secret that stands in the results when
// what a server put between its characters is left out, or "".
func (o outcome) leakInPieces() string {
	const length = 12
	for _, r := range o.results {
		texts := []string{r.Summary}
		for _, fact := range r.Evidence {
			texts = append(texts, fact.Key, fact.Value)
		}
		for _, text := range texts {
			bare := betweenPieces.ReplaceAllString(text, "")
			for i := 0; i+length <= len(o.secret); i++ {
				if piece := o.secret[i : i+length]; strings.Contains(bare, piece) {
					return piece
				}
			}
		}
	}
	return ""
}

func namespaceIsToken(pod *Pod) error {
	return file(volumeDir+"/namespace", func(path string) error { return os.Symlink("token", path) })(pod)
}

// echo refuses every request with the signature of its token, cut into pieces.
func echo(between string) func(*plan) {
	return handle(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Audit-Id", newUUID())
		status(w, http.StatusForbidden, "Forbidden", "seen: "+inPieces(signatureOf(r.Header.Get("Authorization")), between), nil)
	})
}

func echoInHeader(p *plan) {
	handle(func(w http.ResponseWriter, r *http.Request) {
		sent := inPieces(signatureOf(r.Header.Get("Authorization")), " ")
		w.Header().Set("Audit-Id", sent)
		w.Header().Set("Server", sent)
		w.Header().Set("Location", "/"+sent)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})(p)
}

func echoingProxy(pod *Pod) error {
	token, err := os.ReadFile(filepath.Join(pod.System.Root, volumeDir, "token"))
	if err != nil {
		return err
	}
	pod.dialer.set("tcp "+kubectlProxyAddress, route{server: "echo"})
	return pod.serveHTTP("echo", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		status(w, http.StatusBadGateway, "InternalError", "upstream has seen "+inPieces(signatureOf(string(token)), " ; "), nil)
	}))
}

func signatureOf(token string) string { return token[strings.LastIndexByte(token, '.')+1:] }

// inPieces cuts a text into pieces of eight characters, less than one alone
// would be taken for a leak.
func inPieces(text, between string) string {
	var pieces []string
	for piece := range slices.Chunk([]byte(text), 8) {
		pieces = append(pieces, string(piece))
	}
	return strings.Join(pieces, between)
}
