package checks

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func TestParseResolvConf(t *testing.T) {
	for _, tc := range []struct {
		name, text      string
		servers, search string
		ndots, unread   int
		domain          string
	}{
		{"of a pod", "search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
			"10.96.0.10", "shop.svc.cluster.local svc.cluster.local cluster.local", 5, 0, "cluster.local"},
		{"own domain", "search svc.corp.example.\nnameserver fd00::a", "fd00::a", "svc.corp.example", 1, 0, "corp.example"},
		{"of a node", "# made by hand\n; old\nnameserver 192.0.2.1\nnameserver 192.0.2.2\nsearch corp.example", "192.0.2.1 192.0.2.2", "corp.example", 1, 0, ""},
		{"the last search wins", "search a\nsearch b c\ndomain d", "", "d", 1, 0, ""},
		{"ndots out of range", "options ndots:99\noptions ndots:x rotate", "", "", 15, 0, ""},
		{"garbage", "nameserver\nnameserver 10.0.0\nnameserver ::1 extra\n\x00\xff\nsearch", "", "", 1, 3, ""},
		{"empty", "", "", "", 1, 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := parseResolvConf(tc.text)
			want := fmt.Sprint(tc.servers, "|", tc.search, "|", tc.ndots, "|", tc.unread, "|", tc.domain)
			have := fmt.Sprint(join(got.nameservers), "|", strings.Join(got.search, " "), "|", got.ndots, "|", len(got.unread), "|", got.clusterDomain())
			if have != want {
				t.Errorf("got %s, want %s", have, want)
			}
		})
	}
}

func TestCandidates(t *testing.T) {
	conf := resolvConf{search: []string{"shop.svc.cluster.local", "svc.cluster.local", "cluster.local"}, ndots: 5}
	for _, tc := range []struct {
		name  string
		ndots int
		want  []string
	}{
		{"kubernetes.default.svc", 5, []string{
			"kubernetes.default.svc.shop.svc.cluster.local.", "kubernetes.default.svc.svc.cluster.local.",
			"kubernetes.default.svc.cluster.local.", "kubernetes.default.svc."}},
		{"kubernetes.default.svc", 2, []string{
			"kubernetes.default.svc.", "kubernetes.default.svc.shop.svc.cluster.local.",
			"kubernetes.default.svc.svc.cluster.local.", "kubernetes.default.svc.cluster.local."}},
		{"api.example.", 5, []string{"api.example."}},
	} {
		conf.ndots = tc.ndots
		if diff := cmp.Diff(tc.want, conf.candidates(tc.name)); diff != "" {
			t.Errorf("%s with ndots:%d (-want +got):\n%s", tc.name, tc.ndots, diff)
		}
	}
}

func jwt(header, claims string) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(header)) + "." + enc([]byte(claims)) + "." + enc([]byte("signature"))
}

