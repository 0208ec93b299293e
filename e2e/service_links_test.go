//go:build e2e

package e2e

import (
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
)

// withService makes a Service that the kubelet knows when the Job starts.
func withService(name string) func(*testing.T, namespace) values {
	return func(t *testing.T, ns namespace) values {
		t.Helper()
		ns.kubectl(t, "create", "service", "clusterip", name, "--tcp=443:8443")
		time.Sleep(3 * time.Second)
		return nil
	}
}

// withLinks lists what the variables of Services do to those of the API server.
var withLinks = []scenario{
	{
		name:   "a Service named kubernetes in the pod's namespace",
		before: withService("kubernetes"),
		exit:   1, cause: []string{"env.links-collision"}, most: causes.Likely,
		want: []string{"env.service warn", "dns.resolve warn", "net.connect fail"},
	},
	{
		name: "a Service named kubernetes in the pod's namespace, whose variables the pod does not get",
		file: "no-links.yaml", before: withService("kubernetes"),
	},
	{
		name: "a Service named kubernetes-service, which has taken the API's port",
		file: "linked-port.yaml", before: withService("kubernetes-service"),
		exit: 1, cause: []string{"env.links-collision"},
		want: []string{"env.service fail"},
	},
}
