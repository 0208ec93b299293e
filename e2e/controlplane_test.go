//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// deadEndpoint has the API's Service lead to a node without an API server, in the
// place of the right one or beside it, until the end of the test. The API server
// soon puts its EndpointSlice right, so the broken node's kube-proxy sleeps from
// the moment on that it has followed.
func deadEndpoint(beside bool) func(*testing.T, namespace) values {
	return func(t *testing.T, _ namespace) values {
		t.Helper()
		own, _ := apiAddresses(t)
		dead := kubectl(t, "get", "node", healthyNode(), `--output=jsonpath={.status.addresses[?(@.type=="InternalIP")].address}`)
		addresses := []string{dead}
		if beside {
			addresses = append(addresses, own)
		}
		t.Cleanup(func() {
			onNode(t, brokenNode(), "pkill -CONT -x kube-proxy")
			leadTo(t, own)
			for _, node := range []string{controlPlane(), healthyNode(), brokenNode()} {
				deadline(t, 30*time.Second, func() bool { return leadsTo(t, node, own) })
			}
		})
		deadline(t, 30*time.Second, func() bool {
			leadTo(t, addresses...)
			if !leadsTo(t, brokenNode(), addresses...) {
				return false
			}
			onNode(t, brokenNode(), "pkill -STOP -x kube-proxy && sleep 0.2")
			if leadsTo(t, brokenNode(), addresses...) {
				return true
			}
			onNode(t, brokenNode(), "pkill -CONT -x kube-proxy")
			return false
		})
		return values{"NODE": brokenNode()}
	}
}

// leadTo writes those addresses into the EndpointSlice of the API's Service.
func leadTo(t *testing.T, addresses ...string) {
	t.Helper()
	var endpoints []string
	for _, address := range addresses {
		endpoints = append(endpoints, fmt.Sprintf(`{"addresses": [%q], "conditions": {"ready": true}}`, address))
	}
	kubectl(t, "--namespace=default", "patch", "endpointslice", "kubernetes", "--type=json",
		`--patch=[{"op": "replace", "path": "/endpoints", "value": [`+strings.Join(endpoints, ", ")+`]}]`)
}

// leadsTo says that by the rules of the node the API's Service leads to those
// addresses.
func leadsTo(t *testing.T, node string, addresses ...string) bool {
	t.Helper()
	rules := onNode(t, node, `iptables -t nat -S | sed -n 's/.*"default.kubernetes:https".*--to-destination //p'`)
	var want []string
	for _, address := range addresses {
		want = append(want, address+":6443")
	}
	got := strings.Fields(rules)
	slices.Sort(got)
	slices.Sort(want)
	return slices.Equal(got, want)
}

// bindingGone removes a ClusterRoleBinding until the end of the test.
func bindingGone(name string) func(*testing.T, namespace) values {
	return func(t *testing.T, _ namespace) values {
		t.Helper()
		was := kubectl(t, "get", "clusterrolebinding", name, "--output=json")
		t.Cleanup(func() {
			commandWith(t, was, "kubectl", "create", "-f", "-")
		})
		kubectl(t, "delete", "clusterrolebinding", name)
		return nil
	}
}

// keysPublished lets everybody read the issuer's documents and keys, as clusters
// do whose tokens other systems take, until the end of the test.
func keysPublished(t *testing.T) {
	t.Helper()
	kubectl(t, "create", "clusterrolebinding", "e2e-keys", "--clusterrole=system:service-account-issuer-discovery", "--group=system:unauthenticated")
	t.Cleanup(func() { kubectl(t, "delete", "clusterrolebinding", "e2e-keys") })
}

// deadAPI is gone before the namespace, which could not go with it there.
func deadAPI(t *testing.T, ns namespace) values {
	t.Helper()
	t.Cleanup(func() { kubectl(t, "delete", "apiservice", "v1.dead.example.test", "--ignore-not-found") })
	return values{"NAMESPACE": string(ns)}
}
