//go:build e2e

package e2e

import "github.com/k8sdoctor/k8sdoctor/causes"

// healthy lists what has to be well on any cluster.
var healthy = []scenario{
	{
		name: "healthy",
	},
	{
		name: "healthy on the host network with the cluster's DNS",
		file: "host-network-cluster-dns.yaml", privileged: true,
	},
	{
		name: "healthy as root",
		file: "root.yaml", privileged: true,
	},
}

// inPod lists what is broken in the pod itself.
var inPod = append(healthy, []scenario{
	{
		name: "host network with the node's DNS",
		file: "host-network.yaml", privileged: true,
		cause: []string{"dns.node-resolver"},
		want:  []string{"dns.config warn", "dns.servers warn", "dns.resolve warn"},
		// on a machine without DNS the node's resolver is silent
		or: []string{"dns.config warn", "dns.servers warn"},
	},
	{
		name: "the API's variable names a service that is not the API",
		file: "host-variable.yaml", before: host("10.96.0.10"),
		exit: 1, cause: []string{"env.overridden"},
	},
	{
		name: "the API's variable holds a URL",
		file: "host-variable.yaml", before: host("https://10.96.0.1"),
		exit: 1, cause: []string{"env.malformed"},
	},
	{
		name: "HTTPS_PROXY without NO_PROXY",
		file: "proxy.yaml",
		exit: 1, cause: []string{"proxy.in-path"},
		want:   []string{"env.proxy warn", "net.proxy fail"},
		passed: []string{"net.connect"},
	},
	{
		name: "automount off",
		file: "automount-off.yaml",
		exit: 1, cause: []string{"volume.not-mounted"},
		want: []string{"volume.token fail"},
	},
	{
		name: "token that this user may not read",
		file: "token-denied.yaml",
		exit: 1, cause: []string{"volume.token-denied"},
		want: []string{"volume.token fail"},
	},
	{
		name: "no token in the volume",
		file: "given.yaml", before: without("token"),
		exit: 1, cause: []string{"volume.token-missing"},
	},
	{
		name: "token of nothing",
		file: "given.yaml", before: with("token", ""),
		exit: 1, cause: []string{"volume.token-empty"},
	},
	{
		name: "token that is none",
		file: "given.yaml", before: with("token", "secret"),
		exit: 1, cause: []string{"volume.token-malformed"},
	},
	{
		name: "token with a newline at its end",
		file: "given.yaml", before: newlineAtEnd,
		exit: 1, cause: []string{"volume.token-dirty"},
	},
	{
		name: "no ca.crt",
		file: "given.yaml", before: without("ca.crt"),
		exit: 1, cause: []string{"volume.ca-missing"},
	},
	{
		name: "ca.crt that has expired",
		file: "given.yaml", before: expiredCA,
		exit: 1, cause: []string{"volume.ca-expired"},
	},
	{
		name: "ca.crt of two CAs",
		file: "given.yaml", before: twoCAs,
		cause: []string{"volume.ca-bundle"},
	},
	{
		name: "ca.crt without a certificate",
		file: "given.yaml", before: with("ca.crt", "none\n"),
		exit: 1, cause: []string{"volume.ca-invalid"},
	},
	{
		name: "no namespace file",
		file: "given.yaml", before: without("namespace"),
		cause: []string{"volume.namespace-missing"},
	},
	{
		name: "the namespace file of another namespace",
		file: "given.yaml", before: with("namespace", "kube-system"),
		cause: []string{"volume.namespace-mismatch"},
	},
	{
		name: "an account that may not do what its pod needs",
		file: "can.yaml",
		exit: 1, cause: []string{"api.forbidden"}, most: causes.Certain,
	},
	{
		name: "ca.crt from another CA",
		file: "given.yaml", before: otherCA("another CA"),
		exit: 1, cause: []string{"tls.unknown-ca", "tls.ca-rekeyed", "tls.foreign-server"}, most: causes.Possible,
		want: []string{"tls.chain fail"},
	},
	{
		name: "ca.crt from the CA before its key changed",
		file: "given.yaml", before: otherCA("kubernetes"),
		exit: 1, cause: []string{"tls.ca-rekeyed"},
		want: []string{"tls.chain fail"},
	},
}...)

// kubectlProxy lists what a kubectl proxy beside the container does.
func kubectlProxy(image string) []scenario {
	return []scenario{
		{
			name: "kubectl proxy as a sidecar",
			file: "kubectl-proxy.yaml", before: proxyWith(image),
			passed: []string{"kubectl-proxy.api"},
		},
		{
			name: "kubectl proxy that accepts other hosts",
			file: "kubectl-proxy-odd.yaml", before: proxyWith(image, "--accept-hosts=^api$"),
			cause: []string{"kubectl-proxy.filtered"},
		},
		{
			name: "kubectl proxy whose own way to the API is closed",
			file: "kubectl-proxy-odd.yaml", before: proxyWith(image, "--server=https://127.0.0.1:1", "--token=none"),
			cause: []string{"kubectl-proxy.upstream"},
		},
		{
			name: "kubectl proxy whose token is refused",
			file: "kubectl-proxy-odd.yaml", before: proxyWith(image, "--server=https://kubernetes.default.svc",
				"--certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt", "--token=none"),
			cause: []string{"kubectl-proxy.upstream"},
		},
		{
			name: "kubectl proxy that does not trust the API server",
			file: "kubectl-proxy-odd.yaml", before: proxyWith(image, "--server=https://kubernetes.default.svc", "--token=none"),
			cause: []string{"kubectl-proxy.upstream"},
		},
		{
			name: "no kubectl proxy where one is expected",
			file: "kubectl-proxy-down.yaml",
			exit: 1, cause: []string{"kubectl-proxy.down"},
		},
	}
}
