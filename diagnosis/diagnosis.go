// Package diagnosis says what the results of the checks mean: which cause is
// behind them, how sure that is, and the commands that mend it. It reads
// results only, never the network or a file.
package diagnosis

import "github.com/k8sdoctor/k8sdoctor/causes"

// Verdict is what the results mean.
type Verdict struct {
	Summary string    `json:"summary"`
	Causes  []Finding `json:"causes"`
}

// Finding is a cause that a run has named.
type Finding struct {
	Code       string            `json:"code"`
	Confidence causes.Confidence `json:"confidence"`
	Title      string            `json:"title"`
	Evidence   []string          `json:"evidence"`
	// Against is what was seen and does not fit.
	Against []string `json:"against"`
	// Decide is what would settle it, where the pod itself cannot.
	Decide []string `json:"decide"`
	// Consequences are other results that this cause explains, as "id: summary".
	Consequences []string `json:"consequences"`
	// Fix is the steps as texts to paste.
	Fix []string `json:"fix"`
	// Steps are the same for programs, and Blanks what their commands leave open.
	Steps  []causes.Step  `json:"steps"`
	Blanks []causes.Blank `json:"blanks"`
}
