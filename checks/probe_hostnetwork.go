package checks

import (
	"context"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var probeHostNetwork = &Check{
	ID:      "probe.host-network",
	Title:   "whether this pod shares its node's network",
	Probe:   true,
	Records: []*observe.Row{observe.HostNetwork.Row, observe.ConntrackFull.Row},
	Run:     runProbeHostNetwork,
}

// fullTable is the share of a connection tracking table from which on it counts as full:
// entries expire and come while it is read.
const fullTable = 0.99

func runProbeHostNetwork(_ context.Context, sys *pod.System, _ *Session, log *observe.Log) Outcome {
	names, err := interfaces(sys)
	if err != nil {
		return notApplicable("%v", err)
	}
	yes, reason := isNodes(sys, names)
	answer := "no"
	if yes {
		answer = "yes"
	}
	observe.HostNetwork.Saw(log, yes)
	var e observe.Evidence
	e.Add("interfaces", "%s", strings.Join(names[:min(len(names), 24)], " "))
	e.Add("host network", "%s", answer)
	e.Add("reason", "%s", reason)
	if count, limit, ok := pod.Conntrack(sys); ok && yes {
		observe.ConntrackFull.Saw(log, float64(count) >= fullTable*float64(limit))
		e.Add("tracked connections", "%d of at most %d", count, limit)
	}
	return pass(e, "host network: %s, %s", answer, reason)
}

// interfaces are the names of this network namespace's.
func interfaces(sys *pod.System) ([]string, error) {
	data, err := sys.Read("/proc/net/dev", pod.MaxConfig)
	if err != nil {
		return nil, err
	}
	var names []string
	for line := range strings.SplitSeq(string(data), "\n") {
		if name, _, ok := strings.Cut(line, ":"); ok {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names, nil
}

// nodeInterfaces are what a node has and a pod has not: the bridges and tunnels
// of pod networks, and interfaces of kube-proxy's IPVS mode.
var nodeInterfaces = []string{"cni", "eni", "gke", "azv", "kube-ipvs", "cali", "flannel", "cilium", "lxc", "vxlan", "podnet", "weave", "antrea", "ovn"}

// isNodes says whether interfaces are those of a node, and why. A pair of virtual
// interfaces without a bridge of Docker's leads to a pod; with one, to a container
// that runs inside this pod.
func isNodes(sys *pod.System, names []string) (yes bool, reason string) {
	first := func(prefixes ...string) string {
		i := slices.IndexFunc(names, func(name string) bool { return hasPrefix(name, prefixes) })
		if i < 0 {
			return ""
		}
		return names[i]
	}
	node, pair, bridge := first(nodeInterfaces...), first("veth"), first("docker", "br-")
	switch {
	case sys.Env["NODE_NAME"] != "" && sys.Env["NODE_NAME"] == sys.Env["HOSTNAME"]:
		return true, "its host name is the node's"
	case node != "":
		return true, "interface " + node
	case pair != "" && bridge == "":
		return true, "interface " + pair
	}
	return false, "no interface that only a node has"
}

// isPods says that this network namespace is a pod's own.
func isPods(sys *pod.System) bool {
	names, err := interfaces(sys)
	if err != nil || !slices.Contains(names, podDevice) {
		return false
	}
	node, _ := isNodes(sys, names)
	return !node
}

func hasPrefix(name string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}
