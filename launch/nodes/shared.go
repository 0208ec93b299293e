package nodes

import (
	"cmp"
	"fmt"
	"maps"
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

// well is what the healthy nodes have: how many of them have each trait, and how many any of
// a key.
type well struct {
	nodes    int
	having   map[trait]int
	repeated map[string]bool // keys of which two healthy nodes have the same value
	keys     map[string]int
}

func (f *fleet) traitsOfHealthy(all []report.Node) well {
	w := well{having: map[trait]int{}, repeated: map[string]bool{}, keys: map[string]int{}}
	for _, n := range all {
		if n.Report != nil {
			continue
		}
		w.nodes++
		for t := range f.traits(n.Name) {
			w.having[t]++
			w.keys[t.key]++
			w.repeated[t.key] = w.repeated[t.key] || w.having[t] > 1
		}
	}
	return w
}

// distinguishes says that no healthy node has a trait, of which not each node has another value,
// as host names are.
func (w well) distinguishes(t trait) bool {
	another := w.keys[t.key] > 1 && !w.repeated[t.key] || t.key == ofLabel+corev1.LabelHostname
	return w.having[t] == 0 && !another
}

// sharedBy are the traits that all of the nodes have, and no healthy node has.
func (f *fleet) sharedBy(names []string, healthy well) (texts []string) {
	if healthy.nodes == 0 {
		return nil
	}
	common := f.traits(names[0])
	for _, name := range names[1:] {
		other := f.traits(name)
		maps.DeleteFunc(common, func(t trait, _ bool) bool { return !other[t] })
	}
	var list []trait
	for t := range common {
		if healthy.distinguishes(t) {
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
