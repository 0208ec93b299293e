package lab

import (
	"slices"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
)

// chainCase is what is to be said of a chain: "check status" for each check that finds
// something, the causes, and the clients that do not simply work, with their words.
type chainCase struct {
	found, causes []string
	clients       map[string]string // "outcome: part of the text"
	wholly        bool              // no other client is touched
}

var (
	strictOnly = func(words string) chainCase {
		return chainCase{[]string{"tls.chain warn"}, []string{"tls.strict-clients"}, map[string]string{"Python": "remark: " + words}, true}
	}
)

var chainCases = map[string]chainCase{
	"no authority key identifier": strictOnly("Missing Authority Key Identifier"),
	"no digital signature": {[]string{"tls.chain warn"}, []string{"tls.strict-clients"}, map[string]string{
		"Java (official)": "fails: KeyUsage does not allow digital signatures", "Java (fabric8)": "fails: KeyUsage does not allow digital signatures",
	}, true},
	"no digital signature and no authority key identifier": {[]string{"tls.chain warn"}, []string{"tls.strict-clients"}, map[string]string{
		"Java (official)": "fails: KeyUsage does not allow digital signatures", "Java (fabric8)": "fails: KeyUsage does not allow digital signatures",
		"Python": "remark: Missing Authority Key Identifier",
	}, true},
	"the server may sign certificates":           strictOnly("invalid CA certificate"),
	"the server's certificate has a path length": strictOnly("Path length invalid for non-CA cert"),
	"the server's certificate is a CA's": {[]string{"tls.chain warn"}, []string{"tls.strict-clients"}, map[string]string{
		"Rust (kube-rs)": "fails: CaUsedAsEndEntity",
	}, true},
	"the server's certificate is a CA's, and has no key usage": {[]string{"tls.chain warn"}, []string{"tls.strict-clients"}, map[string]string{
		"Rust (kube-rs)": "fails: CaUsedAsEndEntity", "Python": "remark: CA cert does not include key usage extension",
	}, true},
	"an empty subject": {[]string{"tls.chain warn"}, []string{"tls.strict-clients"}, map[string]string{
		"Python": "remark: Subject empty and Subject Alt Name extension not critical", "Java (official)": "fails: MUST be marked critical", "C#": "unknown: ",
	}, false},
	"any extended key usage": {[]string{"tls.chain warn"}, []string{"tls.strict-clients"}, map[string]string{
		"Python": "fails: unsuitable certificate purpose", "JavaScript": "fails: INVALID_PURPOSE", "the guide's curl": "fails: unsuitable certificate purpose", "Java (official)": "works: ",
	}, false},
	"a Netscape type of clients": {[]string{"tls.chain fail"}, []string{"tls.strict-clients"}, map[string]string{
		"Python": "fails: unsuitable certificate purpose", "JavaScript": "fails: INVALID_PURPOSE", "Java (official)": "fails: Netscape cert type does not permit use for SSL server",
	}, false},
	"the authority key identifier of another CA":               keyOfOtherCA,
	"the serial number of an older CA":                         keyOfOtherCA,
	"the serial number of an older CA that is trusted as well": {[]string{"volume.ca warn"}, []string{"volume.ca-bundle"}, map[string]string{"Java (fabric8)": "remark: "}, true},
	"a short key of the server": {[]string{"tls.chain warn"}, []string{"tls.strict-clients"}, map[string]string{
		"Python": "remark: EE certificate key too weak", "Rust (kube-rs)": "fails: BadSignature", "Java (official)": "works: ",
	}, false},
	"a short key of the CA": {[]string{"tls.chain warn"}, []string{"tls.strict-clients"}, map[string]string{
		"Python": "remark: CA certificate key too weak", "Rust (kube-rs)": "fails: BadSignature",
	}, false},
	"a CA without key usage":                        strictOnly("CA cert does not include key usage extension"),
	"an intermediate CA without key usage":          strictOnly("CA cert does not include key usage extension"),
	"a CA of version 1":                             strictOnly("invalid CA certificate"),
	"a CA without subject key identifier":           strictOnly("Missing Subject Key Identifier"),
	"a CA whose basic constraints are not critical": strictOnly("Basic Constraints of CA cert not marked critical"),
	"a CA with a path length and no key usage":      strictOnly("Path length given without key usage keyCertSign"),
	"a CA with an empty name": {[]string{"tls.chain warn"}, []string{"tls.strict-clients"}, map[string]string{
		"Python": "remark: Issuer name empty", "Java (official)": "fails: Empty issuer DN not allowed in X509Certificates", "the guide's curl": "fails: couldn't get X509-issuer name",
	}, false},
	"ca.crt is an intermediate CA": {[]string{"tls.chain warn"}, []string{"volume.ca-not-root"}, map[string]string{
		"Python": "remark: unable to get issuer certificate", "JavaScript": "fails: UNABLE_TO_GET_ISSUER_CERT", "Ruby": "remark: unable to get issuer certificate", "C#": "remark: ",
	}, true},
	"ca.crt is an intermediate CA, and the server has no authority key identifier": {[]string{"tls.chain warn"}, []string{"tls.strict-clients", "volume.ca-not-root"}, map[string]string{
		"Python": "fails: unable to get issuer certificate ...; or [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Missing Authority Key Identifier",
	}, false},
	"ca.crt is the server's certificate": {[]string{"tls.chain warn"}, []string{"volume.ca-not-root"}, map[string]string{
		"Python": "remark: unable to get local issuer certificate", "JavaScript": "fails: UNABLE_TO_VERIFY_LEAF_SIGNATURE", "Rust (kube-rs)": "fails: UnknownIssuer", "the guide's curl": "works: ",
	}, false},
	"a comment behind the CA":     behindCA,
	"an empty line behind the CA": behindCA,
	"a private key behind the CA": {[]string{"volume.ca warn"}, []string{"volume.ca-dirty"}, map[string]string{
		"Java (official)": "fails: signed fields invalid", "Java (fabric8)": "fails: signed fields invalid", "C#": "unknown: ",
	}, true},
	"a damaged block behind the CA": {[]string{"volume.ca warn"}, []string{"volume.ca-dirty"}, map[string]string{
		"Python": "fails: [X509] PEM lib", "Java (official)": "fails: java.security.cert.CertificateException", "the guide's curl": "fails: curl: (77)", "client-go": "works: ",
	}, false},
	"a block that is cut off behind the CA": {[]string{"volume.ca warn"}, []string{"volume.ca-dirty"}, map[string]string{
		"Python": "fails: [X509] PEM lib", "JavaScript": "remark: ",
	}, false},
	"a damaged block before the CA": {[]string{"volume.ca fail"}, []string{"volume.ca-dirty"}, map[string]string{
		"Python": "fails: [X509] PEM lib", "JavaScript": "fails: UNABLE_TO_VERIFY_LEAF_SIGNATURE",
	}, false},
	"an intermediate CA is trusted beside its root": {[]string{"volume.ca warn"}, []string{"volume.ca-bundle"}, map[string]string{"Java (fabric8)": "remark: "}, true},
}

