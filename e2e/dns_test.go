//go:build e2e

package e2e

import (
	"os"
	"strings"
	"testing"
)

// unassigned is a Service IP that no Service has.
const unassigned = "10.96.255.254"

// dnsServer is a DNS server with the faults of testdata/dns-server.yaml.
type dnsServer struct{ namespace }

// newDNSServer starts it, for the scenarios that run together.
func newDNSServer(t *testing.T) dnsServer {
	t.Helper()
	ns := newNamespace(t, false)
	text := os.Expand(read(t, "testdata/dns-server.yaml"), func(word string) string {
		return values{"UNASSIGNED": unassigned, "CLUSTER_DNS": clusterDNS(t), "COREDNS_IMAGE": kubectl(t, "--namespace=kube-system",
			"get", "deployment", "coredns", "--output=jsonpath={.spec.template.spec.containers[0].image}")}[word]
	})
	ns.kubectl(t, "apply", "-f", write(t, t.TempDir(), "dns-server.yaml", text))
	ns.kubectl(t, "rollout", "status", "deployment/dns", "--timeout=60s")
	return dnsServer{ns}
}

func clusterDNS(t *testing.T) string {
	t.Helper()
	return kubectl(t, "--namespace=kube-system", "get", "service", "kube-dns", "--output=jsonpath={.spec.clusterIP}")
}

// askedFrom returns the values for dns.yaml: the resolver of a pod that asks
// the service of that name, after others, and looks in search domains, those
// of its own cluster by default.
func (d *dnsServer) askedFrom(service string, others bool, search ...string) func(*testing.T, namespace) values {
	return func(t *testing.T, ns namespace) values {
		t.Helper()
		servers := d.kubectl(t, "get", "service", service, "--output=jsonpath={.spec.clusterIP}")
		if others {
			servers = clusterDNS(t) + ", " + servers
		}
		domain := "cluster.local"
		if service == "other-domain" {
			domain = "example.test"
		}
		search = append(search, string(ns)+".svc."+domain, "svc."+domain, domain)
		return values{"NAMESERVERS": servers, "SEARCH": strings.Join(search, ", ")}
	}
}

func (d *dnsServer) scenarios() []scenario {
	return []scenario{
		{
			name: "a wildcard in a search domain",
			file: "dns.yaml", before: d.askedFrom("wildcard", false, "wild.test"),
			cause: []string{"dns.search-hijack"},
		},
		{
			name: "a DNS server that does not know the cluster",
			file: "dns.yaml", before: d.askedFrom("nxdomain", false),
			cause: []string{"dns.nxdomain"},
		},
		{
			name: "a DNS server that fails for the cluster",
			file: "dns.yaml", before: d.askedFrom("servfail", false),
			cause: []string{"dns.servfail"},
		},
		{
			name: "a DNS server that refuses the cluster's names",
			file: "dns.yaml", before: d.askedFrom("refused", false),
			cause: []string{"dns.refused"},
		},
		{
			name: "a DNS server that gives another address",
			file: "dns.yaml", before: d.askedFrom("wrong-answer", false),
			cause: []string{"dns.wrong-answer"},
		},
		{
			name: "a DNS server that fails for AAAA",
			file: "dns.yaml", before: d.askedFrom("aaaa-broken", false),
			cause: []string{"dns.aaaa-broken"},
		},
		{
			name: "a search domain whose server fails",
			file: "dns.yaml", before: d.askedFrom("search-broken", false, "broken.test"),
			cause: []string{"dns.search-broken"},
		},
		{
			name: "another cluster domain",
			file: "dns.yaml", before: d.askedFrom("other-domain", false),
			cause: []string{"dns.other-domain"}, true: []string{"tls.name-not-covered"},
		},
		{
			name: "a second nameserver that disagrees",
			file: "dns.yaml", before: d.askedFrom("nxdomain", true),
			cause: []string{"dns.limits"},
		},
	}
}

// withoutCoreDNS stops the cluster's DNS until the end of the test.
func withoutCoreDNS(t *testing.T, _ namespace) values {
	t.Helper()
	kube := namespace("kube-system")
	replicas := kube.kubectl(t, "get", "deployment", "coredns", "--output=jsonpath={.spec.replicas}")
	t.Cleanup(func() {
		kube.kubectl(t, "scale", "deployment", "coredns", "--replicas="+replicas)
		kube.kubectl(t, "rollout", "status", "deployment/coredns", "--timeout=2m")
	})
	kube.kubectl(t, "scale", "deployment", "coredns", "--replicas=0")
	// pods that are on their way out still answer
	kube.kubectl(t, "wait", "--for=delete", "pod", "--selector=k8s-app=kube-dns", "--timeout=2m")
	return nil
}
