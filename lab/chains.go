package lab

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"slices"
)

// Chain is a chain of certificates, and the ca.crt for it, that Go accepts.
type Chain struct {
	Name  string
	apply func(*plan)
}

// Chains returns chains that Go accepts and other clients may not, and look-alikes that
// all accept.
func Chains() []Chain {
	return slices.Concat(soundChains(), oddServers(), oddAuthorities(), oddFiles())
}

// chainNamed is what makes the chain of that name.
func chainNamed(name string) func(*plan) {
	return func(p *plan) {
		for _, c := range Chains() {
			if c.Name == name {
				c.apply(p)
			}
		}
	}
}

// soundChains are accepted by all clients.
func soundChains() []Chain {
	return []Chain{
		{"as kubeadm makes it", func(*plan) {}},
		{"with RSA keys", rsaKeys(2048, 2048)},
		{"an intermediate CA is served", func(p *plan) { p.tls.issue = throughIntermediate() }},
		{"an intermediate CA is trusted beside its root", func(p *plan) {
			p.tls.issue = throughIntermediate()
			trusts(p, func(root *authority, served [][]byte) []byte { return slices.Concat(pemOf(served[1]), root.pem()) })
		}},
		{"the server's certificate has no key usage", editLeaf(func(leaf *x509.Certificate) { leaf.KeyUsage = 0 })},
		{"the server's certificate has no extended key usage", editLeaf(func(leaf *x509.Certificate) { leaf.ExtKeyUsage = nil })},
		{"the CA may have no CA below it", editCA(func(ca *x509.Certificate) { ca.MaxPathLenZero = true })},
		{"the CA is for some names only", editCA(func(ca *x509.Certificate) {
			ca.PermittedDNSDomainsCritical = true
			ca.PermittedDNSDomains = []string{"kubernetes", "default", "svc", "local", "control-plane-1"}
		})},
		{"a self-signed certificate is its own CA", func(p *plan) {
			p.tls.issue = func(cluster *authority, leaf *x509.Certificate) (tls.Certificate, error) {
				cert, err := selfSigned(leaf)
				cluster.cert = cert.Leaf
				return cert, err
			}
		}},
		{"a comment before the CA", rewrite("ca.crt", around("# the CA of this cluster\n", ""))},
		{"the CA as openssl x509 -text prints it", rewrite("ca.crt", around("Certificate:\n    Data:\n        Version: 3 (0x2)\n", ""))},
		{"line ends of Windows", rewrite("ca.crt", func(pem []byte) ([]byte, error) { return bytes.ReplaceAll(pem, []byte("\n"), []byte("\r\n")), nil })},
		{"no newline at the end", rewrite("ca.crt", func(pem []byte) ([]byte, error) { return bytes.TrimSpace(pem), nil })},
	}
}

// oddServers have something odd in the server's certificate.
func oddServers() []Chain {
	return []Chain{
		{"no authority key identifier", editLeaf(func(leaf *x509.Certificate) { leaf.AuthorityKeyId = []byte{} })},
		{"no digital signature", func(p *plan) {
			rsaKeys(2048, 2048)(p)
			editLeaf(func(leaf *x509.Certificate) {
				leaf.KeyUsage = x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment
			})(p)
		}},
		{"no digital signature and no authority key identifier", editLeaf(func(leaf *x509.Certificate) {
			leaf.KeyUsage, leaf.AuthorityKeyId = x509.KeyUsageKeyEncipherment, []byte{}
		})},
		{"the server may sign certificates", editLeaf(func(leaf *x509.Certificate) { leaf.KeyUsage |= x509.KeyUsageCertSign })},
		{"the server's certificate is a CA's", editLeaf(func(leaf *x509.Certificate) { leaf.BasicConstraintsValid, leaf.IsCA = true, true })},
		{"the server's certificate is a CA's, and has no key usage", editLeaf(func(leaf *x509.Certificate) {
			leaf.BasicConstraintsValid, leaf.IsCA, leaf.KeyUsage = true, true, 0
		})},
		{"the server's certificate has a path length", editLeaf(func(leaf *x509.Certificate) {
			leaf.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 19}, Critical: true, Value: []byte{0x30, 3, 2, 1, 0}}}
		})},
		{"an empty subject", resignedLeaf(func(t *signedPart) {
			t.Subject = asn1.RawValue{FullBytes: []byte{0x30, 0}}
		})},
		{"any extended key usage", editLeaf(func(leaf *x509.Certificate) { leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} })},
		{"a Netscape type of clients", editLeaf(func(leaf *x509.Certificate) {
			leaf.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 16, 840, 1, 113730, 1, 1}, Value: []byte{3, 2, 7, 0x80}}}
		})},
		{"the authority key identifier of another CA", editLeaf(func(leaf *x509.Certificate) { leaf.AuthorityKeyId = []byte{1, 2, 3, 4} })},
		{"the serial number of an older CA", resignedLeaf(olderSerial)},
		{"the serial number of an older CA that is trusted as well", func(p *plan) {
			resignedLeaf(olderSerial)(p)
			var older *x509.Certificate
			issue := p.tls.issue
			p.tls.issue = func(cluster *authority, leaf *x509.Certificate) (cert tls.Certificate, err error) {
				if older, err = resign(cluster.cert, cluster.key, func(t *signedPart) { t.Serial = big.NewInt(1) }); err != nil {
					return cert, err
				}
				return issue(cluster, leaf)
			}
			p.volume.files["ca.crt"].rewrite = func(ca []byte) ([]byte, error) { return append(ca, pemOf(older.Raw)...), nil }
		}},
		{"a short key of the server", rsaKeys(2048, 1024)},
	}
}

