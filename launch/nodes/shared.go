package nodes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8sdoctor/k8sdoctor/redact"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// trait is something that a node has and others may have as well.
type trait struct{ key, value string }

// String is the trait as people write it.
func (t trait) String() string {
	if strings.HasPrefix(t.key, ofLabel) {
		return strings.TrimSuffix(t.key+"="+t.value, "=")
	}
	return t.key + " " + t.value
}

// ofLabel begins the keys of labels.
const ofLabel = "label "

// maxShared is how many traits are named.
const maxShared = 4

// sharedBy are the traits that all of the nodes have, and no healthy node has; what is another
// one on every node says nothing.
func (f *fleet) sharedBy(names []string, all []report.Node) (texts []string) {
	var healthy []map[trait]bool
	for _, n := range all {
		if n.Report == nil {
			healthy = append(healthy, f.traits(n.Name))
		}
	}
	if len(healthy) == 0 {
		return nil
	}
	common := f.traits(names[0])
	for _, name := range names[1:] {
		other := f.traits(name)
		for t := range common {
			if !other[t] {
				delete(common, t)
			}
		}
	}
	var list []trait
	for t := range common {
		if !slices.ContainsFunc(healthy, func(h map[trait]bool) bool { return h[t] }) && !differsEverywhere(t.key, healthy) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b trait) int {
		return cmp.Or(cmp.Compare(usefulness(a.key), usefulness(b.key)), strings.Compare(a.key, b.key), strings.Compare(a.value, b.value))
	})
	for _, t := range list[:min(len(list), maxShared)] {
		texts = append(texts, redact.Printable(t.String()))
	}
	if more := len(list) - maxShared; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return texts
}

// differsEverywhere says that no two healthy nodes have the same value of a key, such as a host
// name. One healthy node alone cannot tell.
func differsEverywhere(key string, healthy []map[trait]bool) bool {
	seen := map[string]bool{}
	for _, h := range healthy {
		for t := range h {
			if t.key != key {
				continue
			}
			if seen[t.value] {
				return false
			}
			seen[t.value] = true
		}
	}
	return len(seen) > 1 || key == ofLabel+corev1.LabelHostname
}

// first are the keys that say most, in that order.
var first = []string{ofLabel + corev1.LabelTopologyZone, "kernel", "kubelet", "container runtime", "operating system", "architecture", "taint", "the pod network's pod", "kube-proxy's pod"}

func usefulness(key string) int {
	if i := slices.Index(first, key); i >= 0 {
		return i
	}
	return len(first)
}

// traits are those of one node.
func (f *fleet) traits(name string) map[trait]bool {
	n, info := f.nodes[name].object, f.nodes[name].object.Status.NodeInfo
	list := map[trait]bool{
		{"kernel", info.KernelVersion}: true, {"kubelet", info.KubeletVersion}: true, {"container runtime", info.ContainerRuntimeVersion}: true,
		{"operating system", info.OSImage}: true, {"architecture", info.Architecture}: true,
	}
	for key, value := range n.Labels {
		list[trait{ofLabel + key, value}] = true
	}
	for _, t := range n.Spec.Taints {
		list[trait{"taint", strings.TrimSuffix(t.Key+"="+t.Value, "=") + ":" + string(t.Effect)}] = true
	}
	for what, state := range f.agents[name] {
		list[trait{what, state}] = true
	}
	return list
}
