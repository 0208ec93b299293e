package checks

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// verifyChain returns the path from the leaf to a root, whatever the names in
// the leaf. A chain that is merely out of its validity now verifies: that is
// the business of tls.validity.
func verifyChain(served []*x509.Certificate, roots *x509.CertPool, now time.Time) ([]*x509.Certificate, error) {
	intermediates := x509.NewCertPool()
	for _, cert := range served[1:] {
		intermediates.AddCert(cert)
	}
	moments := []time.Time{now}
	for _, cert := range served[:min(len(served), maxListed)] {
		moments = append(moments, cert.NotAfter, cert.NotBefore)
	}
	var first error
	for _, moment := range moments {
		paths, err := served[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, CurrentTime: moment})
		if err == nil {
			return longestLasting(paths), nil
		}
		if first == nil {
			first = err
		}
		if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); !ok || invalid.Reason != x509.Expired {
			return nil, err
		}
	}
	return nil, first
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

// validMoment returns a time at which every certificate of the path is valid.
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

// chainCause tells apart why a chain does not lead to ca.crt.
func chainCause(session *Session) string {
	leaf := session.served[0]
	last := session.served[len(session.served)-1]
	sameName := func(ca *x509.Certificate) bool {
		return sameDN(ca.Subject, last.Issuer) || sameDN(ca.Subject, leaf.Issuer)
	}
	sameKey := func(ca *x509.Certificate) bool { return signedBy(leaf, ca) || signedBy(last, ca) }
	issuer := strings.ToLower(nameOf(leaf.Issuer) + " " + nameOf(last.Issuer))
	switch {
	case slices.ContainsFunc(session.cas, sameKey): // the right CA, and a certificate that is unfit for a server
		return "tls.unknown-ca"
	case slices.ContainsFunc(interceptors, func(word string) bool { return strings.Contains(issuer, word) }):
		return "tls.intercepted"
	case slices.ContainsFunc(session.cas, sameName):
		return "tls.ca-rekeyed"
	case selfSigned(leaf):
		return "tls.self-signed"
	case leaf.VerifyHostname(session.Host) != nil && leaf.VerifyHostname(serviceName) != nil:
		return "tls.foreign-server"
	}
	return "tls.unknown-ca"
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

func describeSANs(cert *x509.Certificate) string {
	var b bytes.Buffer
	n := len(cert.DNSNames) + len(cert.IPAddresses)
	for i, name := range cert.DNSNames {
		if i < maxSANs {
			fmt.Fprintf(&b, "%s, ", clip(name, 100))
		}
	}
	for i, ip := range cert.IPAddresses {
		if i+len(cert.DNSNames) < maxSANs {
			fmt.Fprintf(&b, "%s, ", ip)
		}
	}
	switch {
	case n == 0:
		return "no host and no address"
	case n > maxSANs:
		fmt.Fprintf(&b, "and %d more, ", n-maxSANs)
	}
	return strings.TrimSuffix(b.String(), ", ")
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
