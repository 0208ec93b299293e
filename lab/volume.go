package lab

import (
	"bytes"
	"crypto/x509"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func volumeFaults() []Fault {
	return []Fault{
		{
			Code: "volume.not-mounted", Summary: "automountServiceAccountToken is false",
			Check: "volume.token", Status: observe.Fail,
			apply: func(p *plan) { p.volume.unmounted = true },
		},
		{
			Code: "volume.covered", Summary: "systemd in the container has mounted a tmpfs on /var/run, over the volume",
			Check: "volume.token", Status: observe.Fail,
			apply: func(p *plan) { p.volume.cover = "1300 1204 0:240 / /var/run rw,nosuid,nodev - tmpfs tmpfs rw\n" },
		},
		{
			Code: "volume.empty", Summary: "the mount point is there and empty",
			Check: "volume.token", Status: observe.Fail,
			apply: func(p *plan) {
				p.volume.fstype = "ext4" // the kubelet's own tmpfs did not reach the container
				for _, f := range p.volume.files {
					f.missing = true
				}
			},
		},
		{
			Code: "volume.token-missing", Summary: "a custom volume has ca.crt and no token",
			Check: "volume.token", Status: observe.Fail,
			apply: func(p *plan) { p.volume.files["token"].missing = true },
		},
		{
			Code: "volume.token-denied", Summary: "the token's mode does not allow this user to read it",
			Check: "volume.token", Status: observe.Fail, NonRoot: true,
			apply: func(p *plan) { p.volume.files["token"].mode = 0 },
		},
		{
			Code: "volume.token-empty", Summary: "the token file is empty",
			Check: "volume.token", Status: observe.Fail,
			apply: rewrite("token", func([]byte) ([]byte, error) { return nil, nil }),
		},
		{
			Code: "volume.token-dirty", Summary: "the token has a newline at its end",
			Check: "volume.token", Status: observe.Fail,
			apply: rewrite("token", func(token []byte) ([]byte, error) { return append(token, '\n'), nil }),
		},
		{
			Code: "volume.token-malformed", Summary: "the token file holds a password",
			Check: "volume.token", Status: observe.Fail,
			apply: rewrite("token", func([]byte) ([]byte, error) { return []byte("correct-horse-battery-staple"), nil }),
		},
		{
			Code: "volume.ca-missing", Summary: "the volume has no ca.crt",
			Check: "volume.ca", Status: observe.Fail,
			apply: func(p *plan) { p.volume.files["ca.crt"].missing = true },
		},
		{
			Code: "volume.ca-invalid", Summary: "ca.crt is truncated",
			Check: "volume.ca", Status: observe.Fail,
			apply: rewrite("ca.crt", func(pem []byte) ([]byte, error) { return pem[:len(pem)/2], nil }),
		},
		{
			Code: "volume.ca-expired", Summary: "the cluster's CA has expired",
			Check: "volume.ca", Status: observe.Fail,
			apply: func(p *plan) {
				p.tls.ca = append(p.tls.ca, func(ca *x509.Certificate) {
					ca.NotBefore, ca.NotAfter = time.Now().Add(-10*365*day), time.Now().Add(-3*day)
				})
			},
		},
		{
			Code: "volume.ca-bundle", Summary: "ca.crt has an old CA before the current one",
			Check: "volume.ca", Status: observe.Warn,
			apply: rewrite("ca.crt", func(pem []byte) ([]byte, error) {
				old, err := newAuthority(named("kubernetes-2024"))
				if err != nil {
					return nil, err
				}
				return bytes.Join([][]byte{old.pem(), pem}, nil), nil
			}),
		},
		{
			Code: "volume.ca-not-root", Summary: "ca.crt holds an intermediate CA without its root",
			Check: "tls.chain", Status: observe.Warn,
			apply: chainNamed("ca.crt is an intermediate CA"),
		},
		{
			Code: "volume.ca-dirty", Summary: "ca.crt has a comment behind the CA",
			Check: "volume.ca", Status: observe.Warn,
			apply: chainNamed("a comment behind the CA"),
		},
		{
			Code: "volume.namespace-missing", Summary: "the volume has no namespace file",
			Check: "volume.namespace", Status: observe.Warn,
			apply: func(p *plan) { p.volume.files["namespace"].missing = true },
		},
		{
			Code: "volume.namespace-mismatch", Summary: "the namespace file names another namespace than the token",
			Check: "volume.namespace", Status: observe.Warn,
			apply: rewrite("namespace", func([]byte) ([]byte, error) { return []byte("staging"), nil }),
		},
	}
}

// rewrite changes the content of one file of the volume.
func rewrite(name string, change func([]byte) ([]byte, error)) func(*plan) {
	return func(p *plan) { p.volume.files[name].rewrite = change }
}
