// Package diagnosis says what the results of the checks mean: which cause is
// behind them, how sure that is, and the commands that mend it. It reads
// results only, never the network or a file.
package diagnosis

import "github.com/k8sdoctor/k8sdoctor/checks"

// Confidence says how far the evidence carries a named cause.
type Confidence string

// The confidences: one observation proves it; the evidence fits and look-alikes
// were ruled out; look-alikes could not be ruled out.
const (
	Certain  Confidence = "certain"
	Likely   Confidence = "likely"
	Possible Confidence = "possible"
)

// Noun introduces a cause: "cause", "likely cause" or "possible cause".
func (c Confidence) Noun() string {
	if c == Certain {
		return "cause"
	}
	return string(c) + " cause"
}

// Cause is one entry of the vocabulary of the verdict.
type Cause struct {
	// Code is public and is never renamed or reused.
	Code string
	// Confidence is how sure the check that reports Code can be on its own.
	Confidence Confidence
	// Warning says that requests can work in spite of it.
	Warning bool
	// Title is a sentence that is true when this is the cause.
	Title string
	// Apart says which causes look alike and what tells them from this one.
	Apart string
	// Fix returns what to do, with blanks in capitals for what a run may have
	// seen.
	Fix func(seen Seen) []Step
}

// Pod is the pod that was examined, as far as it is known.
type Pod struct {
	Name           string `json:"name"`
	Namespace      string `json:"namespace"`
	Node           string `json:"node"`
	IP             string `json:"ip"`
	ServiceAccount string `json:"serviceAccount"`
	// Doctor says that the pod is k8sdoctor's own and stands in for another one,
	// and For which one, as far as that was said: a fix is for that pod.
	Doctor bool   `json:"doctor,omitempty"`
	For    string `json:"for,omitempty"`
}

// Seen is what one run saw.
type Seen struct {
	Pod     Pod
	Results []checks.Result
}

// Verdict is what the results mean.
type Verdict struct {
	Summary string    `json:"summary"`
	Causes  []Finding `json:"causes"`
}

// Finding is a cause that a run has named.
type Finding struct {
	Code       string     `json:"code"`
	Confidence Confidence `json:"confidence"`
	Title      string     `json:"title"`
	Evidence   []string   `json:"evidence"`
	// Against is what was seen and does not fit.
	Against []string `json:"against"`
	// Decide is what would settle it, where the pod itself cannot.
	Decide []string `json:"decide"`
	// Consequences are other results that this cause explains, as "id: summary".
	Consequences []string `json:"consequences"`
	// Fix is the steps as texts to paste.
	Fix []string `json:"fix"`
	// Steps are the same for programs, and Blanks what their commands leave open.
	Steps  []Step  `json:"steps"`
	Blanks []Blank `json:"blanks"`
}
