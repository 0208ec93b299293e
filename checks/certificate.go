package checks

import (
	"cmp"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// verifyChain returns the path from the leaf to a certificate of ca.crt, whatever
// the names in the leaf, and why it does not verify now. A chain that is merely out
// of its validity has a path: that is the business of tls.validity. There may be no
// moment at which all of it is valid, as where a CA was renewed with the same key
// after the leaf had expired.
func verifyChain(served, cas []*x509.Certificate, now time.Time) ([]*x509.Certificate, observe.VerifyError, error) {
	paths, err := pathsOf(served, cas, now)
	if err == nil {
		return longestLasting(paths), observe.ChainFine, nil
	}
	original := map[*x509.Certificate]*x509.Certificate{}
	paths, err = pathsOf(ageless(served, original), ageless(cas, original), now)
	if err != nil {
		return nil, verifyErrorOf(err, signedByAny(served, cas)), err
	}
	for _, path := range paths {
		for i, cert := range path {
			path[i] = original[cert]
		}
	}
	return longestLasting(paths), observe.ChainExpired, nil
}

func pathsOf(served, cas []*x509.Certificate, now time.Time) ([][]*x509.Certificate, error) {
	return served[0].Verify(x509.VerifyOptions{Roots: poolOf(cas), Intermediates: poolOf(served[1:]), CurrentTime: now})
}

func poolOf(certs []*x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, cert := range certs {
		pool.AddCert(cert)
	}
	return pool
}

// ageless returns copies that are always valid; the signatures are of Raw, which
// they share. It notes of which certificate each is a copy.
func ageless(certs []*x509.Certificate, original map[*x509.Certificate]*x509.Certificate) []*x509.Certificate {
	copies := make([]*x509.Certificate, len(certs))
	for i, cert := range certs {
		same := *cert
		same.NotBefore, same.NotAfter = time.Time{}, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
		copies[i] = &same
		original[&same] = cert
	}
	return copies
}

// verifyErrorOf sorts the errors of x509.Certificate.Verify, time set aside.
func verifyErrorOf(err error, signed bool) observe.VerifyError {
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](err); unknown {
		if signed { // by a certificate that may not sign
			return observe.ChainConstraint
		}
		return observe.ChainAuthority
	}
	if _, against := errors.AsType[x509.ConstraintViolationError](err); against {
		return observe.ChainConstraint
	}
	invalid, _ := errors.AsType[x509.CertificateInvalidError](err)
	switch invalid.Reason {
	case x509.IncompatibleUsage:
		return observe.ChainUsage
	case x509.NotAuthorizedToSign, x509.CANotAuthorizedForThisName, x509.CANotAuthorizedForExtKeyUsage, x509.TooManyIntermediates,
		x509.NameConstraintsWithoutSANs, x509.UnconstrainedName:
		if signed {
			return observe.ChainConstraint
		}
	}
	return observe.ChainOther
}

// strictFaults lists the rules of RFC 5280, section 4.2.1, that a path breaks
// and that OpenSSL's strict mode keeps, which Python uses since 3.13.
func strictFaults(path []*x509.Certificate) []string {
	var faults []string
	for i, cert := range path {
		isRoot := i == len(path)-1
		switch isCA := i > 0; {
		case !isRoot && len(cert.AuthorityKeyId) == 0:
			faults = append(faults, subjectOf(cert)+" has no authority key identifier")
		case isCA && len(cert.SubjectKeyId) == 0:
			faults = append(faults, subjectOf(cert)+" has no subject key identifier")
		case isCA && cert.KeyUsage&x509.KeyUsageCertSign == 0:
			faults = append(faults, subjectOf(cert)+" lacks the key usage to sign certificates")
		case isCA && !hasCritical(cert, oidBasicConstraints):
			faults = append(faults, subjectOf(cert)+" has no critical basic constraints")
		}
	}
	return faults
}

var oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}

func hasCritical(cert *x509.Certificate, id asn1.ObjectIdentifier) bool {
	return slices.ContainsFunc(cert.Extensions, func(ext pkix.Extension) bool { return ext.Critical && ext.Id.Equal(id) })
}

// validMoment returns a time at which every certificate of the path is valid, if
// there is one.
func validMoment(path []*x509.Certificate) time.Time {
	latest := path[0].NotBefore
	for _, cert := range path {
		if cert.NotBefore.After(latest) {
			latest = cert.NotBefore
		}
	}
	return latest
}

// interceptors are words by which products that re-sign TLS name their issuer.
var interceptors = []string{
	"zscaler", "netskope", "blue coat", "bluecoat", "fortinet", "fortigate", "palo alto", "check point", "cisco umbrella",
	"sophos", "mcafee", "symantec web", "barracuda", "forcepoint", "websense", "mitmproxy", "squid", "untangle", "watchguard",
}

