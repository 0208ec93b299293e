package lab

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

const day = 24 * time.Hour

// authority is a certificate authority.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// newAuthority makes an authority as kubeadm does, but for the subject and what
// the edits change.
func newAuthority(subject pkix.Name, edits ...func(*x509.Certificate)) (*authority, error) {
	template := &x509.Certificate{
		Subject:               subject,
		DNSNames:              []string{"kubernetes"},
		NotBefore:             time.Now().Add(-30 * day),
		NotAfter:              time.Now().Add(10 * 365 * day),
		KeyUsage:              x509.KeyUsageKeyEncipherment | x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	for _, edit := range edits {
		edit(template)
	}
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	return newAuthorityOf(template, key)
}

func newAuthorityOf(template *x509.Certificate, key crypto.Signer) (*authority, error) {
	cert, err := sign(template, template, key, key)
	return &authority{cert, key}, err
}

// issue signs a certificate for the leaf and returns it with a new key.
func (a *authority) issue(leaf *x509.Certificate) (tls.Certificate, error) {
	key, err := newKey()
	if err != nil {
		return tls.Certificate{}, err
	}
	return a.issueFor(key, leaf)
}

// issueFor signs a certificate for the leaf with that key.
func (a *authority) issueFor(key crypto.Signer, leaf *x509.Certificate) (tls.Certificate, error) {
	issuer := *a.cert
	if leaf.AuthorityKeyId != nil { // an edit asks for this one, be it empty
		issuer.SubjectKeyId = leaf.AuthorityKeyId
	}
	cert, err := sign(leaf, &issuer, key, a.key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}, nil
}

// issueAuthority makes an intermediate authority, but for what the edits change.
func (a *authority) issueAuthority(subject pkix.Name, edits ...func(*x509.Certificate)) (*authority, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		Subject:               subject,
		NotBefore:             a.cert.NotBefore,
		NotAfter:              a.cert.NotAfter,
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	for _, edit := range edits {
		edit(template)
	}
	cert, err := sign(template, a.cert, key, a.key)
	return &authority{cert, key}, err
}

func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// selfSigned makes a certificate that nobody but its own key vouches for.
func selfSigned(leaf *x509.Certificate) (tls.Certificate, error) {
	key, err := newKey()
	if err != nil {
		return tls.Certificate{}, err
	}
	cert, err := sign(leaf, leaf, key, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}, nil
}

// serverLeaf is the template of the API server's certificate, as kubeadm makes
// it.
func serverLeaf(domain string) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: "kube-apiserver"},
		DNSNames: []string{
			"control-plane-1", "kubernetes", "kubernetes.default",
			"kubernetes.default.svc", "kubernetes.default.svc." + domain,
		},
		IPAddresses: []net.IP{net.ParseIP(serviceIP).To4(), net.ParseIP("172.18.0.2").To4()},
		NotBefore:   time.Now().Add(-30 * day),
		NotAfter:    time.Now().Add(335 * day),
		KeyUsage:    x509.KeyUsageKeyEncipherment | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

func newKey() (*ecdsa.PrivateKey, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func sign(template, parent *x509.Certificate, key, parentKey crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}