var (
	keyOfOtherCA = chainCase{[]string{"tls.chain fail"}, []string{"tls.strict-clients"}, map[string]string{
		"Python": "fails: unable to get local issuer certificate", "JavaScript": "fails: UNABLE_TO_VERIFY_LEAF_SIGNATURE", "Rust (kube-rs)": "works: ",
		"Java (official)": "fails: Path does not chain with any of the trust anchors", "the guide's curl": "fails: unable to get local issuer certificate",
	}, false}
	behindCA = chainCase{[]string{"volume.ca warn"}, []string{"volume.ca-dirty"}, map[string]string{
		"Java (fabric8)": "remark: Could not parse certificate: java.io.IOException: Empty input",
	}, true}
)

// TestChains: a chain that is not in the table is one of which nothing is said.
func TestChains(t *testing.T) {
	for _, c := range Chains() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			want := chainCases[c.Name]
			o := world{change: c.apply}.look(t)
			if got := o.warningsAndFailures(); !slices.Equal(got, want.found) {
				t.Errorf("got %q, want %q%v", got, want.found, o)
			}
			if got := slices.Sorted(slices.Values(o.causes())); !slices.Equal(got, want.causes) {
				t.Errorf("got %q, want %q%v", got, want.causes, o)
			}
			for _, client := range clients.Table(o.seen()) {
				text, named := want.clients[client.Name]
				outcome, words, _ := strings.Cut(text, ": ")
				if named && (string(client.Outcome) != outcome || !strings.Contains(client.Error, words)) {
					t.Errorf("%s: got %s, %q, want %s", client.Name, client.Outcome, client.Error, text)
				}
				if !named && client.Outcome != clients.Works && (want.wholly || len(want.clients) == 0) {
					t.Errorf("%s: got %+v, want that it works", client.Name, client)
				}
			}
			summary := diagnose.Diagnose(causes.Pod{}, o.results).Summary
			for _, name := range clients.Failing(clients.Table(o.seen())) {
				if strings.Contains(summary, "this pod can use") && !strings.Contains(summary, name) {
					t.Errorf("%q does not except %s, which fails", summary, name)
				}
			}
		})
	}
	for name := range chainCases {
		if !slices.ContainsFunc(Chains(), func(c Chain) bool { return c.Name == name }) {
			t.Errorf("no chain is named %q", name)
		}
	}
}
