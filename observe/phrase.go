package observe

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// phrases are words as a sentence has them.
var phrases = map[string]string{
	string(Silent): "is silent", string(Denied): "is forbidden by this pod's own kernel", string(NoRoute): "has no route",
	string(NoPort): "cannot be called: no free port or address to send from", string(Prohibited): "is rejected at once: no route to host",
	string(NoNeighbour): "is not reached: nobody on the link takes the packets", string(Unreachable): "cannot be reached: no route to host",
	string(OtherError): "fails in another way",
}

// Shown is the value alone.
func (r *Row) Shown(v Value) string {
	switch r.Kind {
	case KindWord, KindFlag:
		return v.Word
	case KindCount:
		return fmt.Sprintf("%d of %d", v.N, v.Of)
	case KindNumber:
		return fmt.Sprint(v.N)
	case KindDuration:
		return v.Took.Round(time.Millisecond).String()
	case KindTime:
		return v.Time.Format(time.RFC3339)
	}
	return v.Text
}

// Phrase is what was seen in words for people.
func (r *Row) Phrase(v Value) string {
	value := r.Shown(v)
	if phrase, ok := phrases[v.Word]; ok && slices.Equal(r.Words, answerWords) {
		value = phrase
	}
	if !strings.Contains(r.Says, "%s") {
		return r.Says
	}
	return fmt.Sprintf(r.Says, value)
}

var answerWords = answerTells("", "", "").Words