// oddAuthorities have something odd in the CA, or another certificate in its place.
func oddAuthorities() []Chain {
	withKeyID := func(edit func(*signedPart)) func(*plan) {
		return func(p *plan) {
			editLeaf(func(leaf *x509.Certificate) { leaf.AuthorityKeyId = []byte{1, 2, 3, 4} })(p)
			resignedCA(edit)(p)
		}
	}
	return []Chain{
		{"a CA without key usage", editCA(func(ca *x509.Certificate) { ca.KeyUsage = 0 })},
		{"a CA of version 1", withKeyID(func(t *signedPart) { t.Version, t.Extensions = 0, nil })},
		{"a CA without subject key identifier", withKeyID(func(t *signedPart) { t.without(2, 5, 29, 14) })},
		{"a CA whose basic constraints are not critical", resignedCA(func(t *signedPart) { t.extension(2, 5, 29, 19).Critical = false })},
		{"a CA with a path length and no key usage", editCA(func(ca *x509.Certificate) { ca.KeyUsage, ca.MaxPathLenZero = 0, true })},
		{"a CA with an empty name", editCA(func(ca *x509.Certificate) { ca.Subject = pkix.Name{} })},
		{"an intermediate CA without key usage", func(p *plan) {
			p.tls.issue = throughIntermediate(func(ca *x509.Certificate) { ca.KeyUsage = 0 })
		}},
		{"a short key of the CA", rsaKeys(1024, 2048)},
		{"ca.crt is an intermediate CA", func(p *plan) { p.tls.intermediate = true }},
		{"ca.crt is an intermediate CA, and the server has no authority key identifier", func(p *plan) {
			p.tls.intermediate = true
			editLeaf(func(leaf *x509.Certificate) { leaf.AuthorityKeyId = []byte{} })(p)
		}},
		{"ca.crt is the server's certificate", func(p *plan) {
			editLeaf(func(leaf *x509.Certificate) { leaf.BasicConstraintsValid = true })(p)
			trusts(p, func(_ *authority, served [][]byte) []byte { return pemOf(served[0]) })
		}},
	}
}

// oddFiles have something beside the CA.
func oddFiles() []Chain {
	damaged := "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
	return []Chain{
		{"a comment behind the CA", rewrite("ca.crt", around("", "# the CA of this cluster\n"))},
		{"an empty line behind the CA", rewrite("ca.crt", around("", "\n"))},
		{"a private key behind the CA", rewrite("ca.crt", func(ca []byte) ([]byte, error) {
			key, err := newKey()
			if err != nil {
				return nil, err
			}
			der, err := x509.MarshalPKCS8PrivateKey(key)
			return append(ca, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})...), err
		})},
		{"a damaged block behind the CA", rewrite("ca.crt", around("", damaged))},
		{"a damaged block before the CA", rewrite("ca.crt", around(damaged, ""))},
		{"a block that is cut off behind the CA", rewrite("ca.crt", func(pem []byte) ([]byte, error) { return append(pem, pem[:len(pem)/2]...), nil })},
	}
}

func editCA(edit func(*x509.Certificate)) func(*plan) {
	return func(p *plan) { p.tls.ca = append(p.tls.ca, edit) }
}

func around(before, behind string) func([]byte) ([]byte, error) {
	return func(pem []byte) ([]byte, error) { return slices.Concat([]byte(before), pem, []byte(behind)), nil }
}

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// trusts has ca.crt hold what choose makes of the root and of what is served.
func trusts(p *plan, choose func(root *authority, served [][]byte) []byte) {
	issue := p.tls.issue
	if issue == nil {
		issue = (*authority).issue
	}
	var trusted []byte
	p.tls.issue = func(cluster *authority, leaf *x509.Certificate) (tls.Certificate, error) {
		cert, err := issue(cluster, leaf)
		if err == nil {
			trusted = choose(cluster, cert.Certificate)
		}
		return cert, err
	}
	p.volume.files["ca.crt"].rewrite = func([]byte) ([]byte, error) { return trusted, nil }
}

// throughIntermediate issues by an intermediate CA, which is served as well.
func throughIntermediate(edits ...func(*x509.Certificate)) func(*authority, *x509.Certificate) (tls.Certificate, error) {
	return func(cluster *authority, leaf *x509.Certificate) (tls.Certificate, error) {
		between, err := cluster.issueAuthority(named("kubernetes-intermediate"), edits...)
		if err != nil {
			return tls.Certificate{}, err
		}
		cert, err := between.issue(leaf)
		cert.Certificate = append(cert.Certificate, between.cert.Raw)
		return cert, err
	}
}

// rsaKeys are those of the CA and of the server.
func rsaKeys(ca, server int) func(*plan) {
	return func(p *plan) {
		p.tls.issue = func(cluster *authority, leaf *x509.Certificate) (tls.Certificate, error) {
			caKey, err := rsa.GenerateKey(rand.Reader, ca)
			if err != nil {
				return tls.Certificate{}, err
			}
			key, err := rsa.GenerateKey(rand.Reader, server)
			if err != nil {
				return tls.Certificate{}, err
			}
			template := *cluster.cert
			template.SignatureAlgorithm, template.SubjectKeyId, template.PublicKey = 0, nil, nil
			same, err := newAuthorityOf(&template, caKey)
			if err != nil {
				return tls.Certificate{}, err
			}
			*cluster = *same
			return cluster.issueFor(key, leaf)
		}
	}
}