func TestParseJWT(t *testing.T) {
	for _, tc := range []struct {
		name, token, want string
	}{
		{"bound", jwt(`{"alg":"RS256","kid":"k"}`, `{"iss":"i","sub":"system:serviceaccount:shop:web","aud":["a","b"],"exp":1700000000,"kubernetes.io":{"namespace":"shop","pod":{"name":"p"},"serviceaccount":{"name":"web"}}}`),
			"k i system:serviceaccount:shop:web [a b] 2023-11-14 shop web p false"},
		{"one audience", jwt(`{}`, `{"sub":"system:serviceaccount:shop:web","aud":"a"}`), "  system:serviceaccount:shop:web [a] 0001-01-01 shop   false"},
		{"legacy", jwt(`{}`, `{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:shop:web","kubernetes.io/serviceaccount/namespace":"shop","kubernetes.io/serviceaccount/secret.name":"s","kubernetes.io/serviceaccount/service-account.name":"web"}`),
			" kubernetes/serviceaccount system:serviceaccount:shop:web [] 0001-01-01 shop web  true"},
		{"absurd times", jwt(`{}`, `{"exp":1e300,"nbf":-5}`), "   [] 9999-12-31    false"},
		{"expired before 1970", jwt(`{}`, `{"exp":-1}`), "   [] 1969-12-31    false"},
		{"expired in 1970", jwt(`{}`, `{"exp":0}`), "   [] 1970-01-01    false"},
		{"expired before all time", jwt(`{}`, `{"exp":-1e300}`), "   [] 1653-02-10    false"},
		{"two parts", "a.b", "error: 2 parts, where a JWT has 3"},
		{"no base64", "*.e30.e30", "error: header: not base64url"},
		{"no JSON", jwt(`{}`, `x`), "error: claims: not a JSON object of a token's form"},
		{"wrong type", jwt(`{}`, `{"exp":"soon"}`), "error: claims: not a JSON object of a token's form"},
		{"audience is a number", jwt(`{}`, `{"aud":7}`), "error: claims: aud is neither a text nor a list of texts"},
		{"no signature", "e30.e30.*", "error: signature: not base64url"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ""
			if c, err := parseJWT(tc.token); err != nil {
				got = "error: " + err.Error()
			} else {
				got = fmt.Sprintf("%s %s %s %v %s %s %s %s %t", c.KeyID, c.Issuer, c.Subject, c.Audience, day(c.Expires), c.namespace(), c.account(), c.Bound.Pod.Name, c.legacy())
			}
			if got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

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

func packReply(t testing.TB, id uint16, name string, edit func(*dnsmessage.Message)) []byte {
	t.Helper()
	owner := dnsmessage.MustNewName(name)
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: id, Response: true},
		Questions: []dnsmessage.Question{{Name: owner, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}},
		Answers: []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: owner, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET},
			Body:   &dnsmessage.AResource{A: [4]byte{10, 96, 0, 1}},
		}},
	}
	if edit != nil {
		edit(&m)
	}
	data, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestParseReply(t *testing.T) {
	const name = "kubernetes.default.svc.cluster.local."
	question := dnsmessage.Question{Name: dnsmessage.MustNewName(name), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}
	whole := packReply(t, 7, name, nil)
	for _, tc := range []struct {
		name    string
		message []byte
		want    string
	}{
		{"an address", whole, "NOERROR 10.96.0.1"},
		{"another id", packReply(t, 8, name, nil), "error"},
		{"another name", packReply(t, 7, "evil.example.", nil), "error"},
		{"the same name in capitals", packReply(t, 7, strings.ToUpper(name), nil), "NOERROR 10.96.0.1"},
		{"a query", packReply(t, 7, name, func(m *dnsmessage.Message) { m.Response = false }), "error"},
		{"NXDOMAIN", packReply(t, 7, name, func(m *dnsmessage.Message) { m.RCode, m.Answers = dnsmessage.RCodeNameError, nil }), "NXDOMAIN"},
		{"no data", packReply(t, 7, name, func(m *dnsmessage.Message) { m.Answers = nil }), "NOERROR, no address"},
		{"an alias", packReply(t, 7, name, func(m *dnsmessage.Message) {
			target := dnsmessage.MustNewName("api.example.")
			m.Answers[0].Header.Name = target
			m.Answers = slices.Insert(m.Answers, 0, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name), Type: dnsmessage.TypeCNAME, Class: dnsmessage.ClassINET},
				Body:   &dnsmessage.CNAMEResource{CNAME: target},
			})
		}), "NOERROR 10.96.0.1"},
		{"an address of somebody else", packReply(t, 7, name, func(m *dnsmessage.Message) { m.Answers[0].Header.Name = dnsmessage.MustNewName("evil.example.") }), "NOERROR, no address"},
		{"cut in the middle", whole[:len(whole)-3], "error"},
		{"cut, and says so", packReply(t, 7, name, func(m *dnsmessage.Message) { m.Truncated, m.Answers = true, nil }), "NOERROR, no address, truncated"},
		{"a name that points at itself", append(slices.Clone(whole[:12]), 0xc0, 12, 0, 1, 0, 1), "error"},
		{"nothing", nil, "error"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := "error"
			if reply, err := parseReply(tc.message, 7, question); err == nil {
				got, _, _ = strings.Cut(reply.String(), " in ")
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
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

func TestForeignAudience(t *testing.T) {
	for _, tc := range []struct {
		name string
		c    claims
		want bool
	}{
		{"the issuer is the default audience", claims{Issuer: "https://oidc.example/id", Audience: []string{"https://oidc.example/id"}}, false},
		{"the Service's name", claims{Issuer: "https://oidc.example", Audience: []string{"https://kubernetes.default.svc"}}, false},
		{"k3s", claims{Issuer: "https://kubernetes.default.svc.cluster.local", Audience: []string{"https://kubernetes.default.svc.cluster.local", "k3s"}}, false},
		{"legacy tokens have none", claims{Issuer: legacyIssuer}, false},
		{"the API's host", claims{Issuer: "https://oidc.example", Audience: []string{"https://api.shop.example"}}, false},
		{"vault", claims{Issuer: "https://kubernetes.default.svc", Audience: []string{"vault"}}, true},
	} {
		if got := tc.c.foreignAudience("api.shop.example"); got != tc.want {
			t.Errorf("%s: got %t, want %t", tc.name, got, tc.want)
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		123 * time.Microsecond: "0.1ms", 42 * time.Millisecond: "42ms", 5 * time.Second: "5s",
		90 * time.Minute: "1h30m0s", 100 * 24 * time.Hour: "100 days",
	} {
		if got := span(d); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func FuzzParseResolvConf(f *testing.F) {
	f.Add("search shop.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5")
	f.Fuzz(func(t *testing.T, text string) {
		conf := parseResolvConf(text)
		conf.faults()
		if conf.ndots < 0 || conf.ndots > 15 {
			t.Errorf("got ndots %d, want 0 to 15", conf.ndots)
		}
		for _, name := range conf.candidates(serviceName) {
			if !strings.HasSuffix(name, ".") {
				t.Errorf("candidate %q is not absolute", name)
			}
		}
	})
}

func FuzzParseJWT(f *testing.F) {
	f.Add(testToken)
	f.Add(jwt(`{}`, `{"aud":["a"],"exp":1.5e9,"kubernetes.io":{}}`))
	f.Fuzz(func(t *testing.T, token string) {
		c, err := parseJWT(token)
		if err == nil {
			claimEvidence(c, time.Unix(0, 0))
		} else if len(token) > 40 && strings.Contains(err.Error(), token[:20]) {
			t.Errorf("the error quotes the token")
		}
	})
}

func FuzzParseReply(f *testing.F) {
	question := dnsmessage.Question{Name: dnsmessage.MustNewName("a.b."), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}
	f.Add(packReply(f, 7, "a.b.", nil))
	f.Fuzz(func(t *testing.T, message []byte) {
		reply, err := parseReply(message, 7, question)
		if err == nil && len(reply.addrs) > maxAddrs {
			t.Errorf("got %d addresses, want at most %d", len(reply.addrs), maxAddrs)
		}
	})
}

func FuzzParseBundle(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		certs, unread := parseBundle(data)
		if len(certs)+unread > len(data) {
			t.Errorf("got %d blocks out of %d bytes", len(certs)+unread, len(data))
		}
		for _, cert := range certs {
			describeCA(cert)
			describeSANs(cert)
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
