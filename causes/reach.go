package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

// Reach is which pods a cause reaches beside the one that was examined.
type Reach int

// The reaches. Of a cause without one, pods that differ tell nothing.
const (
	AnyReach     Reach = iota
	EveryPod           // of the cluster, whatever it is like
	PodsOfNode         // and what uses the host network of the node
	PodNetwork         // the pods of the node, but not what uses its host network
	SelectedPods       // those that a policy or firewall selects, by whatever it knows of them
	OnlyThisPod        // not one that was made like it
	PodsOfMesh         // those that have its sidecar
)

// predictions is what other pods meet, where they were made to tell.
func (r Reach) predictions() Predictions {
	whatever := Predictions{
		observe.InNewPod.Is(observe.FailsToo), observe.WithoutLabels.Is(observe.FailsToo), observe.WithOtherAccount.Is(observe.FailsToo),
		observe.WithoutMesh.Is(observe.FailsToo), observe.WithoutVariables.Is(observe.FailsToo),
	}
	switch r {
	case EveryPod:
		return append(whatever, observe.OnOtherNode.Is(observe.FailsToo), observe.OnHostNetwork.Is(observe.FailsToo))
	case PodsOfNode:
		return append(whatever, observe.OnHostNetwork.Is(observe.FailsToo))
	case PodNetwork:
		return append(whatever, observe.OnHostNetwork.Is(observe.GoneThere))
	case OnlyThisPod:
		return Predictions{observe.InNewPod.Is(observe.GoneThere)}
	case PodsOfMesh:
		return Predictions{observe.WithoutMesh.Is(observe.GoneThere)}
	}
	return nil
}

// Selects says that what such a cause may know of a pod is what another one can differ in: such
// pods pin it down, also where no other cause remains.
func (r Reach) Selects(subject *observe.Row) bool {
	return r == SelectedPods && (subject == observe.WithoutLabels.Row || subject == observe.WithOtherAccount.Row || subject == observe.OnOtherNode.Row)
}

// selected proves that a policy or firewall selects the pod: one that differs from it in
// nothing else is not met.
var selected = Predictions{observe.WithoutLabels.Is(observe.GoneThere), observe.WithOtherAccount.Is(observe.GoneThere)}

// reaching adds to each form what other pods meet.
func reaching(pages []*Page) []*Page {
	for _, p := range pages {
		for i, f := range p.Forms {
			p.Forms[i].Must = all(f.Must, p.Reach.predictions())
		}
	}
	return pages
}
