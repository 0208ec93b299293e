package checks

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/certs"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pattern"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var tlsSettings = &Check{
	ID:      "tls.settings",
	Title:   "variables that decide whom clients trust let them trust the server",
	Needs:   []string{"tls.chain"},
	Records: []*observe.Row{observe.EnvRequestsBundle.Row, observe.EnvOpenSSLLevel.Row},
	Run:     runTLSSettings,
}

func runTLSSettings(_ context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	var e observe.Evidence
	var found []string
	looked := false
	note := func(variable, value, wrong string) {
		looked = true
		e.Add(variable, "%s", value)
		if wrong != "" {
			found = append(found, variable+": "+wrong)
		}
	}
	if variable := firstSet(sys.Env, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"); variable != "" {
		file := sys.Env[variable]
		if info, err := sys.Stat(file); err != nil || !info.IsDir() { // of a directory OpenSSL reads what it needs
			bundle, wrong := bundleTrusts(sys, session, file)
			observe.EnvRequestsBundle.Saw(log, bundle)
			note(variable, file, wrong)
		}
	}
	if file := sys.Env["OPENSSL_CONF"]; file != "" {
		if level, ok := securityLevel(sys, file); ok {
			wrong := tooWeak(session.path, level)
			observe.EnvOpenSSLLevel.Saw(log, wrong != "")
			note("OPENSSL_CONF", file, wrong)
		}
	}
	switch {
	case len(found) > 0:
		return warn(e, "%s", strings.Join(found, "; "))
	case !looked:
		return notApplicable("no such variable is set")
	}
	return pass(e, "%s let clients trust the server", e[0].Key)
}

// bundleTrusts looks at the file that the Python library requests puts in
// place of Session.verify where the variable is set.
func bundleTrusts(sys *pod.System, session *Session, file string) (observe.Bundle, string) {
	data, err := sys.Read(file, pod.MaxBundle)
	if err != nil {
		return observe.BundleUnusable, err.Error()
	}
	cas, _, _ := parseBundle(data)
	if len(cas) == 0 {
		return observe.BundleUnusable, fmt.Sprintf("%s: no certificate in %d bytes", file, len(data))
	}
	if path, _, _ := certs.VerifyChain(session.served, cas, sys.Now()); len(path) > 0 {
		return observe.BundleVerifies, ""
	}
	return observe.BundleForeign, fmt.Sprintf("%s: none of its %d certificates has signed the server's, and clients made with requests may trust it in place of ca.crt", file, len(cas))
}

var seclevel = pattern.Lazy(`(?m)^\s*[^#\s].*@SECLEVEL=([0-5])`)

// securityLevel reads the level that a configuration of OpenSSL sets, see
// SSL_CTX_set_security_level(3).
func securityLevel(sys *pod.System, file string) (int, bool) {
	data, err := sys.Read(file, pod.MaxConfig)
	if err != nil {
		return 0, false
	}
	m := seclevel().FindSubmatch(data)
	if m == nil {
		return 0, false
	}
	return int(m[1][0] - '0'), true
}

// securityBits are what each level asks of a key, and strengthOf what a key has, see
// SSL_CTX_set_security_level(3) and NIST SP 800-57, table 2.
var securityBits = [...]int{0, 80, 112, 128, 192, 256}

func strengthOf(cert *x509.Certificate) int {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		for _, s := range [][2]int{{15360, 256}, {7680, 192}, {3072, 128}, {2048, 112}, {1024, 80}} {
			if key.N.BitLen() >= s[0] {
				return s[1]
			}
		}
	case *ecdsa.PublicKey:
		return key.Params().BitSize / 2
	case ed25519.PublicKey:
		return 128
	}
	return 0
}

func tooWeak(path []*x509.Certificate, level int) string {
	for _, cert := range path {
		if strengthOf(cert) < securityBits[level] {
			return fmt.Sprintf("@SECLEVEL=%d asks for %d bits of security, and the key of %s has %d", level, securityBits[level], certs.SubjectOf(cert), strengthOf(cert))
		}
	}
	return ""
}
