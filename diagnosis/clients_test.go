package diagnosis_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/diagnosis"
	"github.com/k8sdoctor/k8sdoctor/lab"
)

// sick runs the checks, without probes, in a pod of the lab.
func sick(t *testing.T, faults ...string) diagnosis.Seen {
	t.Helper()
	seen, _ := examine(t, checks.All(), faults...)
	return seen
}

func clientNamed(t *testing.T, seen diagnosis.Seen, name string) diagnosis.Client {
	t.Helper()
	for _, c := range diagnosis.Clients(seen) {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no client is named %q", name)
	return diagnosis.Client{}
}

func TestEveryClientWorksInAHealthyPod(t *testing.T) {
	seen := sick(t)
	all := diagnosis.Clients(seen)
	if len(all) != 11 {
		t.Errorf("got %d clients, want 11", len(all))
	}
	for _, c := range all {
		if c.Outcome != diagnosis.Works || c.Error != "" || c.Reason != "" {
			t.Errorf("got %+v, want that it works", c)
		}
	}
}

func TestClientsOfASickPod(t *testing.T) {
	const (
		token = "/var/run/secrets/kubernetes.io/serviceaccount/token"
		ca    = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
		env   = "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined"
		local = "The connection to the server localhost:8080 was refused - did you specify the right host or port?"
	)
	type row struct {
		client  string
		outcome diagnosis.Outcome
		text    string
	}
	for _, tc := range []struct {
		fault string
		want  []row
	}{
		{"env.missing", []row{
			{"client-go", diagnosis.Fails, env}, {"Python", diagnosis.Fails, "Service host/port is not set."}, {"C#", diagnosis.Fails, env},
			{"JavaScript", diagnosis.Fails, ""}, {"Ruby", diagnosis.Fails, "Service host/port is not set"},
			{"Rust (kube-rs)", diagnosis.Fails, "failed to read an incluster environment variable: environment variable not found"},
			{"kubectl in a pod", diagnosis.Fails, local}, {"kubectl proxy", diagnosis.Fails, "dial tcp 127.0.0.1:8080: connect: connection refused"},
		}},
		{"env.links-collision", []row{
			{"client-go", diagnosis.Fails, `host must be a URL or a host:port pair: "https://10.96.0.1:tcp://10.96.8.140:80"`},
			{"kubectl in a pod", diagnosis.Fails, `error: host must be a URL or a host:port pair: "https://10.96.0.1:tcp://10.96.8.140:80"`},
			{"Python", diagnosis.Fails, "Failed to parse: https://10.96.0.1:tcp://10.96.8.140:80/"}, {"Ruby", diagnosis.Unknown, ""},
			{"kubectl proxy", diagnosis.Fails, `invalid port ":tcp:" after host`}, {"the guide's curl", diagnosis.Unknown, ""},
		}},
		{"volume.not-mounted", []row{
			{"client-go", diagnosis.Fails, "open " + token + ": no such file or directory"}, {"Python", diagnosis.Fails, "Service token file does not exist."},
			{"C#", diagnosis.Fails, env}, {"JavaScript", diagnosis.Fails, "ENOENT: no such file or directory, open '" + ca + "'"},
			{"Ruby", diagnosis.Fails, "Service token file does not exists"}, {"kubectl in a pod", diagnosis.Fails, local},
			{"Rust (kube-rs)", diagnosis.Fails, "failed to read the default namespace: No such file or directory (os error 2)"},
			{"Java (official)", diagnosis.Fails, "java.nio.file.NoSuchFileException: " + ca},
			{"the guide's curl", diagnosis.Fails, "curl: (77) error setting certificate file: " + ca},
		}},
		{"volume.token-missing", []row{
			{"client-go", diagnosis.Fails, "open " + token + ": no such file or directory"}, {"Java (official)", diagnosis.Fails, "Cannot read file: " + token},
			{"Java (fabric8)", diagnosis.Fails, ""}, {"JavaScript", diagnosis.Fails, "ENOENT: no such file or directory, open '" + token + "'"},
			{"the guide's curl", diagnosis.Fails, "cat: " + token + ": No such file or directory"},
		}},
		{"volume.token-empty", []row{
			{"client-go", diagnosis.Fails, `read empty token from file "` + token + `"`}, {"Ruby", diagnosis.Unknown, ""},
			{"kubectl in a pod", diagnosis.Fails, `error: read empty token from file "` + token + `"`},
		}},
		{"volume.token-dirty", []row{
			{"client-go", diagnosis.Remark, ""}, {"kubectl in a pod", diagnosis.Remark, ""}, {"the guide's curl", diagnosis.Remark, ""},
			{"Python", diagnosis.Fails, "Invalid header value b'bearer ..."}, {"JavaScript", diagnosis.Fails, "Bearer ... is not a legal HTTP header value"},
			{"Rust (kube-rs)", diagnosis.Fails, "invalid bearer token: failed to parse header value"}, {"C#", diagnosis.Remark, ""},
			{"Java (official)", diagnosis.Remark, ""}, {"Java (fabric8)", diagnosis.Unknown, ""}, {"Ruby", diagnosis.Remark, ""},
		}},
		{"volume.ca-missing", []row{
			{"client-go", diagnosis.Fails, "Expected to load root CA config from " + ca + ", but got err: open " + ca + ": no such file or directory"},
			{"Python", diagnosis.Fails, "Service certification file does not exist."}, {"Ruby", diagnosis.Fails, "Service token file does not exists"},
			{"C#", diagnosis.Fails, env}, {"Rust (kube-rs)", diagnosis.Fails, "failed to read a certificate bundle: No such file or directory (os error 2)"},
		}},
		{"volume.namespace-missing", []row{
			{"client-go", diagnosis.Works, ""}, {"Rust (kube-rs)", diagnosis.Fails, "failed to read the default namespace: No such file or directory (os error 2)"},
		}},
		{"volume.ca-bundle", []row{{"client-go", diagnosis.Works, ""}, {"Java (fabric8)", diagnosis.Remark, "PKIX path building failed"}}},
		{"tls.name-not-covered", []row{
			{"client-go", diagnosis.Works, ""}, {"Python", diagnosis.Works, ""}, {"Rust (kube-rs)", diagnosis.Remark, ""},
			{"the guide's curl", diagnosis.Fails, "curl: (60) SSL: no alternative certificate subject name matches target ..."},
		}},
		{"dns.servfail", []row{
			{"client-go", diagnosis.Works, ""}, {"kubectl in a pod", diagnosis.Works, ""},
			{"the guide's curl", diagnosis.Fails, "curl: (6) Could not resolve host: kubernetes.default.svc"},
		}},
		{"api.aggregation-broken", []row{
			{"client-go", diagnosis.Remark, "unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1"},
			{"kubectl in a pod", diagnosis.Works, ""}, {"Python", diagnosis.Works, ""},
		}},
		{"net.api-down", []row{
			{"client-go", diagnosis.Fails, "dial tcp 10.96.0.1:443: connect: connection refused"},
			{"kubectl in a pod", diagnosis.Fails, "The connection to the server 10.96.0.1:443 was refused - did you specify the right host or port?"},
			{"JavaScript", diagnosis.Fails, "request to https://10.96.0.1:443/... failed, reason: connect ECONNREFUSED 10.96.0.1:443"},
			{"Java (official)", diagnosis.Fails, ""},
		}},
		{"tls.unknown-ca", []row{
			{"client-go", diagnosis.Fails, "tls: failed to verify certificate: x509: certificate signed by unknown authority"},
			{"kubectl in a pod", diagnosis.Fails, "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority"},
			{"Java (fabric8)", diagnosis.Fails, "PKIX path building failed"},
		}},
		{"token.expired", []row{
			{"client-go", diagnosis.Fails, "Unauthorized"}, {"kubectl in a pod", diagnosis.Fails, "error: You must be logged in to the server (...)"},
			{"the guide's curl", diagnosis.Fails, `"message":"Unauthorized"`}, {"Ruby", diagnosis.Fails, ""},
		}},
		{"env.client-override", []row{{"client-go", diagnosis.Remark, ""}, {"kubectl in a pod", diagnosis.Unknown, ""}, {"Python", diagnosis.Remark, ""}}},
		{"proxy.in-path", []row{{"client-go", diagnosis.Fails, ""}, {"Python", diagnosis.Unknown, ""}, {"JavaScript", diagnosis.Unknown, ""}}},
		{"proxy.client-dependent", []row{{"client-go", diagnosis.Works, ""}, {"Python", diagnosis.Remark, ""}, {"Ruby", diagnosis.Unknown, ""}, {"the guide's curl", diagnosis.Remark, ""}}},
		{"kubectl-proxy.down", []row{{"client-go", diagnosis.Works, ""}, {"kubectl proxy", diagnosis.Fails, "connect: connection refused"}}},
	} {
		t.Run(tc.fault, func(t *testing.T) {
			t.Parallel()
			seen := sick(t, tc.fault)
			for _, want := range tc.want {
				got := clientNamed(t, seen, want.client)
				if got.Outcome != want.outcome || !strings.Contains(got.Error, want.text) || want.text == "" && want.outcome == diagnosis.Works && got.Error != "" {
					t.Errorf("%s: got %s, %q (%s), want %s, %q", want.client, got.Outcome, got.Error, got.Reason, want.outcome, want.text)
				}
				if got.Outcome != diagnosis.Works && got.Error == "" && got.Reason == "" {
					t.Errorf("%s: %s without a word", want.client, got.Outcome)
				}
			}
		})
	}
}

// What client-go prints is what the client-go of this program prints.
func TestGoTextsAreThoseOfClientGo(t *testing.T) {
	for _, fault := range []string{
		"net.api-down", "tls.unknown-ca", "tls.self-signed", "tls.foreign-server", "tls.host-not-covered", "tls.expired", "tls.not-tls",
		"token.expired", "token.rejected", "token.stripped",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			want := inClusterRequest(t, fault)
			seen := sick(t, fault)
			got := clientNamed(t, seen, "client-go")
			if got.Outcome != diagnosis.Fails || got.Error == "" {
				t.Fatalf("got %+v, want %q", got, want)
			}
			rest := want
			for _, part := range strings.Split(got.Error, "...") {
				i := strings.Index(rest, strings.TrimSpace(part))
				if i < 0 {
					t.Fatalf("got %q, want a part of %q", got.Error, want)
				}
				rest = rest[i+len(strings.TrimSpace(part)):]
			}
		})
	}
}

