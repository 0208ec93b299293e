package lab

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"time"
)

// signedPart is the part of a certificate that is signed, see RFC 5280, section 4.1. It
// has what x509.CreateCertificate does not make.
type signedPart struct {
	Version    int `asn1:"optional,explicit,default:0,tag:0"`
	Serial     *big.Int
	Algorithm  pkix.AlgorithmIdentifier
	Issuer     asn1.RawValue
	Validity   struct{ From, To time.Time }
	Subject    asn1.RawValue
	Key        asn1.RawValue
	Extensions []pkix.Extension `asn1:"omitempty,optional,explicit,tag:3"`
}

func (t *signedPart) extension(id ...int) *pkix.Extension {
	i := slices.IndexFunc(t.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(id) })
	return &t.Extensions[i]
}

func (t *signedPart) without(id ...int) {
	t.Extensions = slices.DeleteFunc(t.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(id) })
}

// resign changes a certificate and signs it by ECDSA with SHA-256.
func resign(cert *x509.Certificate, key crypto.Signer, edit func(*signedPart)) (*x509.Certificate, error) {
	var part signedPart
	if _, err := asn1.Unmarshal(cert.RawTBSCertificate, &part); err != nil {
		return nil, err
	}
	edit(&part)
	raw, err := asn1.Marshal(part)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(raw)
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	der, err := asn1.Marshal(struct {
		Part      asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: raw}, part.Algorithm, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}})
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// resignedCA changes the cluster's CA before it signs.
func resignedCA(edit func(*signedPart)) func(*plan) {
	return func(p *plan) {
		p.tls.issue = func(cluster *authority, leaf *x509.Certificate) (cert tls.Certificate, err error) {
			if cluster.cert, err = resign(cluster.cert, cluster.key, edit); err != nil {
				return cert, err
			}
			return cluster.issue(leaf)
		}
	}
}

// resignedLeaf changes the server's certificate.
func resignedLeaf(edit func(*signedPart)) func(*plan) {
	return func(p *plan) {
		p.tls.issue = func(cluster *authority, leaf *x509.Certificate) (cert tls.Certificate, err error) {
			if cert, err = cluster.issue(leaf); err != nil {
				return cert, err
			}
			cert.Leaf, err = resign(cert.Leaf, cluster.key, edit)
			if err == nil {
				cert.Certificate[0] = cert.Leaf.Raw
			}
			return cert, err
		}
	}
}

// olderSerial names the issuer and the serial number 1 in the authority key identifier,
// as openssl does with keyid,issuer:always, where the CA was renewed since.
func olderSerial(t *signedPart) {
	var id struct {
		Key []byte `asn1:"optional,tag:0"`
	}
	ext := t.extension(2, 5, 29, 35)
	if _, err := asn1.Unmarshal(ext.Value, &id); err != nil {
		return
	}
	value, err := asn1.Marshal(struct {
		Key    []byte          `asn1:"tag:0"`
		Issuer []asn1.RawValue `asn1:"tag:1"`
		Serial int             `asn1:"tag:2"`
	}{id.Key, []asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 4, IsCompound: true, Bytes: t.Issuer.FullBytes}}, 1})
	if err == nil {
		ext.Value = value
	}
}
