//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// TestLaunchNodes breaks each node in another way: the rules of kube-proxy on one, DNS on another,
// and on the third no sandbox can be made. It is alone with the cluster.
func TestLaunchNodes(t *testing.T) {
	ns := newNamespace(t, false)
	as := ns.asNodes(t)
	before := ns.names(t)

	well := ns.examineNodes(t, as, "-o", "json").nodes(t, 0)
	if len(well.Problems) > 0 || len(well.Nodes) != 3 {
		t.Errorf("got %d problems on %d nodes of a healthy cluster", len(well.Problems), len(well.Nodes))
	}
	one := ns.examineNodes(t, as, "-o", "json", "-l", "kubernetes.io/hostname="+healthyNode()).nodes(t, 0)
	if len(one.Nodes) != 1 || one.Nodes[0].Name != healthyNode() || one.Nodes[0].Doctor == "" {
		t.Errorf("got %+v, want the node that is selected", one.Nodes)
	}
	ns.namesAgain(t, before)

	const plugin = "/opt/cni/bin/ptp"
	withoutServiceRules("drop")(t, ns)
	rules(healthyNode, fmt.Sprintf(after, "ip saddr $PODS udp dport 53 drop; ip saddr $PODS tcp dport 53 drop"))(t, ns)
	t.Cleanup(func() { onNode(t, controlPlane(), "mv "+plugin+".gone "+plugin) })
	onNode(t, controlPlane(), "mv "+plugin+" "+plugin+".gone")

	screen := ns.examineNodes(t, as)
	t.Logf("the report:\n%s", screen.stdout)
	if lines := strings.Count(screen.stdout, "\n"); screen.status != 1 || lines > 24 {
		t.Errorf("got status %d and %d lines, want 1 and a screen of 24", screen.status, lines)
	}
	for _, name := range []string{controlPlane(), healthyNode(), brokenNode(), "launch.sandbox", "dns.silent", "net.service-ips-dead"} {
		if !strings.Contains(screen.stdout, name) {
			t.Errorf("the screen does not name %s", name)
		}
	}
	broken := ns.examineNodes(t, as, "-o", "json").nodes(t, 1)
	for node, code := range map[string]string{controlPlane(): "launch.sandbox", healthyNode(): "dns.silent", brokenNode(): "net.service-ips-dead"} {
		i := slices.IndexFunc(broken.Problems, func(p report.Problem) bool { return p.Code == code })
		if i < 0 || !slices.Equal(broken.Problems[i].Nodes, []string{node}) {
			t.Errorf("%s is not named for %s alone: %+v", code, node, broken.Problems)
		}
	}
	for _, n := range broken.Nodes {
		if dark := n.Name == controlPlane(); dark != (n.HostNetwork != nil) || dark && n.HostNetwork.Status != observe.Pass {
			t.Errorf("%s has a report of its host network: %v", n.Name, n.HostNetwork != nil)
		}
		if n.Report == nil || len(n.Report.Verdict.Causes) == 0 || n.Report.Verdict.Causes[0].Confidence == causes.Possible {
			t.Errorf("%s: got %+v, want a cause that is at least likely", n.Name, n.Report)
		}
	}
	whole := ns.examineNodes(t, as, "-o", "json", "--logs", "-l", "kubernetes.io/hostname="+healthyNode()).nodes(t, 1)
	if r := whole.Nodes[0].Report; r == nil || len(r.Results) == 0 || len(r.Results[len(r.Results)-1].Evidence) == 0 && len(r.Results[6].Evidence) == 0 {
		t.Error("the report of the log has no evidence: it was not read")
	}
	ns.namesAgain(t, before)
	if everyStep {
		ns.nodesKilled(t, before, screen.took)
	}
}

