//go:build e2e

package e2e

import (
	"testing"
	"time"
)

// fixable lists more that a user of the namespace can fix.
var fixable = []scenario{
	{
		name:   "only the application is under a policy",
		before: policyOf("failing-only.yaml"),
		cause:  []string{"net.egress-blocked", "net.api-blocked"},
	},
	{
		name: "dnsPolicy Default", file: "dns-default.yaml",
		cause: []string{"dns.node-resolver"},
	},
	{
		name: "hostAliases name the API server", file: "host-aliases.yaml",
		cause: []string{"dns.wrong-answer"},
	},
	{
		name: "automount off on the ServiceAccount",
		before: func(t *testing.T, ns namespace) values {
			ns.kubectl(t, "patch", "serviceaccount", "default", "--patch", "automountServiceAccountToken: false")
			return nil
		},
		cause: []string{"volume.not-mounted"},
	},
	{
		name: "an empty directory in place of the volume", file: "empty-volume.yaml",
		cause: []string{"volume.empty", "volume.token-missing"},
	},
	{
		name: "the API's port is set to nothing", file: "empty-port.yaml",
		cause: []string{"env.malformed"},
	},
	{
		name: "NO_PROXY with a CIDR", file: "no-proxy-cidr.yaml",
		cause: []string{"proxy.client-dependent"},
	},
	{
		name: "KUBECONFIG is set", file: "kubeconfig.yaml",
		cause: []string{"env.client-override"},
	},
	{
		name: "the ServiceAccount was deleted", file: "own-account.yaml", after: accountGone,
		cause: []string{"token.rejected"},
	},
	{
		name: "the ServiceAccount was deleted and made again", file: "own-account.yaml",
		after: func(t *testing.T, ns namespace) {
			accountGone(t, ns)
			ns.kubectl(t, "create", "serviceaccount", "shop")
		},
		cause: []string{"token.rejected"},
	},
}

// policyOf applies a file of testdata.
func policyOf(file string) func(*testing.T, namespace) values {
	return func(t *testing.T, ns namespace) values {
		ns.kubectl(t, "apply", "-f", "testdata/"+file)
		return nil
	}
}

// accountGone deletes the account of a pod that runs.
func accountGone(t *testing.T, ns namespace) {
	ns.kubectl(t, "delete", "serviceaccount", "shop")
	time.Sleep(11 * time.Second) // the server keeps the answer to a token for 10 s
}
