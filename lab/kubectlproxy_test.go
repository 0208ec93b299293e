package lab

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestWhatIsNoKubectlProxy has other servers at the address where a kubectl
// proxy is looked for.
func TestWhatIsNoKubectlProxy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
	}{
		{"a login", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "login required", http.StatusUnauthorized) }},
		{"nginx", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>\r\n<hr><center>nginx/1.29.3</center>\r\n</body>\r\n</html>\r\n")
		}},
		{"a server that hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := world{only: []string{"kubectl-proxy.api"}, limit: 2 * time.Second, after: func(pod *Pod) error {
				pod.dialer.set("tcp "+kubectlProxyAddress, route{server: "other"})
				return pod.serveHTTP("other", test.answer)
			}}.look(t)
			if r := o.of("kubectl-proxy.api"); r.Status != observe.Skip {
				t.Errorf("got %s: %s, want skip", r.Status, r.Summary)
			}
		})
	}
}