// inClusterRequest makes a request as rest.InClusterConfig would set it up.
func inClusterRequest(t *testing.T, fault string) string {
	t.Helper()
	pod, err := lab.Start(t.TempDir(), fault)
	if err != nil {
		t.Fatal(err)
	}
	defer pod.Close()
	file := func(name string) string {
		return filepath.Join(pod.System.Root, "var/run/secrets/kubernetes.io/serviceaccount", name)
	}
	token, err := os.ReadFile(file("token"))
	if err != nil {
		t.Fatal(err)
	}
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	client, err := rest.UnversionedRESTClientFor(&rest.Config{
		Host:            "https://" + pod.System.Env["KUBERNETES_SERVICE_HOST"] + ":" + pod.System.Env["KUBERNETES_SERVICE_PORT"],
		BearerToken:     string(token),
		BearerTokenFile: file("token"),
		TLSClientConfig: rest.TLSClientConfig{CAFile: file("ca.crt")},
		Dial:            pod.System.Dial,
		Proxy:           func(*http.Request) (*url.URL, error) { return nil, nil },
		ContentConfig:   rest.ContentConfig{NegotiatedSerializer: serializer.NewCodecFactory(scheme).WithoutConversion()},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	err = client.Get().AbsPath("/api").Do(ctx).Error()
	if err == nil {
		t.Fatal("the request succeeds")
	}
	return err.Error()
}

func TestClientsOfHandMadeResults(t *testing.T) {
	made := func(id string, status checks.Status, code, summary string, facts ...string) checks.Result {
		r := checks.Result{ID: id, Status: status, Code: code, Summary: summary}
		for i := 0; i < len(facts); i += 2 {
			r.Evidence.Add(facts[i], "%s", facts[i+1])
		}
		return r
	}
	env := func(host, port string) checks.Result {
		return made("env.service", checks.Pass, "", "", "KUBERNETES_SERVICE_HOST", host, "KUBERNETES_SERVICE_PORT", port)
	}
	token, accepted := made("volume.token", checks.Pass, "", ""), made("auth.review", checks.Pass, "", "")
	dirty := func(what string) checks.Result {
		return made("volume.token", checks.Fail, "volume.token-dirty", "token: character "+what+" at byte 7 inside the token")
	}
	for _, tc := range []struct {
		name, client string
		results      []checks.Result
		want         diagnosis.Outcome
		text         string
	}{
		{"nothing", "client-go", nil, diagnosis.Unknown, ""},
		{"no environment check", "client-go", []checks.Result{accepted}, diagnosis.Unknown, ""},
		{"an odd host", "Python", []checks.Result{made("env.service", checks.Fail, "env.malformed", "", "KUBERNETES_SERVICE_HOST", "https://x", "KUBERNETES_SERVICE_PORT", "443")}, diagnosis.Unknown, ""},
		{"an empty host", "Python", []checks.Result{made("env.service", checks.Fail, "env.malformed", "", "KUBERNETES_SERVICE_HOST", "", "KUBERNETES_SERVICE_PORT", "443")}, diagnosis.Fails, "Service host/port is set but empty."},
		{"an empty host", "JavaScript", []checks.Result{made("env.service", checks.Fail, "env.malformed", "", "KUBERNETES_SERVICE_HOST", "", "KUBERNETES_SERVICE_PORT", "443")}, diagnosis.Fails, "Invalid URL"},
		{"a port that is taken for HTTP", "JavaScript", []checks.Result{env("10.96.0.1", "8080"), token, accepted}, diagnosis.Fails, "HTTP protocol is not allowed when skipTLSVerify is not set or false"},
		{"a port that is taken for HTTP", "Python", []checks.Result{env("10.96.0.1", "8080"), token, accepted}, diagnosis.Works, ""},
		{"IPv6", "Ruby", []checks.Result{env("fd00::1", "443"), token, accepted}, diagnosis.Fails, ""},
		{"IPv6", "Java (official)", []checks.Result{env("fd00::1", "443"), token, accepted}, diagnosis.Remark, "Hostname fd00::1 not verified"},
		{"IPv6", "client-go", []checks.Result{env("fd00::1", "443"), token, accepted}, diagnosis.Works, ""},
		{"IPv6, refused", "client-go", []checks.Result{env("fd00::1", "443"), token, made("net.connect", checks.Fail, "net.api-down", "[fd00::1]:443: connection refused after 0.1ms")}, diagnosis.Fails, "dial tcp [fd00::1]:443: connect: connection refused"},
		{"no authority key id", "Python", []checks.Result{env("10.96.0.1", "443"), token, accepted, made("tls.chain", checks.Pass, "", "", "served 0", "x, issuer y, key ab, issuer's key (none)")}, diagnosis.Remark, "Missing Authority Key Identifier"},
		{"no authority key id", "client-go", []checks.Result{env("10.96.0.1", "443"), token, accepted, made("tls.chain", checks.Pass, "", "", "served 0", "x, issuer y, key ab, issuer's key (none)")}, diagnosis.Works, ""},
		{"a control character", "client-go", []checks.Result{env("10.96.0.1", "443"), dirty("U+0001")}, diagnosis.Fails, `net/http: invalid header field value for "Authorization"`},
		{"a blank inside", "client-go", []checks.Result{env("10.96.0.1", "443"), dirty("U+0020")}, diagnosis.Fails, "Unauthorized"},
		{"white space only", "client-go", []checks.Result{env("10.96.0.1", "443"), made("volume.token", checks.Fail, "volume.token-empty", "", "size", "3 bytes")}, diagnosis.Fails, "read empty token from file"},
		{"white space only", "Python", []checks.Result{env("10.96.0.1", "443"), made("volume.token", checks.Fail, "volume.token-empty", "", "size", "3 bytes")}, diagnosis.Unknown, ""},
		{"no IP SANs", "client-go", []checks.Result{env("10.96.0.1", "443"), token, made("tls.host", checks.Fail, "tls.host-not-covered", "", "SANs", "kubernetes, kubernetes.default")}, diagnosis.Fails, "x509: cannot validate certificate for 10.96.0.1 because it doesn't contain any IP SANs"},
		{"SANs of names", "client-go", []checks.Result{env("api.example.org", "443"), token, made("tls.host", checks.Fail, "tls.host-not-covered", "", "SANs", "kubernetes, 10.0.0.1")}, diagnosis.Fails, "x509: certificate is valid for kubernetes, not api.example.org"},
		{"the name leads elsewhere", "the guide's curl", []checks.Result{env("10.96.0.1", "443"), token, accepted, made("net.name", checks.Warn, "net.api-down", "kubernetes.default.svc at 10.0.0.9:443: connection refused after 1ms")}, diagnosis.Fails, "curl: (7) Failed to connect"},
		{"a proxy that NO_PROXY keeps off", "Python", []checks.Result{env("10.96.0.1", "443"), token, accepted, made("env.proxy", checks.Pass, "", "", "NO_PROXY", "10.96.0.1")}, diagnosis.Remark, ""},
		{"a proxy and no direct way", "JavaScript", []checks.Result{env("10.96.0.1", "443"), token, accepted, made("env.proxy", checks.Warn, "proxy.in-path", ""), made("net.connect", checks.Warn, "net.api-down", "10.96.0.1:443: connection refused after 1ms")}, diagnosis.Fails, "connect ECONNREFUSED 10.96.0.1:443"},
	} {
		t.Run(tc.name+", "+tc.client, func(t *testing.T) {
			got := clientNamed(t, diagnosis.Seen{Results: tc.results}, tc.client)
			if got.Outcome != tc.want || !strings.Contains(got.Error, tc.text) {
				t.Errorf("got %s, %q (%s), want %s, %q", got.Outcome, got.Error, got.Reason, tc.want, tc.text)
			}
		})
	}
}

// Every fault of the lab leaves every row complete.
func TestClientRowsAreWellFormed(t *testing.T) {
	for _, fault := range lab.Faults() {
		t.Run(fault.Code, func(t *testing.T) {
			t.Parallel()
			seen := sick(t, fault.Code)
			for _, c := range diagnosis.Clients(seen) {
				if strings.ContainsAny(c.Reason, "{}") || regexp.MustCompile(`\{[a-z]+\}`).MatchString(c.Error) {
					t.Errorf("%s: a placeholder stays: %q, %q", c.Name, c.Error, c.Reason)
				}
				if c.Since == "" || c.Outcome == diagnosis.Works && c.Error+c.Reason != "" {
					t.Errorf("got %+v", c)
				}
			}
		})
	}
}
