// Package causes holds one page for each reason why a pod cannot use its API
// server: what it predicts of what is observed, how sure that can make it, and
// what fixes it.
package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

// Confidence says how far the evidence carries a named cause.
type Confidence string

// The confidences: one observation proves it; it is in every explanation that
// remains, and similar causes were ruled out; similar causes remain.
const (
	Certain  Confidence = "certain"
	Likely   Confidence = "likely"
	Possible Confidence = "possible"
)

// Prior is how often a cause is met, in three steps.
type Prior int

// The priors; a page says why it has its own.
const (
	Rare Prior = iota
	Uncommon
	Common
)

// Predictions are what is predicted of several subjects.
type Predictions []observe.Prediction

// Form is one set of observations in which a cause shows itself.
type Form struct {
	// Proof alone makes the cause certain.
	Proof Predictions
	// Needs must have been seen, or the cause is not named.
	Needs Predictions
	// Must excludes the cause by another value; what was not seen excludes nothing.
	// It may name only what the cause itself controls.
	Must Predictions
	// Usual is contradicted by another value, which does not exclude the cause.
	Usual Predictions
	// Doubt is what keeps the cause from being likely by another value, without
	// speaking against it.
	Doubt Predictions
	// Alone is how sure this form is where no rival was ruled out; the page's when empty.
	Alone Confidence
	// Best is how sure this form can become without a proof; the page's when empty.
	Best  Confidence
	Prior Prior
}

// Page is what is known of one cause.
type Page struct {
	// Code is public and is never renamed or reused.
	Code string
	// Title is a sentence that is true when this is the cause: what is wrong, and where.
	Title string
	// Remedy is what fixes it in one sentence, with blanks in capitals.
	Remedy string
	// Warning says that requests can work in spite of it.
	Warning bool
	// Alone is how sure the cause is where no rival was ruled out.
	Alone Confidence
	// Best is how sure it can become without a proof; Likely when empty.
	Best Confidence
	// Timed says that the cause shows itself by times, which tell nothing in a process
	// that gets too little CPU.
	Timed bool
	// Special is the code of the general cause that is true as well when this one is.
	Special string
	// Reach is which other pods it reaches.
	Reach Reach
	Forms []Form
	// Consequences are the symptoms that it causes elsewhere.
	Consequences Predictions
	// Similar says which causes look the same, and what distinguishes them.
	Similar string
	// Why says where the prior and the predictions are from.
	Sources []string
	// Confirm is how to confirm it outside the pod.
	Confirm Confirm
	// Fix returns what to do, with blanks in capitals for what a run may have seen.
	Fix func(Input) []Step
}

// Confirm is how a person confirms a cause, where the pod itself cannot.
type Confirm struct {
	// Where Command runs; empty is a shell with kubectl.
	Where string `json:"where,omitempty"`
	// Command is to be pasted; empty where there is none.
	Command string `json:"command,omitempty"`
	// Text is what to look for in its output, or what to do where there is none.
	Text string `json:"text"`
}

// Known says that the cause can be confirmed.
func (c Confirm) Known() bool { return c != Confirm{} }

// Question is what to look for, and where.
func (c Confirm) Question() string {
	if c.Where == "" {
		return c.Text
	}
	return c.Where + ": " + c.Text
}

// Lookup returns the page of that code.
func Lookup(code string) (*Page, bool) {
	for _, p := range All() {
		if p.Code == code {
			return p, true
		}
	}
	return nil, false
}
