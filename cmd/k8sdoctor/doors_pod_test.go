//go:build long

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func variableDoors() []door {
	variable := func(name, only string) door {
		return door{name: "variable " + name, only: only, open: func(_ *testing.T, s session, text string) { s.Sys.Env[name] = text }}
	}
	unseen := func(name, only string) door {
		d := variable(name, only)
		d.silent = true
		return d
	}
	const env = "env.service,env.proxy,env.client"
	return []door{
		variable("KUBERNETES_SERVICE_HOST", env), variable("KUBERNETES_SERVICE_PORT", env), variable("KUBERNETES_SERVICE_PORT_HTTPS", env),
		variable("KUBERNETES_PORT_443_TCP_ADDR", env), variable("KUBERNETES_SERVICE_SERVICE_HOST", env), variable("KUBERNETES_SERVICE_SERVICE_PORT", env),
		unseen("KUBECONFIG", env), unseen("KUBERNETES_MASTER", env), unseen("KUBERNETES_AUTH_TOKEN", env), unseen("KUBERNETES_OAUTH_TOKEN", env),
		unseen("KUBERNETES_AUTH_BASIC_PASSWORD", env), unseen("ALL_PROXY", env), unseen("HTTP_PROXY", env),
		variable("POD_NAME", env), variable("POD_NAMESPACE", env), variable("NODE_NAME", env), variable("POD_IP", env),
		variable("POD_SERVICE_ACCOUNT", "token.claims"), unseen("POD_UID", "token.claims"), unseen("HOSTNAME", env),
		{name: "variable HTTPS_PROXY", only: env + ",net.proxy", solid: true, open: func(_ *testing.T, s session, text string) { s.Sys.Env["HTTPS_PROXY"] = text }},
		{name: "user in HTTPS_PROXY", only: env + ",net.proxy", open: func(_ *testing.T, s session, text string) {
			s.Sys.Env["https_proxy"] = "http://" + text + "@10.20.0.5:3128"
		}},
		{name: "variable NO_PROXY", only: env, open: func(_ *testing.T, s session, text string) {
			s.Sys.Env["HTTPS_PROXY"], s.Sys.Env["NO_PROXY"] = "http://10.20.0.5:3128", "localhost,"+text
		}},
		{name: "variable HOME", only: env, open: func(t *testing.T, s session, text string) {
			s.Sys.Env["HOME"] = "/home/" + text
			write(t, s, s.Sys.Env["HOME"]+"/.kube/config", "")
		}},
		{name: "variables of process 1", only: env, open: func(t *testing.T, s session, text string) {
			write(t, s, "/proc/1/environ", "KUBERNETES_SERVICE_HOST="+text+"\x00")
		}},
		{name: "variables of process 1 alone", only: env, open: func(t *testing.T, s session, text string) {
			delete(s.Sys.Env, "KUBERNETES_SERVICE_HOST")
			write(t, s, "/proc/1/environ", "KUBERNETES_SERVICE_HOST="+text+"\x00")
		}},
	}
}

func fileDoors() []door {
	file := func(name, only, before, after string) door {
		return door{name: "file " + name, only: only, open: func(t *testing.T, s session, text string) { write(t, s, name, before+text+after) }}
	}
	const dns = "dns.config,dns.servers,dns.resolve,net.name"
	search := file("/etc/resolv.conf", dns, "nameserver 10.96.0.10\nsearch ", " svc.cluster.local\n")
	search.name, search.solid = "search domain in /etc/resolv.conf", true
	domain := file("/etc/resolv.conf", dns, "nameserver 10.96.0.10\nsearch svc.", "\n")
	domain.name, domain.solid = "cluster domain in /etc/resolv.conf", true
	options := file("/etc/resolv.conf", dns, "nameserver 10.96.0.10\nsearch svc.cluster.local\noptions ", "\n")
	options.name = "options in /etc/resolv.conf"
	nameserver := file("/etc/resolv.conf", dns, "nameserver 10.96.0.10\nsearch svc.cluster.local\nnameserver ", "\n")
	nameserver.name = "nameserver in /etc/resolv.conf"
	hosts := file("/etc/hosts", dns, "127.0.0.1 localhost ", "\n10.96.0.1 kubernetes.default.svc\n")
	hosts.silent = true
	token := file("/"+volume+"/token", "volume.token,token.claims", "", "")
	token.silent = true
	return []door{
		search, domain, options, nameserver, hosts, token,
		file("/"+volume+"/namespace", "volume.namespace", "", ""),
		{name: "name of a file beside the token", only: "volume.token", solid: true, open: func(t *testing.T, s session, text string) {
			os.Remove(filepath.Join(s.Sys.Root, volume, "token"))
			write(t, s, "/"+volume+"/"+text, "")
		}},
		{name: "claims of the token", only: "token.claims", open: func(t *testing.T, s session, text string) {
			encode := base64.RawURLEncoding.EncodeToString
			claims, err := json.Marshal(map[string]any{"iss": text, "sub": "system:serviceaccount:shop:" + text, "aud": []string{text}, "kubernetes.io": map[string]any{"namespace": text, "pod": map[string]string{"name": text}}})
			if err != nil {
				t.Fatal(err)
			}
			write(t, s, "/"+volume+"/token", encode([]byte(`{"alg":"RS256"}`))+"."+encode(claims)+"."+encode([]byte("signature")))
		}},
		{name: "subject in ca.crt", only: "volume.ca", open: func(t *testing.T, s session, text string) {
			ca := newCA(t, pkix.Name{CommonName: text})
			write(t, s, "/"+volume+"/ca.crt", ca.pem())
		}},
		{name: "text in ca.crt", only: "volume.ca", silent: true, open: func(t *testing.T, s session, text string) { write(t, s, "/"+volume+"/ca.crt", text) }},
		{name: "security label", only: "volume.token", open: func(t *testing.T, s session, text string) {
			os.Remove(filepath.Join(s.Sys.Root, volume, "token"))
			write(t, s, "/proc/self/attr/current", text)
		}},
		{name: "mount table", only: "volume.token", open: func(t *testing.T, s session, text string) {
			os.Remove(filepath.Join(s.Sys.Root, volume, "token"))
			write(t, s, "/proc/self/mountinfo", "1 1 0:1 / /"+volume+" rw - "+text+" x rw\n")
		}},
		{name: "network interfaces", only: "dns.config,probe.host-network", open: func(t *testing.T, s session, text string) {
			write(t, s, "/etc/resolv.conf", "")
			write(t, s, "/proc/net/dev", "vethx "+text+": 0\n")
		}},
	}
}

// write replaces a file of the pod.
func write(t *testing.T, s session, name, text string) {
	t.Helper()
	name = filepath.Join(s.Sys.Root, name)
	os.Remove(name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// ca is a certificate authority of the test's.
type ca struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newCA(t *testing.T, subject pkix.Name) ca {
	t.Helper()
	template := &x509.Certificate{
		Subject: subject, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), SerialNumber: big.NewInt(1),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	self := ca{cert: template}
	self.cert, self.key = self.sign(t, template)
	return self
}

// sign makes a certificate with a new key; of an authority without a key, one
// that has signed itself.
func (c ca) sign(t *testing.T, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	by := c.key
	if by == nil {
		by = key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, c.cert, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func (c ca) pem() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.cert.Raw}))
}
