package certs

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Broken is a rule that a certificate of a chain breaks.
type Broken struct {
	Of   *x509.Certificate
	At   observe.Certificate
	Rule observe.StrictRule
}

// Rooted returns the path from the leaf to a self-signed certificate of ca.crt, whatever
// the dates, and nil where there is none: OpenSSL asks for one unless
// X509_V_FLAG_PARTIAL_CHAIN is set.
func Rooted(served, cas []*x509.Certificate) []*x509.Certificate {
	original := map[*x509.Certificate]*x509.Certificate{}
	var roots, others []*x509.Certificate
	for _, ca := range cas {
		if bytes.Equal(ca.RawSubject, ca.RawIssuer) && SelfSigned(ca) {
			roots = append(roots, ca)
		} else {
			others = append(others, ca)
		}
	}
	chain := slices.Concat(served, others)
	paths, err := pathsOf(Ageless(chain, original), Ageless(roots, original), time.Now())
	if err != nil {
		return nil
	}
	best := paths[max(0, slices.IndexFunc(paths, IssuerKeysFit))] // as clients choose between CAs of one key
	for i, cert := range best {
		best[i] = original[cert]
	}
	return best
}

// AnchorOf says what the last certificate of a path is.
func AnchorOf(path []*x509.Certificate) observe.Anchor {
	switch {
	case SelfSigned(path[len(path)-1]):
		return observe.AnchorRoot
	case len(path) == 1:
		return observe.AnchorServer
	}
	return observe.AnchorIntermediate
}

// BrokenRules lists the rules that OpenSSL's strict mode, which Python uses since 3.13,
// finds broken in a path, in its order. It trusts a certificate that is the whole path.
func BrokenRules(path []*x509.Certificate) []Broken {
	var all []Broken
	for i, cert := range path {
		if len(path) == 1 {
			break
		}
		signs, isLast := i > 0, i == len(path)-1
		canSign := cert.KeyUsage&x509.KeyUsageCertSign != 0
		for _, r := range []struct {
			rule   observe.StrictRule
			broken bool
		}{
			{observe.RuleNotCA, !cert.BasicConstraintsValid && (signs || canSign)},
			{observe.RulePathOfServer, !cert.IsCA && hasPathLength(cert)},
			{observe.RulePathLength, cert.IsCA && hasPathLength(cert) && !canSign},
			{observe.RuleNotCritical, cert.IsCA && !hasCritical(cert, oidBasicConstraints)},
			{observe.RuleKeyUsage, cert.IsCA && cert.KeyUsage == 0},
			{observe.RuleNoIssuer, len(cert.Issuer.Names) == 0},
			{observe.RuleNoSubject, !signs && len(cert.Subject.Names) == 0 && !hasCritical(cert, oidSANs)},
			{observe.RuleAuthorityKey, !isLast && len(cert.AuthorityKeyId) == 0},
			{observe.RuleSubjectKey, cert.IsCA && len(cert.SubjectKeyId) == 0},
		} {
			if r.broken {
				all = append(all, Broken{cert, placeOf(path, i), r.rule})
			}
		}
	}
	return all
}

// placeOf says which certificate of a path that is.
func placeOf(path []*x509.Certificate, i int) observe.Certificate {
	switch i {
	case 0:
		return observe.CertServer
	case len(path) - 1:
		return observe.CertCA
	}
	return observe.CertIntermediate
}

// UsageOf looks at the usages of a server's certificate as Java, OpenSSL and rustls do.
func UsageOf(leaf *x509.Certificate) observe.Usage {
	serves := slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	switch {
	case leaf.KeyUsage != 0 && leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		return observe.UsageNoSignature
	case !serves && slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageAny):
		return observe.UsageAnyOnly
	case netscapeForbids(leaf):
		return observe.UsageNetscape
	case leaf.IsCA:
		return observe.UsageCA
	}
	return observe.UsageFine
}

// netscapeForbids reads the extension that came before extended key usages; its second
// bit is for servers.
func netscapeForbids(leaf *x509.Certificate) bool {
	var types asn1.BitString
	_, err := asn1.Unmarshal(valueOf(leaf, oidNetscapeType), &types)
	return err == nil && types.At(1) == 0
}

// IssuerKeysFit says whether each authority key identifier is that of the certificate
// above it, by the key, or by issuer and serial number: Go looks at the signature only.
func IssuerKeysFit(path []*x509.Certificate) bool {
	for i, cert := range path[:len(path)-1] {
		issuer := path[i+1]
		if id := cert.AuthorityKeyId; len(id) > 0 && len(issuer.SubjectKeyId) > 0 && !bytes.Equal(id, issuer.SubjectKeyId) {
			return false
		}
		var id struct {
			Key    []byte        `asn1:"optional,tag:0"`
			Issuer asn1.RawValue `asn1:"optional,tag:1"`
			Serial *big.Int      `asn1:"optional,tag:2"`
		}
		if _, err := asn1.Unmarshal(valueOf(cert, oidAuthorityKey), &id); err == nil && id.Serial != nil && id.Serial.Cmp(issuer.SerialNumber) != 0 {
			return false
		}
	}
	return true
}

// weakRSA is the size from which on RSA keys are taken by all clients.
const weakRSA = 2048

// WeakKey returns the first certificate of a path with a key that is too short for some.
func WeakKey(path []*x509.Certificate) observe.Certificate {
	for i, cert := range path {
		if key, isRSA := cert.PublicKey.(*rsa.PublicKey); isRSA && key.N.BitLen() < weakRSA {
			return placeOf(path, i)
		}
	}
	return observe.NoCertificate
}

var (
	oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidSANs             = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidAuthorityKey     = asn1.ObjectIdentifier{2, 5, 29, 35}
	oidNetscapeType     = asn1.ObjectIdentifier{2, 16, 840, 1, 113730, 1, 1}
)

func hasCritical(cert *x509.Certificate, id asn1.ObjectIdentifier) bool {
	return slices.ContainsFunc(cert.Extensions, func(ext pkix.Extension) bool { return ext.Critical && ext.Id.Equal(id) })
}

// hasPathLength says that the basic constraints have one; crypto/x509 has -1, or 0
// without MaxPathLenZero, where they do not.
func hasPathLength(cert *x509.Certificate) bool {
	return cert.BasicConstraintsValid && (cert.MaxPathLen > 0 || cert.MaxPathLenZero)
}

func valueOf(cert *x509.Certificate, id asn1.ObjectIdentifier) []byte {
	i := slices.IndexFunc(cert.Extensions, func(ext pkix.Extension) bool { return ext.Id.Equal(id) })
	if i < 0 {
		return nil
	}
	return cert.Extensions[i].Value
}
