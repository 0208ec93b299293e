package lab

import (
	"crypto/x509"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/pod"
)

// oddAndWell are pods that differ and can use their API server: nothing may be said.
func oddAndWell() []fieldWorld {
	covers := func(names ...string) func(*plan) {
		return editLeaf(func(leaf *x509.Certificate) {
			for _, name := range names {
				if ip, err := netip.ParseAddr(name); err == nil {
					leaf.IPAddresses = append(leaf.IPAddresses, ip.AsSlice())
				} else {
					leaf.DNSNames = append(leaf.DNSNames, name)
				}
			}
		})
	}
	named := func(host, address, port string) func(*plan) {
		return func(p *plan) {
			hostAt(p, host, address)
			p.setenv("KUBERNETES_PORT_443_TCP_ADDR", serviceIP)
			p.setenv("KUBERNETES_SERVICE_PORT", port)
			p.routes["tcp "+address+":"+port] = route{server: "api"}
		}
	}
	conf := func(text string) func(*plan) { return func(p *plan) { p.resolv.text = text } }
	tokens := func(paths ...string) func(*Pod) error {
		return func(pod *Pod) error {
			token, err := os.ReadFile(filepath.Join(pod.System.Root, volumeDir, "token"))
			if err != nil {
				return err
			}
			texts := map[string]string{}
			for _, path := range paths {
				texts[path] = string(token)
			}
			return files(pod, texts)
		}
	}
	const proxy = "http://" + httpProxyAddress
	worlds := []fieldWorld{
		{name: "a node's own balancer", change: all(nodeBalancer("127.0.0.1", route{server: "api"}), covers("127.0.0.1", "localhost"))},
		{name: "a node's own balancer, by name", change: all(nodeBalancer("localhost", route{server: "api"}), covers("127.0.0.1", "localhost"))},
		{name: "an operator of OpenShift with the API's inner name", change: named("api-int.shop.example", "198.51.100.3", "6443")},
		{name: "a public name that AKS sets", change: named("shop-1.hcp.westeurope.azmk8s.io", "198.51.100.3", "443")},
		{
			name: "IPVS on the host network, where the Service IP is local", change: onNode,
			after: asked(pod.Route{To: netip.MustParsePrefix("10.96.0.1/32"), Device: "kube-ipvs0", Own: true, Table: 255}),
		},
		{
			name: "Cloud DNS of GKE", change: func(p *plan) {
				p.nameserver("169.254.169.254")
				p.resolv.nameservers, p.resolv.after = []string{"169.254.169.254"}, []string{"c.shop-1.internal", "google.internal"}
			},
		},
		{name: "hostAliases of a virtual cluster", change: func(p *plan) {
			p.hosts = kubeletHosts + serviceIP + " kubernetes.default.svc.cluster.local kubernetes kubernetes.default kubernetes.default.svc\n"
		}},
		{name: "a hostname that is cut from the pod's name", change: func(p *plan) {
			p.setenv("HOSTNAME", podName[:5])
			delete(p.env, "POD_NAME")
		}},
		{name: "a sandboxed runtime that works", change: func(p *plan) {
			p.proc["version"] = "Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n"
			p.routeTable, p.arpTable = "", ""
		}},
		{name: "a node's DNS cache beside the cluster's DNS", change: func(p *plan) {
			p.nameserver(nodeCache)
			p.resolv.nameservers = []string{nodeCache, dnsIP}
		}},
		{name: "nine search domains and many options", change: func(p *plan) {
			p.resolv.after = names("zone%d.shop.example", 6)
			p.resolv.options = "ndots:2 edns0 trust-ad single-request-reopen timeout:1 attempts:3 use-vc"
		}},
		{name: "a dot as search domain", change: conf("search . shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver " + dnsIP + "\noptions ndots:5\n")},
		{name: "the cluster's nameserver without a search list", why: "a resolv.conf without a search list is taken for the node's", change: conf("nameserver " + dnsIP + "\noptions ndots:5\n"), untold: []string{"it is the node's", "resolv.conf is the node's"}},
		{name: "an address of each family and an API of one", change: func(p *plan) {
			p.proc["net/if_inet6"] = "fd000010024400000000000000000007 02 40 00 80     eth0\n00000000000000000000000000000001 01 80 10 80       lo\n"
			p.addRule(func(name string, kind dnsmessage.Type, domain string) (record, bool) {
				return record{}, kind == dnsmessage.TypeAAAA && name == "kubernetes.default.svc."+domain
			})
		}},
		{
			name: "tokens of other systems beside the API's", change: variables("AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/eks.amazonaws.com/serviceaccount/token", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"),
			after: tokens("var/run/secrets/eks.amazonaws.com/serviceaccount/token", "var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token", "var/run/secrets/tokens/istio-token"),
		},
		{name: "a ready sidecar", change: accepted(sidecarPorts)},
		{name: "an enrolled pod of an ambient mesh", change: accepted(ambientPorts)},
		{
			name: "a proxy with ranges and the API's address", warns: []string{"env.proxy warn"},
			change: all(proxied(proxy, ".cluster.local,.svc,10.128.0.0/14,10.96.0.0/12,10.96.0.1,localhost")),
		},
		{name: "automount false, and the same volume by hand", change: all(lives(-20*time.Minute, 100*time.Minute), func(p *plan) { p.volume.files["token"].mode = 0o444 })},
		{name: "a virtual cluster whose host is a name of /etc/hosts", change: all(variables("KUBERNETES_SERVICE_HOST=kubernetes", "KUBERNETES_PORT_443_TCP_ADDR=kubernetes"), func(p *plan) { p.hosts = kubeletHosts + serviceIP + " kubernetes\n" })},
		{name: "a kubectl proxy beside the application", after: (*Pod).AddKubectlProxy},
		{name: "a bundle for other servers", change: variables("SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt", "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt"), after: imageBundle},
		{name: "a token shortly before it is renewed", change: lives(-47*time.Minute, 13*time.Minute)},
		{name: "HTTP_PROXY alone", change: variables("HTTP_PROXY=" + proxy)},
		{name: "an ephemeral debug container", after: debugger("debugger-x7k2p")},
	}
	for i := range worlds {
		change := worlds[i].change
		worlds[i].change = func(p *plan) {
			p.rest = nothing
			if change != nil {
				change(p)
			}
		}
	}
	return worlds
}
