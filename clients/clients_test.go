package clients_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func clientNamed(t *testing.T, seen observe.Set, name string) clients.Client {
	t.Helper()
	for _, c := range clients.Table(seen) {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no client is named %q", name)
	return clients.Client{}
}

func TestEveryClientWorksInAHealthyPod(t *testing.T) {
	all := clients.Table(observe.Collect(healthy))
	if len(all) != 11 {
		t.Errorf("got %d clients, want 11", len(all))
	}
	for _, c := range all {
		if c.Outcome != clients.Works || c.Error != "" || c.Reason != "" {
			t.Errorf("got %+v, want that it works", c)
		}
	}
}

// row is what is wanted of one client; an empty text is met by any.
type row struct {
	client  string
	outcome clients.Outcome
	text    string
}

func (want row) check(t *testing.T, seen observe.Set) {
	t.Helper()
	got := clientNamed(t, seen, want.client)
	if got.Outcome != want.outcome || !strings.Contains(got.Error, want.text) || want.outcome == clients.Works && got.Error != "" {
		t.Errorf("%s: got %s, %q (%s), want %s, %q", want.client, got.Outcome, got.Error, got.Reason, want.outcome, want.text)
	}
	if got.Outcome != clients.Works && got.Error == "" && got.Reason == "" {
		t.Errorf("%s: %s without a word", want.client, got.Outcome)
	}
}

const (
	noVariables = "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined"
	dialsLocal  = "The connection to the server localhost:8080 was refused - did you specify the right host or port?"
)

// faultRows are what is wanted in a pod with that fault.
var faultRows = map[string][]row{
	"env.missing": {
		{"client-go", clients.Fails, noVariables}, {"Python", clients.Fails, "Service host/port is not set."}, {"C#", clients.Fails, noVariables},
		{"JavaScript", clients.Fails, "Invalid URL"}, {"Ruby", clients.Fails, "Service host/port is not set"},
		{"Rust (kube-rs)", clients.Fails, "failed to read an incluster environment variable: environment variable not found"},
		{"kubectl in a pod", clients.Fails, dialsLocal}, {"kubectl proxy", clients.Fails, "dial tcp 127.0.0.1:8080: connect: connection refused"},
	},
	"env.links-collision": {
		{"client-go", clients.Fails, `host must be a URL or a host:port pair: "https://10.96.0.1:tcp://10.96.8.140:80"`},
		{"kubectl in a pod", clients.Fails, `error: host must be a URL or a host:port pair: "https://10.96.0.1:tcp://10.96.8.140:80"`},
		{"Python", clients.Fails, "Failed to parse: https://10.96.0.1:tcp://10.96.8.140:80/"}, {"Ruby", clients.Unknown, ""},
		{"kubectl proxy", clients.Fails, `invalid port ":tcp:" after host`}, {"the guide's curl", clients.Unknown, ""},
	},
	"volume.not-mounted": {
		{"client-go", clients.Fails, "open " + tokenFile + ": no such file or directory"}, {"Python", clients.Fails, "Service token file does not exist."},
		{"C#", clients.Fails, noVariables}, {"JavaScript", clients.Fails, "ENOENT: no such file or directory, open '" + caFile + "'"},
		{"Ruby", clients.Fails, "Service token file does not exists"}, {"kubectl in a pod", clients.Fails, dialsLocal},
		{"Rust (kube-rs)", clients.Fails, "failed to read the default namespace: No such file or directory (os error 2)"},
		{"Java (official)", clients.Fails, "java.nio.file.NoSuchFileException: " + caFile},
		{"the guide's curl", clients.Fails, "curl: (77) error setting certificate file: " + caFile},
	},
	"volume.empty": {
		{"client-go", clients.Fails, "open " + tokenFile + ": no such file or directory"},
		{"JavaScript", clients.Fails, "ENOENT: no such file or directory, open '" + caFile + "'"},
	},
	"volume.token-missing": {
		{"client-go", clients.Fails, "open " + tokenFile + ": no such file or directory"}, {"Java (official)", clients.Fails, "Cannot read file: " + tokenFile},
		{"Java (fabric8)", clients.Fails, ""}, {"JavaScript", clients.Fails, "ENOENT: no such file or directory, open '" + tokenFile + "'"},
		{"the guide's curl", clients.Fails, "cat: " + tokenFile + ": No such file or directory"},
	},
	"volume.token-empty": {
		{"client-go", clients.Fails, `read empty token from file "` + tokenFile + `"`}, {"Ruby", clients.Unknown, ""},
		{"kubectl in a pod", clients.Fails, `error: read empty token from file "` + tokenFile + `"`},
	},
	"volume.token-dirty": {
		{"client-go", clients.Remark, ""}, {"kubectl in a pod", clients.Remark, ""}, {"the guide's curl", clients.Remark, ""},
		{"Python", clients.Fails, "Invalid header value b'bearer ..."}, {"JavaScript", clients.Fails, "Bearer ... is not a legal HTTP header value"},
		{"Rust (kube-rs)", clients.Fails, "invalid bearer token: failed to parse header value"}, {"C#", clients.Remark, ""},
		{"Java (official)", clients.Remark, ""}, {"Java (fabric8)", clients.Unknown, ""}, {"Ruby", clients.Remark, ""},
	},
	"volume.ca-missing": {
		{"client-go", clients.Fails, "Expected to load root CA config from " + caFile + ", but got err: open " + caFile + ": no such file or directory"},
		{"Python", clients.Fails, "Service certification file does not exist."}, {"Ruby", clients.Fails, "Service token file does not exists"},
		{"C#", clients.Fails, noVariables}, {"Rust (kube-rs)", clients.Fails, "failed to read a certificate bundle: No such file or directory (os error 2)"},
	},
	"volume.ca-expired": {{"client-go", clients.Fails, "tls: failed to verify certificate: x509: ..."}, {"Java (fabric8)", clients.Unknown, ""}, {"Rust (kube-rs)", clients.Unknown, ""}},
	"volume.namespace-missing": {
		{"client-go", clients.Works, ""}, {"Rust (kube-rs)", clients.Fails, "failed to read the default namespace: No such file or directory (os error 2)"},
	},
	"volume.ca-bundle": {{"client-go", clients.Works, ""}, {"Java (fabric8)", clients.Remark, "PKIX path building failed"}},
	"volume.ca-not-root": {
		{"client-go", clients.Works, ""}, {"Python", clients.Remark, "certificate verify failed: unable to get issuer certificate"},
		{"JavaScript", clients.Fails, "UNABLE_TO_GET_ISSUER_CERT"}, {"the guide's curl", clients.Works, ""}, {"Java (official)", clients.Works, ""},
	},
	"volume.ca-dirty":    {{"Java (fabric8)", clients.Remark, "Could not parse certificate: java.io.IOException: Empty input"}, {"Java (official)", clients.Works, ""}},
	"tls.strict-clients": {{"Python", clients.Remark, "certificate verify failed: Missing Authority Key Identifier"}, {"JavaScript", clients.Works, ""}},
	"tls.name-not-covered": {
		{"client-go", clients.Works, ""}, {"Python", clients.Works, ""}, {"Rust (kube-rs)", clients.Remark, ""},
		{"the guide's curl", clients.Fails, "curl: (60) SSL: no alternative certificate subject name matches target ..."},
	},
	"dns.servfail": {
		{"client-go", clients.Works, ""}, {"kubectl in a pod", clients.Works, ""},
		{"the guide's curl", clients.Fails, "curl: (6) Could not resolve host: kubernetes.default.svc"},
	},
	"api.aggregation-broken": {
		{"client-go", clients.Remark, "unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1"},
		{"kubectl in a pod", clients.Works, ""}, {"Python", clients.Works, ""},
	},
	"net.api-down": {
		{"client-go", clients.Fails, "dial tcp 10.96.0.1:443: connect: connection refused"},
		{"kubectl in a pod", clients.Fails, "The connection to the server 10.96.0.1:443 was refused - did you specify the right host or port?"},
		{"JavaScript", clients.Fails, "request to https://10.96.0.1:443/... failed, reason: connect ECONNREFUSED 10.96.0.1:443"},
		{"Java (official)", clients.Fails, ""}, {"the guide's curl", clients.Fails, "curl: (7) Failed to connect"},
	},
	"tls.unknown-ca": {
		{"client-go", clients.Fails, "tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		{"kubectl in a pod", clients.Fails, "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		{"Java (fabric8)", clients.Fails, "PKIX path building failed"},
	},
	"token.expired": {
		{"client-go", clients.Fails, "Unauthorized"}, {"kubectl in a pod", clients.Fails, "error: You must be logged in to the server (...)"},
		{"the guide's curl", clients.Fails, `"message": "Unauthorized"`}, {"Ruby", clients.Fails, ""},
	},
	"token.stripped": {
		{"kubectl in a pod", clients.Fails, `Error from server (Forbidden): ... User "system:anonymous" cannot ...`},
		{"kubectl in a pod", clients.Fails, "error: the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it"},
		{"the guide's curl", clients.Fails, `"message": "forbidden: User \"system:anonymous\" cannot get path \"/api\""`},
	},
	"env.client-override":    {{"client-go", clients.Remark, ""}, {"kubectl in a pod", clients.Unknown, ""}, {"Python", clients.Remark, ""}},
	"api.forbidden":          {{"client-go", clients.Works, ""}, {"Python", clients.Works, ""}, {"kubectl in a pod", clients.Fails, ""}, {"the guide's curl", clients.Fails, ""}},
	"proxy.in-path":          {{"client-go", clients.Fails, ""}, {"Python", clients.Unknown, ""}, {"JavaScript", clients.Unknown, ""}},
	"proxy.client-dependent": {{"client-go", clients.Works, ""}, {"Python", clients.Remark, ""}, {"Ruby", clients.Unknown, ""}, {"the guide's curl", clients.Remark, ""}},
	"kubectl-proxy.down":     {{"client-go", clients.Works, ""}, {"kubectl proxy", clients.Fails, "connect: connection refused"}},
}

func TestClientsOfASickPod(t *testing.T) {
	for code, want := range faultRows {
		t.Run(code, func(t *testing.T) {
			for _, r := range want {
				r.check(t, faults[code])
			}
		})
	}
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// complete says what is wrong with a row.
func complete(c clients.Client) string {
	switch {
	case placeholder.MatchString(c.Error) || strings.ContainsAny(c.Reason, "{}%"):
		return "a placeholder stays"
	case c.Since == "":
		return "it says not since when"
	case (c.Outcome == clients.Works) != (c.Error+c.Reason == ""):
		return "it says nothing, or too much"
	}
	return ""
}

func TestRowsAreComplete(t *testing.T) {
	for name, seen := range worlds() {
		for _, c := range clients.Table(seen) {
			if fault := complete(c); fault != "" {
				t.Errorf("%s: %s: %+v", name, fault, c)
			}
		}
	}
}

func TestReasonsAreForPeople(t *testing.T) {
	for _, tc := range []struct {
		client string
		seen   observe.Set
		want   string
	}{
		{"client-go", cases["silence"].seen, "the API server's address does not answer"},
		{"client-go", faults["net.api-down"], "the API server's address refuses connections"},
		{"client-go", cases["no neighbour"].seen, "the API server's address is unreachable: no answer to ARP/NDP"},
		{"the guide's curl", cases["the name leads elsewhere"].seen, "the address of kubernetes.default.svc refuses connections"},
		{"the guide's curl", cases["a resolver that never answers"].seen, "over UDP, the nameserver does not answer; (28) if --max-time or --connect-timeout ends before the resolver gives up"},
		{"the guide's curl", cases["no nameserver"].seen, "resolv.conf: no nameserver"},
		{"the guide's curl", cases["a Service of this namespace has the address"].seen, "connects by name to 10.96.0.1, whose certificate verifies; nothing else was tried there"},
		{"client-go", cases["a handshake that stalls"].seen, "the TLS handshake: no answer"},
		{"client-go", faults["tls.unknown-ca"], "the certificate chain is not signed by a certificate in ca.crt"},
		{"client-go", faults["tls.host-not-covered"], "no SAN covers the host"},
		{"client-go", faults["token.expired"], `the answer to the token: 401 Unauthorized; requests for raw bytes end with "the server has asked for the client to provide credentials"`},
		{"client-go", cases["a blank inside"].seen, `the token file is invalid: it contains a character that no token has; requests for raw bytes end with "the server has asked for the client to provide credentials"`},
		{"JavaScript", cases["a proxy and no direct connection"].seen, "ignores HTTPS_PROXY: without the proxy, the API server's address refuses connections"},
		{"client-go", cases["a directory that is denied"].seen, "not known: no request with the token was made"},
	} {
		if got := clientNamed(t, tc.seen, tc.client).Reason; got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.client, got, tc.want)
		}
	}
}

// What a client does in every healthy cluster of a kind is no word against this pod.
func TestHealthyClustersOfIPv6AreQuiet(t *testing.T) {
	for _, c := range clients.Table(cases["IPv6"].seen) {
		if c.Outcome == clients.Fails || c.Outcome == clients.Remark && c.Error != "" {
			t.Errorf("got %+v", c)
		}
	}
	if got, want := clientNamed(t, cases["IPv6"].seen, "Java (official)").Reason, `print "Hostname fd00::1 not verified"`; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMostFail(t *testing.T) {
	all := clients.Table(cases["a certificate that is strange to most, and no answer to the token"].seen)
	if !clients.MostFail(all) {
		t.Errorf("most do not fail: %q", clients.Failing(all))
	}
	for _, few := range []observe.Set{observe.Collect(healthy), faults["volume.ca-not-root"], faults["volume.token-dirty"], nil} {
		if table := clients.Table(few); clients.MostFail(table) {
			t.Errorf("most fail: %q", clients.Failing(table))
		}
	}
}