// asNodes makes an account with the roles that are printed for nodes and for what is read, and
// no other right, and returns the flag to call it as that account.
func (ns namespace) asNodes(t *testing.T) string {
	t.Helper()
	name := string(ns) + "-nodes"
	ns.kubectl(t, "create", "serviceaccount", name)
	for role := range strings.SplitSeq(ns.launch(t, "check", "--print-role").stdout, "---\n") {
		var of rbacv1.Role // or a ClusterRole, which is alike
		if err := yaml.Unmarshal([]byte(role), &of); err != nil {
			t.Fatal(err)
		}
		if of.Name != "k8sdoctor-nodes" && of.Name != "k8sdoctor-read" {
			continue
		}
		unique := name + strings.TrimPrefix(of.Name, "k8sdoctor")
		kind, in := strings.ToLower(of.Kind), []string{}
		if of.Namespace != "" {
			in = []string{"--namespace", of.Namespace}
		}
		t.Cleanup(func() {
			kubectl(t, append([]string{"delete", kind + "," + kind + "binding", unique, "--ignore-not-found"}, in...)...)
		})
		commandWith(t, strings.Replace(role, "name: "+of.Name, "name: "+unique, 1), "kubectl", "apply", "--filename=-")
		kubectl(t, append([]string{"create", kind + "binding", unique, "--" + kind + "=" + unique, "--serviceaccount=" + string(ns) + ":" + name}, in...)...)
	}
	return "--as=system:serviceaccount:" + string(ns) + ":" + name
}

func (ns namespace) examineNodes(t *testing.T, args ...string) launched {
	t.Helper()
	return launchedBy(t, ns.nodesArgs(args...)...)
}

func (ns namespace) nodesArgs(args ...string) []string {
	return append([]string{"nodes", "--namespace", string(ns), "--image", "k8sdoctor:dev"}, args...)
}

// nodes is the report of many nodes.
func (l launched) nodes(t *testing.T, status int) (n report.Nodes) {
	t.Helper()
	if l.status != status {
		t.Errorf("got status %d, want %d\n%s\n%s", l.status, status, l.stderr, l.stdout)
	}
	decode(t, []byte(l.stdout), &n)
	return n
}

// nodesKilled ends the launcher at many moments of its run. What kill -9 leaves belongs to a Job
// that the cluster deletes when its time is over; the test shortens that time.
func (ns namespace) nodesKilled(t *testing.T, before []string, whole time.Duration) {
	t.Helper()
	const steps = 10
	left := 0
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGKILL} {
		for step := range steps {
			cmd := pluginCommand(t, ns.nodesArgs()...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(whole * time.Duration(1+2*step) / time.Duration(2*steps))
			cmd.Process.Signal(signal)
			cmd.Wait()
			if signal == syscall.SIGKILL {
				left += ns.shortenNodes(t)
			}
		}
		ns.namesAgain(t, before)
	}
	if left == 0 {
		t.Error("the launcher was never killed while there was a DaemonSet: this test sees nothing")
	}
}

// shortenNodes looks at what a launcher that was killed has left, and has its time be over.
func (ns namespace) shortenNodes(t *testing.T) int {
	t.Helper()
	var sets appsv1.DaemonSetList
	decode(t, []byte(ns.kubectl(t, "get", "daemonsets", "--output=json")), &sets)
	var jobs batchv1.JobList
	decode(t, []byte(ns.kubectl(t, "get", "jobs", "--output=json")), &jobs)
	for _, set := range sets.Items {
		if !slices.ContainsFunc(jobs.Items, func(j batchv1.Job) bool { return len(set.OwnerReferences) == 1 && set.OwnerReferences[0].UID == j.UID }) {
			t.Errorf("daemonset/%s does not belong to a Job that ends", set.Name)
		}
	}
	for _, j := range jobs.Items {
		if ttl := j.Spec.TTLSecondsAfterFinished; ttl == nil || *ttl > 900 {
			t.Errorf("job/%s has a TTL of %v, want at most 15 minutes", j.Name, ttl)
		}
		ns.kubectl(t, "patch", "job", j.Name, "--patch", `{"spec":{"ttlSecondsAfterFinished":1}}`)
	}
	return len(sets.Items)
}
