//go:build e2e

package e2e

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
)

// overloaded leaves the account of the namespace no seat at the API server: it
// has one, and requests of its own sit there, half a minute each, and wait for a
// webhook that never answers.
func overloaded(t *testing.T, ns namespace) values {
	t.Helper()
	const port = "6446"
	commandWith(t, "table ip "+string(ns)+" { chain silent { type filter hook input priority 0; tcp dport "+port+" drop; }; }",
		"docker", "exec", "-i", controlPlane(), "nft", "-f", "-")
	t.Cleanup(func() { onNode(t, controlPlane(), "nft delete table ip "+string(ns)) })
	_, objects := ns.split(t, "overloaded.yaml", values{"PORT": port})
	ns.apply(t, objects)
	ns.kubectl(t, "wait", "flowschema/"+string(ns), "--for=condition=Dangling=False", "--timeout=30s")
	ctx, end := context.WithCancel(context.Background())
	var sitting sync.WaitGroup
	sitting.Go(func() {
		for ctx.Err() == nil {
			exec.CommandContext(ctx, "kubectl", "--namespace", string(ns), "--as=system:serviceaccount:"+string(ns)+":default", "create", "configmap", "sits").Run()
		}
	})
	t.Cleanup(func() {
		end()
		sitting.Wait()
	})
	deadline(t, 10*time.Second, func() bool {
		return strings.Contains(kubectl(t, "get", "--raw", "/debug/api_priority_and_fairness/dump_requests"), string(ns))
	})
	return nil
}

// busy lists what happens where the API server has too much to do for one
// account.
var busy = []scenario{
	{
		name: "the account has no seat left at the API server", before: overloaded,
		exit: 1, cause: []string{"api.overloaded"}, most: causes.Likely,
	},
}
