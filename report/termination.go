package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// maxTermination is what the kubelet keeps of a termination message, in bytes.
const maxTermination = 4096

// maxDetailed is of how many causes, at most, a message that had to be shortened
// keeps the fix or the evidence.
const maxDetailed = 4

// termination is the part of a report that has to arrive when nothing else of
// the pod does.
type termination struct {
	Status     observe.Status `json:"status"`
	Summary    string         `json:"summary"`
	Causes     []brief        `json:"causes"`
	Failed     []string       `json:"failed"` // ids of checks
	Incomplete string         `json:"incomplete,omitempty"`
}

// brief is a finding whose lists may be left out.
type brief struct {
	Code       string            `json:"code"`
	Confidence causes.Confidence `json:"confidence"`
	Title      string            `json:"title"`
	Remedy     string            `json:"remedy,omitempty"`
	Evidence   []string          `json:"evidence,omitempty"`
	Fix        []string          `json:"fix,omitempty"`
}

// TerminationMessage returns one line of JSON of at most 4096 bytes. What does
// not fit is left out: the fixes, those of the least likely cause first, then
// the evidence in the same order, then the ends of texts and lists.
func TerminationMessage(r Report) []byte {
	t := termination{Status: r.Status, Summary: r.Verdict.Summary, Causes: []brief{}, Failed: []string{}, Incomplete: r.Incomplete}
	for _, c := range r.Verdict.Causes {
		t.Causes = append(t.Causes, brief{Code: c.Code, Confidence: c.Confidence, Title: c.Title, Remedy: c.Remedy, Evidence: c.Evidence, Fix: c.Fix})
	}
	for _, result := range r.Results {
		if result.Status == observe.Fail {
			t.Failed = append(t.Failed, result.ID)
		}
	}
	if data, fits := t.fit(); fits {
		return data
	}
	for _, drop := range []func(*brief){func(c *brief) { c.Fix = nil }, func(c *brief) { c.Evidence = nil }} {
		for keep := min(len(t.Causes), maxDetailed); keep >= 0; keep-- {
			for i := keep; i < len(t.Causes); i++ {
				drop(&t.Causes[i])
			}
			if data, fits := t.fit(); fits {
				return data
			}
		}
	}
	for limit := maxTermination / 4; ; limit /= 2 {
		if data, fits := t.fit(); fits {
			return data
		}
		t.shorten(limit)
	}
}

// fit encodes what may fit, and says whether it does.
func (t termination) fit() (data []byte, fits bool) {
	if t.least() > maxTermination {
		return nil, false
	}
	data = t.encode()
	return data, len(data) <= maxTermination
}

// least is how many bytes it has at least: those of its texts.
func (t termination) least() int {
	n := len(t.Summary) + len(t.Incomplete)
	for _, id := range t.Failed {
		n += len(id)
	}
	for _, c := range t.Causes {
		n += len(c.Code) + len(c.Title) + len(c.Remedy)
		for _, text := range slices.Concat(c.Evidence, c.Fix) {
			n += len(text)
		}
	}
	return n
}

func (t termination) encode() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(t); err != nil {
		panic(err) // texts and lists of texts always encode
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// shorten bounds every text to limit bytes and every list to a number of
// entries that falls with it.
func (t *termination) shorten(limit int) {
	t.Status = observe.Status(clip(string(t.Status), limit))
	t.Summary, t.Incomplete = clip(t.Summary, limit), clip(t.Incomplete, limit)
	t.Causes = t.Causes[:min(len(t.Causes), limit/32)]
	for i, c := range t.Causes {
		t.Causes[i] = brief{
			Code: clip(c.Code, limit), Confidence: causes.Confidence(clip(string(c.Confidence), limit)), Title: clip(c.Title, limit),
		}
	}
	t.Failed = t.Failed[:min(len(t.Failed), limit/8)]
	for i, id := range t.Failed {
		t.Failed[i] = clip(id, limit)
	}
}

// clip shortens a text to limit bytes, between two runes.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	const more = "..."
	end := max(0, limit-len(more))
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return strings.ToValidUTF8(text[:end], "?") + more[:min(limit, len(more))]
}
