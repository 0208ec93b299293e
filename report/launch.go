package report

// Launch says how kubectl k8sdoctor came to a report: what was asked for, the way that it
// took, and what is not seen on that way.
type Launch struct {
	// Target is what was asked for, such as "deployment/web".
	Target string `json:"target"`
	// Chosen says why it is this one of several pods.
	Chosen    string `json:"chosen,omitempty"`
	Container string `json:"container"`
	// Way is how the doctor ran: exec.
	Way string `json:"way"`
	// NotTaken are the ways that come before it.
	NotTaken []NotTaken `json:"notTaken,omitempty"`
	// CannotSee is what cannot be seen on this way.
	CannotSee []string `json:"cannotSee,omitempty"`
	// NotSeen is what of the cluster could not be read.
	NotSeen []NotSeen `json:"notSeen,omitempty"`
}

// NotSeen is what of the cluster could not be read.
type NotSeen struct {
	What string `json:"what"`
	// Rule is the right that allows it, such as "list pods in namespace kube-system".
	Rule string `json:"rule"`
	// Because is the reason where it is not that right that is missing.
	Because string `json:"because,omitempty"`
	// Decides are the causes that it would decide.
	Decides []string `json:"decides"`
}

// NotTaken is a way into the pod that was not taken.
type NotTaken struct {
	Way     string `json:"way"`
	Because string `json:"because"`
}