// issuerOf says who has signed what was served, by the key or else by the name.
func issuerOf(session *Session) observe.Issuer {
	leaf, last := session.served[0], session.served[len(session.served)-1]
	sameName := func(ca *x509.Certificate) bool {
		return sameDN(ca.Subject, last.Issuer) || sameDN(ca.Subject, leaf.Issuer)
	}
	issuer := strings.ToLower(nameOf(leaf.Issuer) + " " + nameOf(last.Issuer))
	switch {
	case len(session.path) > 0, signedByAny(session.served, session.cas):
		return observe.IssuerTrusted
	case slices.ContainsFunc(interceptors, func(word string) bool { return strings.Contains(issuer, word) }):
		return observe.IssuerInterceptor
	case slices.ContainsFunc(session.cas, sameName):
		return observe.IssuerSameName
	case selfSigned(leaf):
		return observe.IssuerItself
	}
	return observe.IssuerUnknown
}

// namesAPI says that what was served is a certificate for the API server, whoever
// has signed it.
func namesAPI(session *Session) bool {
	leaf := session.served[0]
	return leaf.VerifyHostname(session.Host) == nil || leaf.VerifyHostname(serviceName) == nil
}

// signedByAny says that a key of ca.crt has signed the first or the last of what
// was served.
func signedByAny(served, cas []*x509.Certificate) bool {
	return slices.ContainsFunc(cas, func(ca *x509.Certificate) bool {
		return signedBy(served[0], ca) || signedBy(served[len(served)-1], ca)
	})
}

// selfSigned compares keys, not names: a CA made anew has the old name.
func selfSigned(cert *x509.Certificate) bool { return signedBy(cert, cert) }

// signedBy says whether the key of by made the signature of cert, whatever else
// keeps by from being a CA.
func signedBy(cert, by *x509.Certificate) bool {
	return by.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) == nil
}

// longestLasting returns the path whose first certificate to end ends last.
func longestLasting(paths [][]*x509.Certificate) []*x509.Certificate {
	end := func(path []*x509.Certificate) time.Time {
		return slices.MinFunc(path, func(a, b *x509.Certificate) int { return a.NotAfter.Compare(b.NotAfter) }).NotAfter
	}
	return slices.MaxFunc(paths, func(a, b []*x509.Certificate) int { return end(a).Compare(end(b)) })
}

// sameDN compares names leniently: the same text may be encoded in two ways.
func sameDN(a, b pkix.Name) bool { return strings.EqualFold(a.String(), b.String()) }

func inValidity(cert *x509.Certificate, at time.Time) bool {
	return !at.Before(cert.NotBefore) && !at.After(cert.NotAfter)
}

func describeChain(served, trusted []*x509.Certificate) Evidence {
	var e Evidence
	for i, cert := range served[:min(len(served), maxListed)] {
		e.Add(fmt.Sprintf("served %d", i), "%s, issuer %s, key %s, issuer's key %s, %s to %s", subjectOf(cert), nameOf(cert.Issuer),
			keyID(cert.SubjectKeyId), keyID(cert.AuthorityKeyId), day(cert.NotBefore), day(cert.NotAfter))
	}
	if more := len(served) - maxListed; more > 0 {
		e.Add("served more", "%d certificates", more)
	}
	for i, cert := range trusted[:min(len(trusted), maxListed)] {
		e.Add(fmt.Sprintf("trusted %d", i), "%s", describeCA(cert))
	}
	return e
}

func describeCA(cert *x509.Certificate) string {
	return fmt.Sprintf("%s, key %s, %s to %s", subjectOf(cert), keyID(cert.SubjectKeyId), day(cert.NotBefore), day(cert.NotAfter))
}

func keyID(id []byte) string {
	if len(id) == 0 {
		return "(none)"
	}
	return fmt.Sprintf("%x", id[:min(len(id), 32)])
}

func subjectOf(cert *x509.Certificate) string { return nameOf(cert.Subject) }

// nameOf is the common name, or the whole name where there is none.
func nameOf(name pkix.Name) string {
	if name.CommonName != "" && len(name.Organization) == 0 {
		return name.CommonName
	}
	if text := name.String(); text != "" {
		return clip(text, 200)
	}
	return "(no name)"
}

// maxSANs is how many SANs are listed.
const maxSANs = 24

// sansOf lists the SANs that name hosts and addresses.
func sansOf(cert *x509.Certificate) []string {
	sans := make([]string, 0, min(maxSANs, len(cert.DNSNames)+len(cert.IPAddresses)))
	for _, name := range cert.DNSNames[:min(len(cert.DNSNames), maxSANs)] {
		sans = append(sans, clip(name, 100))
	}
	for _, ip := range cert.IPAddresses[:min(len(cert.IPAddresses), maxSANs-len(sans))] {
		sans = append(sans, ip.String())
	}
	return sans
}

func describeSANs(cert *x509.Certificate) string {
	sans := sansOf(cert)
	if more := len(cert.DNSNames) + len(cert.IPAddresses) - len(sans); more > 0 {
		sans = append(sans, fmt.Sprintf("and %d more", more))
	}
	return cmp.Or(strings.Join(sans, ", "), "no host and no address")
}

// clip shortens a text, after it has taken the credentials out: half of one is
// not known for what it is.
func clip(text string, limit int) string {
	text = hide(text)
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "..."
}
