package messages

import (
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
)

func TestCodesAndPatternsAreWellFormed(t *testing.T) {
	for _, m := range meanings {
		if matches(m.pattern, "") || matches(m.pattern, "hello world") {
			t.Errorf("%s: matches anything", m.Says)
		}
		seen := map[string]bool{}
		for _, code := range m.Codes {
			if _, ok := causes.Lookup(code); !ok || seen[code] {
				t.Errorf("%s: %s is no cause, or there twice", m.Says, code)
			}
			seen[code] = true
		}
	}
	for _, p := range printers {
		if matches(p.pattern, "hello world") {
			t.Errorf("%s: prints anything", p.name)
		}
	}
}

// TestSpecificMessages has messages that a general pattern would take for others.
func TestSpecificMessages(t *testing.T) {
	for message, want := range map[string]string{
		`Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again`: "another object has changed in the meantime (409): the client tries again",
		"[invalid bearer token, token lookup failed]":                                                                   "the API server rejects the token (401)",
		"Error from server (Timeout): the server was unable to return a response in the time allotted":                  "the API server answers, but not in time",
		"error dialing backend: dial tcp 172.18.0.3:10250: i/o timeout":                                                 "the API server cannot reach a kubelet, a webhook or another server; this pod reached the API server",
		"client rate limiter Wait returned an error: context deadline exceeded":                                         "the client itself sends requests slower than it wants to (its QPS limit)",
		"certificate not valid for name \"10.96.0.1\"":                                                                  "the certificate is for other names or addresses",
		"javax.net.ssl.SSLPeerUnverifiedException: No subject alternative names matching IP address 10.96.0.1 found":    "the certificate is for other names or addresses",
		"Could not resolve proxy: proxy.shop.example":                                                                   "the name of the proxy does not resolve",
		"reason: unable to verify the first certificate":                                                                "the client does not trust the certificate of the server",
		"malformed HTTP response \"\\x15\\x03\\x01\"":                                                                   "the server does not use TLS",
		"invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable": "the client does not use the in-cluster configuration",
		"net/http: request canceled (Client.Timeout exceeded while awaiting headers)":                                   "no answer has come in the time that the client gives",
	} {
		if m, _ := Find(message); m.Says != want {
			t.Errorf("%q: got %q, want %q", message, m.Says, want)
		}
	}
}

// TestHealthyLogIsSilent has lines of programs that are well.
func TestHealthyLogIsSilent(t *testing.T) {
	log := "INFO config: timeout=30s\nconnected to 127.0.0.1:8080\nimported 404 rows, 500 left\nGET /login 403 12ms\npurpose: nightly batch\nlookup table loaded\nI1128 12:00:00 leader election lost, will try again\n"
	found, err := InLog(strings.NewReader(log))
	if err != nil || len(found) > 0 {
		t.Errorf("got %+v, %v", found, err)
	}
}

func TestUnknownMessage(t *testing.T) {
	if m, ok := Find("hello world"); ok {
		t.Errorf("got %q", m.Says)
	}
}

func TestInLog(t *testing.T) {
	log := "starting\n" + strings.Repeat("E1128 dial tcp 10.96.0.1:443: i/o timeout\n", 3) + "Unauthorized\n" + strings.Repeat("x", 1<<20) + " Unauthorized\ndone"
	found, err := InLog(strings.NewReader(log))
	if err != nil || len(found) != 2 || found[0].Lines != 3 || found[0].Line != "E1128 dial tcp 10.96.0.1:443: i/o timeout" || found[1].Lines != 1 {
		t.Errorf("got %+v, %v", found, err)
	}
}
