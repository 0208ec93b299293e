package checks

import (
	"crypto/x509"

	"github.com/k8sdoctor/k8sdoctor/certs"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// recordStrict looks in a chain that Go accepts for what other clients refuse, and
// says what there is.
func recordStrict(session *Session, log *observe.Log) (faults []string) {
	path := certs.Rooted(session.served, session.cas)
	if path == nil {
		path = session.path
	}
	leaf, top := path[0], path[len(path)-1]
	told := map[observe.Certificate]bool{}
	for _, b := range certs.BrokenRules(path) {
		if !told[b.At] {
			observe.TLSStrictRule.SawAt(log, string(b.At), b.Rule)
		}
		told[b.At] = true
		faults = append(faults, about(b.Of, b.At)+" "+observe.TLSStrictRule.Text(b.Rule))
	}
	usage, keysFit, weak := certs.UsageOf(leaf), certs.IssuerKeysFit(path), certs.WeakKey(path)
	observe.TLSUsage.Saw(log, usage)
	observe.TLSIssuerKey.Saw(log, keysFit)
	observe.TLSWeakKey.Saw(log, weak)
	if usage != observe.UsageFine {
		faults = append(faults, about(leaf, observe.CertServer)+" "+observe.TLSUsage.Text(usage))
	}
	if !keysFit {
		faults = append(faults, "an authority key identifier is not that of the CA that signed")
	}
	if weak != observe.NoCertificate {
		faults = append(faults, observe.TLSWeakKey.Text(weak)+" has an RSA key of less than 2048 bits")
	}
	observe.TLSStrict.Saw(log, len(faults) == 0)
	kind := certs.AnchorOf(path)
	observe.TLSAnchor.Saw(log, kind)
	if kind != observe.AnchorRoot {
		faults = append(faults, certs.SubjectOf(top)+" in ca.crt is "+observe.TLSAnchor.Text(kind))
	}
	return faults
}

// about names a certificate and where it is.
func about(cert *x509.Certificate, at observe.Certificate) string {
	return certs.SubjectOf(cert) + " (" + observe.TLSWeakKey.Text(at) + ")"
}
