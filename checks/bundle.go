package checks

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// parseBundle returns the certificates of a PEM bundle, how many blocks could not be
// read, and the worst of what other clients find beside the certificates. Text before
// a block is passed over by all of them, see RFC 7468, section 2.
func parseBundle(data []byte) (certs []*x509.Certificate, unread int, beside observe.Beside) {
	beside = observe.BesideNothing
	for len(data) > 0 {
		found, broken := observe.BesideNothing, observe.BesideBrokenFirst
		if len(certs) > 0 {
			broken = observe.BesideBrokenLater
		}
		block, rest := pem.Decode(data)
		switch {
		case block == nil && bytes.Contains(data, []byte("-----BEGIN ")): // it is cut off
			unread++
			found = broken
		case block == nil:
			found = observe.BesideBehind
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			unread++
			found = observe.BesidePrivateKey
		case block.Type != "CERTIFICATE":
			unread++
		default:
			if cert, err := x509.ParseCertificate(block.Bytes); err != nil {
				unread++
				found = broken
			} else {
				certs = append(certs, cert)
				if !bytes.HasPrefix(data, []byte("-----BEGIN ")) {
					found = observe.BesideText
				}
			}
		}
		beside = worse(beside, found)
		if data = rest; block == nil {
			break
		}
	}
	return certs, unread, beside
}

// bundleIs says how a file presents itself of which Go reads so many certificates.
func bundleIs(data []byte, certificates, unread int) observe.File {
	switch {
	case certificates > 0:
		return observe.FileFine
	case len(data) == 0:
		return observe.FileEmpty
	case readByOpenSSL(data):
		return observe.FileOtherPEM
	case unread > 0:
		return observe.FileBroken
	}
	return observe.FileNoPEM
}

// readByOpenSSL says that a certificate can be parsed behind a byte order mark, or under
// one of the labels that OpenSSL takes beside CERTIFICATE.
func readByOpenSSL(data []byte) bool {
	for data = bytes.TrimPrefix(data, []byte("\ufeff")); len(data) > 0; {
		block, rest := pem.Decode(data)
		if block == nil {
			return false
		}
		if _, err := x509.ParseCertificate(block.Bytes); err == nil && strings.HasSuffix(block.Type, "CERTIFICATE") {
			return true
		}
		data = rest
	}
	return false
}

func worse(a, b observe.Beside) observe.Beside {
	order := observe.VolumeCABeside.Words
	if slices.Index(order, string(a)) < slices.Index(order, string(b)) {
		return b
	}
	return a
}
