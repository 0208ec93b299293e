package observe

import (
	"strconv"
	"time"
)

// Status is the outcome of a check in one word.
type Status string

// The statuses: fail and skip block the checks that need the one that has
// them, warn does not.
const (
	Pass Status = "pass"
	Warn Status = "warn"
	Fail Status = "fail"
	Skip Status = "skip"
)

// Result is the outcome of one check as it is reported.
type Result struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Status  Status `json:"status"`
	Summary string `json:"summary"`
	// Why are the codes that a probe was to distinguish.
	Why string `json:"why,omitempty"`
	// Evidence is for people; nothing is decided by it.
	Evidence Evidence `json:"evidence"`
	// Observations are what was seen as typed values.
	Observations Set          `json:"observations"`
	BlockedBy    string       `json:"blockedBy,omitempty"`
	Took         Milliseconds `json:"durationMs"`
}

// Milliseconds is a duration that JSON shows in milliseconds, to a tenth.
type Milliseconds time.Duration

// MarshalJSON implements json.Marshaler.
func (m Milliseconds) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Duration(m).Microseconds())/1000, 'f', 1, 64), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *Milliseconds) UnmarshalJSON(data []byte) error {
	ms, err := strconv.ParseFloat(string(data), 64)
	*m = Milliseconds(ms * float64(time.Millisecond))
	return err
}

// All merges what several results have observed.
func All(results []Result) Set {
	sets := make([]Set, len(results))
	for i, r := range results {
		sets[i] = r.Observations
	}
	return Merge(sets...)
}
