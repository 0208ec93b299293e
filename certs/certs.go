// Package certs says what X.509 certificates are worth: whether a chain leads to ca.crt,
// why not, and what clients other than Go would refuse in it. See RFC 5280.
package certs

import (
	"cmp"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

// VerifyChain returns the path from the leaf to a certificate of ca.crt, whatever
// the names in the leaf, and why it does not verify now. A chain that is merely out
// of its validity has a path: that is the business of tls.validity. There may be no
// moment at which all of it is valid, as where a CA was renewed with the same key
// after the leaf had expired.
func VerifyChain(served, cas []*x509.Certificate, now time.Time) ([]*x509.Certificate, observe.VerifyError, error) {
	paths, err := pathsOf(served, cas, now)
	if err == nil {
		return LongestLasting(paths), observe.ChainFine, nil
	}
	original := map[*x509.Certificate]*x509.Certificate{}
	paths, err = pathsOf(Ageless(served, original), Ageless(cas, original), now)
	if err != nil {
		return nil, verifyErrorOf(err, SignedByAny(served, cas)), err
	}
	for _, path := range paths {
		for i, cert := range path {
			path[i] = original[cert]
		}
	}
	return LongestLasting(paths), observe.ChainExpired, nil
}

func pathsOf(served, cas []*x509.Certificate, now time.Time) ([][]*x509.Certificate, error) {
	return served[0].Verify(x509.VerifyOptions{Roots: PoolOf(cas), Intermediates: PoolOf(served[1:]), CurrentTime: now})
}

// PoolOf is a pool of the certificates.
func PoolOf(certs []*x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, cert := range certs {
		pool.AddCert(cert)
	}
	return pool
}

// Ageless returns copies that are always valid; the signatures are of Raw, which
// they share. It notes of which certificate each is a copy.
func Ageless(certs []*x509.Certificate, original map[*x509.Certificate]*x509.Certificate) []*x509.Certificate {
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

// ValidMoment returns a time at which every certificate of the path is valid, if
// there is one.
func ValidMoment(path []*x509.Certificate) time.Time {
	latest := path[0].NotBefore
	for _, cert := range path {
		if cert.NotBefore.After(latest) {
			latest = cert.NotBefore
		}
	}
	return latest
}

// Interceptors are words by which products that re-sign TLS name their issuer.
var Interceptors = []string{
	"zscaler", "netskope", "blue coat", "bluecoat", "fortinet", "fortigate", "palo alto", "check point", "cisco umbrella",
	"sophos", "mcafee", "symantec web", "barracuda", "forcepoint", "websense", "mitmproxy", "squid", "untangle", "watchguard",
}

// SignedByAny says that a key of ca.crt has signed the first or the last of what
// was served.
func SignedByAny(served, cas []*x509.Certificate) bool {
	return slices.ContainsFunc(cas, func(ca *x509.Certificate) bool {
		return signedBy(served[0], ca) || signedBy(served[len(served)-1], ca)
	})
}

// SelfSigned compares keys, not names: a CA made anew has the old name.
func SelfSigned(cert *x509.Certificate) bool { return signedBy(cert, cert) }

// signedBy says whether the key of by made the signature of cert, whatever else
// keeps by from being a CA.
func signedBy(cert, by *x509.Certificate) bool {
	return by.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) == nil
}

// LongestLasting returns the path whose first certificate to end ends last.
func LongestLasting(paths [][]*x509.Certificate) []*x509.Certificate {
	end := func(path []*x509.Certificate) time.Time {
		return slices.MinFunc(path, func(a, b *x509.Certificate) int { return a.NotAfter.Compare(b.NotAfter) }).NotAfter
	}
	return slices.MaxFunc(paths, func(a, b []*x509.Certificate) int { return end(a).Compare(end(b)) })
}

// SameDN compares names leniently: the same text may be encoded in two ways.
func SameDN(a, b pkix.Name) bool { return strings.EqualFold(a.String(), b.String()) }

// InValidity says that a certificate is valid at a time.
func InValidity(cert *x509.Certificate, at time.Time) bool {
	return !at.Before(cert.NotBefore) && !at.After(cert.NotAfter)
}

// DescribeChain lists what was served and what is trusted.
func DescribeChain(served, trusted []*x509.Certificate) observe.Evidence {
	var e observe.Evidence
	for i, cert := range served[:min(len(served), MaxListed)] {
		e.Add(fmt.Sprintf("served %d", i), "%s, issuer %s, key %s, issuer's key %s, %s to %s", SubjectOf(cert), NameOf(cert.Issuer),
			keyID(cert.SubjectKeyId), keyID(cert.AuthorityKeyId), cert.NotBefore.UTC().Format(time.DateOnly), cert.NotAfter.UTC().Format(time.DateOnly))
	}
	if more := len(served) - MaxListed; more > 0 {
		e.Add("served more", "%d certificates", more)
	}
	for i, cert := range trusted[:min(len(trusted), MaxListed)] {
		e.Add(fmt.Sprintf("trusted %d", i), "%s", DescribeCA(cert))
	}
	return e
}

// DescribeCA is a certificate of ca.crt in a few words.
func DescribeCA(cert *x509.Certificate) string {
	return fmt.Sprintf("%s, key %s, %s to %s", SubjectOf(cert), keyID(cert.SubjectKeyId), cert.NotBefore.UTC().Format(time.DateOnly), cert.NotAfter.UTC().Format(time.DateOnly))
}

func keyID(id []byte) string {
	if len(id) == 0 {
		return "(none)"
	}
	return fmt.Sprintf("%x", id[:min(len(id), 32)])
}

// SubjectOf names whom a certificate is for.
func SubjectOf(cert *x509.Certificate) string { return NameOf(cert.Subject) }

// NameOf is the common name, or the whole name where there is none.
func NameOf(name pkix.Name) string {
	if name.CommonName != "" && len(name.Organization) == 0 {
		return name.CommonName
	}
	if text := name.String(); text != "" {
		return redact.Clip(text, 200)
	}
	return "(no name)"
}

// maxSANs is how many SANs are listed.
const maxSANs = 24

// SANsOf lists the SANs that name hosts and addresses.
func SANsOf(cert *x509.Certificate) []string {
	sans := make([]string, 0, min(maxSANs, len(cert.DNSNames)+len(cert.IPAddresses)))
	for _, name := range cert.DNSNames[:min(len(cert.DNSNames), maxSANs)] {
		sans = append(sans, redact.Clip(name, 100))
	}
	for _, ip := range cert.IPAddresses[:min(len(cert.IPAddresses), maxSANs-len(sans))] {
		sans = append(sans, ip.String())
	}
	return sans
}

// DescribeSANs lists the first SANs of a certificate, and how many more there are.
func DescribeSANs(cert *x509.Certificate) string {
	sans := SANsOf(cert)
	if more := len(cert.DNSNames) + len(cert.IPAddresses) - len(sans); more > 0 {
		sans = append(sans, fmt.Sprintf("and %d more", more))
	}
	return cmp.Or(strings.Join(sans, ", "), "no host and no address")
}

// MaxListed is how many certificates are listed as evidence.
const MaxListed = 8
