package checks

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Where the kubelet puts the credentials of the pod's ServiceAccount.
const (
	accountDir    = "/var/run/secrets/kubernetes.io/serviceaccount"
	tokenFile     = accountDir + "/token"
	caFile        = accountDir + "/ca.crt"
	namespaceFile = accountDir + "/namespace"
)

// What these files may weigh, in bytes: a token has 1 to 2 kB, a bundle of a
// hundred certificates 200 kB.
const (
	maxToken  = 1 << 20 // no API server takes a larger one: it is the most that headers may weigh
	maxBundle = 1 << 20
)

var volumeToken = &Check{
	ID:    "volume.token",
	Title: "the service account's token is there, readable, clean and a JWT",
	Run:   runVolumeToken,
}

func runVolumeToken(_ context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	if session.noPod {
		session.noVolume = true
		return blocked("env.service")
	}
	var e Evidence
	e.Add("file", tokenFile)
	data, err := sys.read(tokenFile, maxToken)
	if err != nil {
		return tokenUnread(sys, session, e, err)
	}
	if info, err := sys.stat(tokenFile); err == nil {
		e.Add("mode", "%s", describeMode(info))
	}
	e.Add("size", "%d bytes", len(data))
	token := strings.TrimSpace(string(data))
	if token == "" {
		return fail("volume.token-empty", e, "%s: empty (%d bytes of white space)", tokenFile, len(data))
	}
	if fault := unclean(token); fault != "" {
		return fail("volume.token-dirty", e, "%s: %s inside the token", tokenFile, fault)
	}
	claims, err := parseJWT(token)
	if err != nil {
		return fail("volume.token-malformed", e, "%s: not a JWT: %v", tokenFile, err)
	}
	session.claims, session.foreignPod = claims, foreignPod(sys, claims)
	if len(token) != len(data) {
		return goOn(fail("volume.token-dirty", e, "%s: %d bytes of white space around the token", tokenFile, len(data)-len(token)))
	}
	return pass(e, "%s: %d bytes, a JWT", tokenFile, len(data))
}

// unclean names the first character that no HTTP header or no token may have.
func unclean(token string) string {
	for i, r := range token {
		switch {
		case r == '\ufeff':
			return fmt.Sprintf("a byte order mark at byte %d", i)
		case unicode.IsSpace(r), unicode.IsControl(r), r > unicode.MaxASCII:
			return fmt.Sprintf("character %U at byte %d", r, i)
		}
	}
	return ""
}

// tokenUnread tells apart why the token cannot be read.
func tokenUnread(sys *System, session *Session, e Evidence, err error) Outcome {
	id := identify(sys)
	e.Add("process", "%s", id)
	if label, err := sys.read("/proc/self/attr/current", maxConfig); err == nil && len(label) > 0 {
		e.Add("label", "%s", strings.TrimRight(string(label), "\x00\n"))
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return tokenMissing(sys, session, e)
	case errors.Is(err, fs.ErrPermission):
		return tokenDenied(sys, session, id, e)
	}
	return fail("volume.token-malformed", e, "%v", err)
}

func tokenMissing(sys *System, session *Session, e Evidence) Outcome {
	mount := mountOf(sys, accountDir)
	e.Add("mount", "%s", mount)
	names, err := sys.list(accountDir)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && len(names) == 0 && mount == noMount:
		session.noVolume = true
		return fail("volume.not-mounted", e, "%s: nothing is mounted there", accountDir)
	case err != nil:
		return fail("volume.token-missing", e, "%s: no such file; %v", tokenFile, err)
	case len(names) == 0:
		session.noVolume = true
		return fail("volume.empty", e, "%s: mounted, and empty", accountDir)
	}
	e.Add("directory", "%s", strings.Join(names, " "))
	if slices.Contains(names, "token") {
		return fail("volume.token-missing", e, "%s: a link that leads nowhere", tokenFile)
	}
	return fail("volume.token-missing", e, "%s: no such file, beside %s", tokenFile, strings.Join(names, " "))
}

func tokenDenied(sys *System, session *Session, id identity, e Evidence) Outcome {
	name, need := tokenFile, fs.FileMode(4)
	info, err := sys.stat(name)
	if err != nil {
		name, need = accountDir, 1
		if info, err = sys.stat(name); err != nil {
			session.noVolume = true
			return fail("volume.denied", e, "%s: permission denied", accountDir)
		}
	}
	e.Add("mode", "%s %s", name, describeMode(info))
	if uid, gid, ok := owner(info); ok {
		e.Add("owner", "uid %s, gid %s", uid, gid)
	}
	if modeForbids(info, id, need) {
		return fail("volume.token-denied", e, "%s: permission denied: %s %s, this process is %s", tokenFile, name, describeMode(info), id)
	}
	session.noVolume = true
	return fail("volume.denied", e, "%s: permission denied, although %s %s allows %s: a security label", tokenFile, name, describeMode(info), id)
}

