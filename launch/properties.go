package launch

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/like"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// property is something that a pod has, and that a copy can do without.
type property struct {
	subject observe.Word[observe.Elsewhere]
	// with and without are words for a pod that has it, and for one that does not.
	with, without string
	// label is set for one, as key=value.
	label string
	// drop has a copy differ in it.
	drop func(*like.Difference)
}

// propertiesOf are those of a pod that a copy can do without, the likeliest to decide first.
func propertiesOf(pod *corev1.Pod, container string) (list []property) {
	can := like.Differences(pod, container)
	for _, key := range can.Labels {
		label := key + "=" + pod.Labels[key]
		list = append(list, property{observe.WithoutLabels, "with the label " + label, "without the label " + key, label, func(d *like.Difference) { d.Labels = append(d.Labels, key) }})
	}
	if can.Account {
		list = append(list, property{observe.WithOtherAccount, "with ServiceAccount " + cluster.AccountOf(pod), "with ServiceAccount default", "", func(d *like.Difference) { d.Account = true }})
	}
	if can.Node {
		list = append(list, property{observe.OnOtherNode, "on node " + pod.Spec.NodeName, "on another node", "", func(d *like.Difference) { d.Node = true }})
	}
	if can.Mesh {
		list = append(list, property{observe.WithoutMesh, "with the sidecar of the mesh", "without the sidecar of the mesh", "", func(d *like.Difference) { d.Mesh = true }})
	}
	if can.Environment {
		list = append(list, property{observe.WithoutVariables, fmt.Sprintf("with the variables of container %s", container), "without its variables", "", func(d *like.Difference) { d.Environment = true }})
	}
	if can.HostNetwork {
		list = append(list, property{observe.OnHostNetwork, "in the pod network", "on the host network", "", func(d *like.Difference) { d.HostNetwork = true }})
	}
	return list
}

// of says that the property is of a subject.
func (p property) of(subject observe.Word[observe.Elsewhere]) bool {
	return p.subject.Row == subject.Row
}

func (p property) having() string  { return p.with }
func (p property) lacking() string { return p.without }

// words are those for several properties.
func words(list []property, word func(property) string, and string) string {
	all := make([]string, len(list))
	for i, p := range list {
		all[i] = word(p)
	}
	return strings.Join(all, and)
}

// others are all the properties but some.
func others(all, but []property) []property {
	return slices.DeleteFunc(slices.Clone(all), func(p property) bool {
		return slices.ContainsFunc(but, func(o property) bool { return o.with == p.with })
	})
}

// differing is the copy that does without these.
func differing(dropped []property) (d like.Difference) {
	for _, p := range dropped {
		p.drop(&d)
	}
	return d
}

// decisive are the fewest of the properties without which a pod does not fail: with any of them it
// does. It is known that one with all of them fails, and one with none does not. First they are
// halved, for mostly one decides alone; what several do is found as by QuickXplain (U. Junker,
// AAAI 2004).
func decisive(among []property, gone func(dropped []property) (bool, error)) ([]property, error) {
	alone := among
	for len(alone) > 1 {
		half := len(alone) / 2
		in, err := gone(alone[:half])
		switch {
		case err != nil:
			return nil, err
		case in:
			alone = alone[:half]
		default:
			alone = alone[half:]
		}
	}
	if enough, err := gone(alone); err != nil || enough {
		return alone, err
	}
	return explain(nil, false, among, gone)
}

// explain are the fewest that have to be dropped beside others. It asks of those alone where
// they have become more.
func explain(dropped []property, more bool, among []property, gone func([]property) (bool, error)) ([]property, error) {
	if more {
		if enough, err := gone(dropped); err != nil || enough {
			return nil, err
		}
	}
	if len(among) == 1 {
		return among, nil
	}
	first, second := among[:len(among)/2], among[len(among)/2:]
	ofSecond, err := explain(slices.Concat(dropped, first), true, second, gone)
	if err != nil {
		return nil, err
	}
	ofFirst, err := explain(slices.Concat(dropped, ofSecond), len(ofSecond) > 0, first, gone)
	return slices.Concat(ofFirst, ofSecond), err
}
