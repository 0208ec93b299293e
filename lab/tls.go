package lab

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func tlsFaults() []Fault {
	return []Fault{
		{
			Code: "tls.large-hello", Summary: "a load balancer drops a ClientHello that is larger than one packet",
			Check: "tls.chain", Status: observe.Fail,
			apply: func(p *plan) { p.api.maxHello = 1300 },
		},
		{
			Code: "tls.ca-rekeyed", Summary: "the cluster CA was rotated, with the same name",
			Check: "tls.chain", Status: observe.Fail,
			apply: func(p *plan) { p.tls.issue = issuedBy(named("kubernetes")) },
		},
		{
			Code: "tls.mixed-servers", Summary: "every second connection gets a certificate of another CA",
			Check: "tls.chain", Status: observe.Fail,
			apply: otherServers(0, 2),
		},
		{
			Code: "tls.foreign-server", Summary: "an ingress controller answers at the API server's address",
			Check: "tls.chain", Status: observe.Fail,
			apply: func(p *plan) {
				p.tls.issue = issuedBy(named("Shop Public CA 2"))
				p.tls.leaf = append(p.tls.leaf, func(leaf *x509.Certificate) {
					leaf.Subject = named("www.shop.example")
					leaf.DNSNames, leaf.IPAddresses = []string{"www.shop.example", "shop.example"}, nil
				})
			},
		},
		{
			Code: "tls.intercepted", Summary: "a proxy on the path intercepts TLS",
			Check: "tls.chain", Status: observe.Fail,
			apply: func(p *plan) { p.tls.issue = intercept },
		},
		{
			Code: "tls.self-signed", Summary: "the API server has a self-signed certificate",
			Check: "tls.chain", Status: observe.Fail,
			apply: func(p *plan) {
				p.tls.issue = func(_ *authority, leaf *x509.Certificate) (tls.Certificate, error) { return selfSigned(leaf) }
			},
		},
		{
			Code: "tls.unknown-ca", Summary: "a CA that is not in ca.crt signed the certificate",
			Check: "tls.chain", Status: observe.Fail,
			apply: func(p *plan) { p.tls.issue = issuedBy(named("platform-root-g2")) },
		},
		{
			Code: "tls.host-not-covered", Summary: "the certificate does not cover the Service IP",
			Check: "tls.host", Status: observe.Fail,
			apply: editLeaf(func(leaf *x509.Certificate) { leaf.IPAddresses = []net.IP{net.ParseIP("172.18.0.2").To4()} }),
		},
		{
			Code: "tls.name-not-covered", Summary: "the certificate does not cover kubernetes.default.svc",
			Check: "tls.name", Status: observe.Warn,
			apply: editLeaf(func(leaf *x509.Certificate) {
				var rest []string
				for _, name := range leaf.DNSNames {
					if !strings.HasPrefix(name, "kubernetes") {
						rest = append(rest, name)
					}
				}
				leaf.DNSNames = rest
			}),
		},
		{
			Code: "tls.expired", Summary: "the server's certificate expired three days ago",
			Check: "tls.validity", Status: observe.Fail,
			apply: editLeaf(func(leaf *x509.Certificate) { leaf.NotAfter = time.Now().Add(-3 * day) }),
		},
		{
			Code: "tls.not-yet-valid", Summary: "the server's certificate is valid from tomorrow on",
			Check: "tls.validity", Status: observe.Fail,
			apply: editLeaf(func(leaf *x509.Certificate) { leaf.NotBefore = time.Now().Add(day) }),
		},
		{
			Code: "tls.expires-soon", Summary: "the server's certificate expires in five days",
			Check: "tls.validity", Status: observe.Warn,
			apply: editLeaf(func(leaf *x509.Certificate) { leaf.NotAfter = time.Now().Add(5 * day) }),
		},
		{
			Code: "tls.strict-clients", Summary: "the server's certificate has no authority key identifier",
			Check: "tls.chain", Status: observe.Warn,
			apply: editLeaf(func(leaf *x509.Certificate) { leaf.AuthorityKeyId = []byte{} }),
		},
		{
			Code: "tls.no-common-version", Summary: "the server speaks TLS 1.0 and 1.1 only",
			Check: "tls.chain", Status: observe.Fail,
			apply: func(p *plan) {
				p.tls.config = append(p.tls.config, func(c *tls.Config) {
					c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
				})
			},
		},
		{
			Code: "tls.not-tls", Summary: "plain HTTP is served on the TLS port",
			Check: "tls.chain", Status: observe.Fail,
			apply: func(p *plan) { p.api.plain = true },
		},
	}
}

func editLeaf(edit func(*x509.Certificate)) func(*plan) {
	return func(p *plan) { p.tls.leaf = append(p.tls.leaf, edit) }
}

func named(commonName string) pkix.Name { return pkix.Name{CommonName: commonName} }

// issuedBy signs with a new authority.
func issuedBy(subject pkix.Name) func(*authority, *x509.Certificate) (tls.Certificate, error) {
	return func(_ *authority, leaf *x509.Certificate) (tls.Certificate, error) {
		other, err := newAuthority(subject)
		if err != nil {
			return tls.Certificate{}, err
		}
		return other.issue(leaf)
	}
}

// otherServers shows the certificate of the cluster's authority to the first handshakes,
// as many as own says, and of those that follow to each n-th; the others meet that of
// another authority.
func otherServers(own, each int64) func(*plan) {
	return func(p *plan) {
		var other tls.Certificate
		p.tls.issue = func(cluster *authority, leaf *x509.Certificate) (cert tls.Certificate, err error) {
			same := *leaf
			if other, err = issuedBy(named("platform-root-g2"))(cluster, &same); err != nil {
				return cert, err
			}
			return cluster.issue(leaf)
		}
		p.tls.config = append(p.tls.config, func(c *tls.Config) {
			if len(c.Certificates) == 0 || len(other.Certificate) == 0 {
				return
			}
			right := c.Certificates[0]
			c.Certificates = nil // or GetCertificate is not asked without a server name
			var handshakes atomic.Int64
			c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
				if n := handshakes.Add(1) - own; n <= 0 || n%each == 0 {
					return &right, nil
				}
				return &other, nil
			}
		})
	}
}

// intercept copies the names of the server's certificate into one of its own
// and sends its intermediate authority along, as such proxies do.
func intercept(_ *authority, leaf *x509.Certificate) (tls.Certificate, error) {
	name := func(commonName string) pkix.Name {
		return pkix.Name{CommonName: commonName, Organization: []string{"Zscaler Inc."}, Country: []string{"US"}}
	}
	root, err := newAuthority(name("Zscaler Root CA"))
	if err != nil {
		return tls.Certificate{}, err
	}
	intermediate, err := root.issueAuthority(name("Zscaler Intermediate Root CA (zscaler.net)"))
	if err != nil {
		return tls.Certificate{}, err
	}
	cert, err := intermediate.issue(leaf)
	cert.Certificate = append(cert.Certificate, intermediate.cert.Raw)
	return cert, err
}