func describeMode(info fs.FileInfo) string {
	if uid, gid, ok := owner(info); ok {
		return fmt.Sprintf("%s %s:%s", info.Mode(), uid, gid)
	}
	return info.Mode().String()
}

func (f *Session) blockedByVolume() Outcome {
	if f.noPod {
		return blocked("env.service")
	}
	return blocked("volume.token")
}

const noMount = "none"

// mountOf describes the mount at dir as /proc/self/mountinfo has it, see
// proc(5); /var/run may be a link to /run.
func mountOf(sys *System, dir string) string {
	data, err := sys.read("/proc/self/mountinfo", maxBundle)
	if err != nil {
		return "unknown"
	}
	for line := range strings.SplitSeq(string(data), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 6 || fields[4] != dir && fields[4] != strings.TrimPrefix(dir, "/var") {
			continue
		}
		_, after, _ := strings.Cut(line, " - ")
		kind, _, _ := strings.Cut(after, " ")
		return fmt.Sprintf("%s on %s", kind, fields[4])
	}
	return noMount
}

var volumeCA = &Check{
	ID:    "volume.ca",
	Title: "ca.crt holds certificates that are within their validity",
	Run:   runVolumeCA,
}

func runVolumeCA(_ context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	if session.noVolume {
		return session.blockedByVolume()
	}
	var e Evidence
	e.Add("file", caFile)
	data, err := sys.read(caFile, maxBundle)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail("volume.ca-missing", e, "%s: no such file; Go clients fall back to the image's own roots", caFile)
	case errors.Is(err, fs.ErrPermission):
		id := identify(sys)
		e.Add("process", "%s", id)
		if info, err := sys.stat(caFile); err == nil && modeForbids(info, id, 4) {
			return fail("volume.token-denied", e, "%s: permission denied: %s, this process is %s", caFile, describeMode(info), id)
		}
		return fail("volume.denied", e, "%s: permission denied", caFile)
	case err != nil:
		return fail("volume.ca-invalid", e, "%v", err)
	}
	cas, unread := parseBundle(data)
	e.Add("certificates", "%d", len(cas))
	if unread > 0 {
		e.Add("unreadable blocks", "%d", unread)
	}
	if len(cas) == 0 {
		return fail("volume.ca-invalid", e, "%s: %d bytes, and no certificate in them", caFile, len(data))
	}
	session.cas, session.roots = cas, x509.NewCertPool()
	now, valid := sys.Now(), 0
	for i, ca := range cas {
		session.roots.AddCert(ca)
		if inValidity(ca, now) {
			valid++
		}
		if i < maxListed {
			e.Add(fmt.Sprintf("certificate %d", i), "%s", describeCA(ca))
		}
	}
	if info, err := sys.stat(caFile); err == nil {
		e.Add("file changed", "%s", info.ModTime().UTC().Format(time.RFC3339))
	}
	if started, ok := firstProcessStart(sys); ok {
		e.Add("process 1 started", "%s", started.UTC().Format(time.RFC3339))
	}
	if valid == 0 {
		return fail("volume.ca-expired", e, "%s: every certificate is out of its validity: %s to %s, this pod's clock says %s", caFile,
			day(cas[0].NotBefore), day(cas[0].NotAfter), now.UTC().Format(time.RFC3339))
	}
	if len(cas) > 1 {
		return warn("volume.ca-bundle", e, "%s: %d certificates; some clients read the first only", caFile, len(cas))
	}
	return pass(e, "%s, until %s", subjectOf(cas[0]), day(cas[0].NotAfter))
}

// maxListed is how many certificates are listed as evidence.
const maxListed = 8

// parseBundle returns the certificates of a PEM bundle, and how many blocks
// could not be read.
func parseBundle(data []byte) (certs []*x509.Certificate, unread int) {
	for len(data) > 0 {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil && block.Type == "CERTIFICATE" {
			certs = append(certs, cert)
		} else {
			unread++
		}
	}
	return certs, unread
}

var volumeNamespace = &Check{
	ID:    "volume.namespace",
	Title: "the namespace file is there and agrees with the token",
	Run:   runVolumeNamespace,
}

func runVolumeNamespace(_ context.Context, sys *System, session *Session, log *observe.Log) Outcome {
	if session.noVolume {
		return session.blockedByVolume()
	}
	var e Evidence
	e.Add("file", namespaceFile)
	data, err := sys.read(namespaceFile, maxConfig)
	if err != nil {
		if session.claims != nil {
			session.Namespace = session.claims.namespace()
			e.Add("the token's namespace", "%s", session.Namespace)
		}
		return warn("volume.namespace-missing", e, "%v", err)
	}
	session.Namespace = string(bytes.TrimSpace(data))
	e.Add("namespace", "%s", session.Namespace)
	if session.claims != nil && session.claims.namespace() != session.Namespace {
		e.Add("the token's namespace", "%s", session.claims.namespace())
		return warn("volume.namespace-mismatch", e, "%s says %q, the token says %q", namespaceFile, session.Namespace, session.claims.namespace())
	}
	return pass(e, "%s", session.Namespace)
}
