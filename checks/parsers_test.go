package checks

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/certs"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func TestMalformed(t *testing.T) {
	for value, fine := range map[string]bool{
		"10.96.0.1": true, "fd00::1": true, "::ffff:10.96.0.1": true, "api.example": true, "api.example.": true, "kubernetes": true,
		"": false, " 10.96.0.1": false, `"10.96.0.1"`: false, "https://10.96.0.1": false, "[fd00::1]": false, "fd00::1%eth0": false,
		"10.96.0": false, "999.1.1.1": false, "a_b": false, "-a": false, "a..b": false, strings.Repeat("a", 64): false, "10.96.0.1:443": false,
	} {
		if got := malformed(hostVar, value); (got == "") != fine {
			t.Errorf("host %q: got %q, want fine=%t", value, got, fine)
		}
	}
	for value, fine := range map[string]bool{"443": true, "1": true, "65535": true, "0": false, "65536": false, "": false, "443 ": false, "0443": false, "tcp://10.96.0.1:443": false, "+443": false} {
		if got := malformed(portVar, value); (got == "") != fine {
			t.Errorf("port %q: got %q, want fine=%t", value, got, fine)
		}
	}
}

func TestParseAccess(t *testing.T) {
	for text, want := range map[string]observe.Access{
		"get/pods":                {Verb: "get", Resource: "pods", Group: "", Namespace: ""},
		"get/pods/log:web":        {Verb: "get", Resource: "pods/log", Group: "", Namespace: "web"},
		"create/deployments.apps": {Verb: "create", Resource: "deployments", Group: "apps", Namespace: ""},
		"list/leases.coordination.k8s.io:kube-system": {Verb: "list", Resource: "leases", Group: "coordination.k8s.io", Namespace: "kube-system"},
		"*/*.*:*":     {},
		"list/pods:*": {Verb: "list", Resource: "pods", Group: "", Namespace: "*"},
	} {
		got, err := observe.ParseAccess(text)
		if want == (observe.Access{}) {
			if err == nil {
				t.Errorf("%s: got %+v, want an error", text, got)
			}
			continue
		}
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: got %+v (%s), %v, want %+v", text, got, got, err, want)
		}
	}
	for _, text := range []string{"", "get", "get pods", "/pods", "get/", "get/pods:web:x", "get/pods:-A"} {
		if got, err := observe.ParseAccess(text); err == nil && text != "get/pods:-A" {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
}

func TestClientMinorIsThatOfGoMod(t *testing.T) {
	file, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("k8s.io/client-go v0.%d.", clientMinor); !strings.Contains(string(file), want) {
		t.Errorf("go.mod has no %s…", want)
	}
}

func FuzzParseBundle(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		bundle, unread, _ := parseBundle(data)
		if len(bundle)+unread > len(data) {
			t.Errorf("got %d blocks out of %d bytes", len(bundle)+unread, len(data))
		}
		for _, cert := range bundle {
			certs.DescribeCA(cert)
			certs.DescribeSANs(cert)
		}
	})
}

func FuzzAnswers(f *testing.F) {
	f.Add(403, []byte(`{"kind":"Status","message":"x is forbidden: User \"u\" cannot get"}`), "id")
	f.Add(500, []byte("[+]ping ok\n[-]etcd failed: reason withheld"), "")
	f.Fuzz(func(t *testing.T, status int, body []byte, audit string) {
		x := &exchange{request: "GET /api", status: status, body: body, header: map[string][]string{"Audit-Id": {audit}}}
		failedParts(x)
		x.evidence()
		if text := x.refusal(); len(text) > 8<<10 && len(body) < 4<<10 {
			t.Errorf("got %d bytes of %d", len(text), len(body))
		}
	})
}

func FuzzHosts(f *testing.F) {
	f.Add("10.0.0.1 kubernetes.default.svc")
	f.Fuzz(func(t *testing.T, host string) {
		if malformed(hostVar, host) == "" {
			if _, err := netip.ParseAddr(host); err != nil && strings.ContainsAny(host, " /:\"'[]") {
				t.Errorf("%q passes as a host", host)
			}
		}
		_, _ = observe.ParseAccess(host)
		_, _ = ParseProxyURL(host)
	})
}

func FuzzDiscovery(f *testing.F) {
	f.Add(`{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Stale"}]}]}`)
	f.Add(`{"items":[{}`)
	f.Fuzz(func(t *testing.T, text string) {
		if found := parseDiscovery(strings.NewReader(text)); len(found.stale) > maxStale {
			t.Errorf("%q: got %d versions", text, len(found.stale))
		}
	})
}
