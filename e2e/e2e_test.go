//go:build e2e

// Package e2e runs manifests/job.yaml on a real cluster, as it stands and with
// one thing broken at a time. hack/kind-e2e.sh makes the cluster and runs it.
package e2e

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// scenario is one Job on the cluster and what its report has to say.
type scenario struct {
	name string
	// file in testdata: what to apply before the Job and, under kind Job, what
	// to change in it.
	file string
	// before prepares what no file can hold.
	before func(t *testing.T, ns namespace)
	// hostNetwork asks for a namespace that does not enforce "restricted".
	hostNetwork bool
	exit        int
	// want lists, in the order of the run, every result that is a warning or a
	// failure: "id status code". Nothing else may be found.
	want []string
	// or is the same list where the machine, not the cluster, makes the difference.
	or []string
	// passed lists checks that must have run and passed, beside what failed.
	passed []string
}

// longest is how long a report may take, even when nothing ever answers.
const longest = 15 * time.Second

// together lists what runs side by side, each in a namespace of its own.
var together = []scenario{
	{
		name: "healthy",
	},
	{
		name: "healthy on the host network with the cluster's DNS",
		file: "host-network-cluster-dns.yaml", hostNetwork: true,
	},
	{
		name: "host network with the node's DNS",
		file: "host-network.yaml", hostNetwork: true,
		exit: 1,
		want: []string{"dns.config warn dns.node-resolver", "dns.servers warn dns.node-resolver", "dns.resolve fail dns.node-resolver"},
		// on a machine without DNS the node's resolver is silent
		or: []string{"dns.config warn dns.node-resolver", "dns.servers fail dns.node-resolver"},
	},
	{
		name: "automount off",
		file: "automount-off.yaml",
		exit: 1, want: []string{"volume.token fail volume.not-mounted"},
	},
	{
		name: "token that this user may not read",
		file: "token-denied.yaml",
		exit: 1, want: []string{"volume.token fail volume.token-denied"},
	},
	{
		name: "token for another audience",
		file: "token-audience.yaml",
		exit: 1, want: []string{"token.claims fail token.wrong-audience", "auth.review fail token.wrong-audience"},
	},
	{
		name: "ca.crt from another CA",
		file: "other-ca.yaml", before: otherCA("another CA"),
		exit: 1, want: []string{"tls.chain fail tls.unknown-ca"},
	},
	{
		name: "ca.crt from the CA before its key changed",
		file: "other-ca.yaml", before: otherCA("kubernetes"),
		exit: 1, want: []string{"tls.chain fail tls.ca-rekeyed"},
	},
	{
		name: "all egress denied",
		file: "deny-all.yaml",
		exit: 1, want: []string{"dns.servers fail dns.silent", "net.connect fail net.egress-blocked"},
	},
	{
		name: "only DNS denied",
		file: "deny-dns.yaml",
		exit: 1, want: []string{"dns.servers fail dns.silent"}, passed: []string{"net.connect", "api.versions"},
	},
	{
		name: "only the API denied",
		file: "deny-api.yaml",
		exit: 1, want: []string{"net.connect fail net.api-blocked"}, passed: []string{"dns.resolve"},
	},
	{
		name: "HTTPS_PROXY without NO_PROXY",
		file: "proxy.yaml",
		exit: 1, want: []string{"env.proxy warn proxy.in-path", "net.proxy fail proxy.in-path"},
		passed: []string{"net.connect"},
	},
	{
		name: "kubectl proxy as a sidecar",
		file: "kubectl-proxy.yaml", passed: []string{"kubectl-proxy.api"},
	},
}

// alone lists what breaks the whole cluster for a while.
var alone = []scenario{
	{
		name:   "CoreDNS scaled to zero",
		before: func(t *testing.T, _ namespace) { withoutCoreDNS(t) },
		exit:   1, want: []string{"dns.servers fail dns.no-endpoints"}, passed: []string{"net.connect", "api.versions"},
	},
}

func TestOnCluster(t *testing.T) {
	t.Run("together", func(t *testing.T) {
		t.Run("job.yaml as it stands", asItStands)
		t.Run("kubectl run", kubectlRun)
		for _, s := range together {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				s.run(t)
			})
		}
	})
	for _, s := range alone {
		t.Run(s.name, s.run)
	}
}

func (s scenario) run(t *testing.T) {
	ns := newNamespace(t, !s.hostNetwork)
	if s.before != nil {
		s.before(t, ns)
	}
	end := ns.runJob(t, s.file)
	rep := readReport(t, end.log)
	end.check(t, s.exit)
	if got := findings(rep); !slices.Equal(got, s.want) && (s.or == nil || !slices.Equal(got, s.or)) {
		t.Errorf("got the findings %q, want %q or %q", got, s.want, s.or)
	}
	if took := time.Duration(rep.Took); took > longest {
		t.Errorf("the report took %s, want at most %s", took, longest)
	}
	for _, r := range rep.Results {
		switch {
		case slices.Contains(s.passed, r.ID) && r.Status != checks.Pass:
			t.Errorf("%s: got %s (%s), want pass", r.ID, r.Status, r.Summary)
		case s.exit == 0 && r.BlockedBy != "":
			t.Errorf("%s: got skip, blocked by %s, in a healthy pod", r.ID, r.BlockedBy)
		}
	}
}

// asItStands applies the manifest that the README hands out.
func asItStands(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t, true)
	ns.kubectl(t, "apply", "-f", "../manifests/job.yaml")
	end := ns.wait(t)
	end.check(t, 0)
	checkTable(t, end.log)
}

// kubectlRun runs the line that the README hands out.
func kubectlRun(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t, true)
	config := write(t, t.TempDir(), "kubeconfig", read(t, os.Getenv("KUBECONFIG")))
	kubectl(t, "--kubeconfig", config, "config", "set-context", "--current", "--namespace", string(ns))
	checkTable(t, command(t, "env", "KUBECONFIG="+config, "../hack/kubectl-run.sh"))
}
