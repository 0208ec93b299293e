// Package observe is the vocabulary of what checks and probes see: each subject
// has an id that is public, a kind, a meaning, and a type that no other subject's
// value fits.
//
// A subject that was not observed is not "no": sets have three values. What a
// value means in this pod is settled when it is recorded: a nameserver that is no
// Service IP is another subject than one that is.
package observe

// Kind is the form of a subject's values.
type Kind string

// The kinds, and how JSON shows them.
const (
	KindWord     Kind = "word"     // one of the subject's words
	KindFlag     Kind = "yes/no"   // true or false
	KindCount    Kind = "count"    // {"count": k, "of": n}
	KindNumber   Kind = "number"   // an integer
	KindDuration Kind = "duration" // milliseconds, to a microsecond
	KindTime     Kind = "time"     // RFC 3339, in UTC
	KindText     Kind = "text"     // a name or an address; decides nothing
	KindTexts    Kind = "texts"    // a list of them
)

// Source says who can observe a subject.
type Source string

// The sources: what runs in the pod, and what asks the cluster's API about it.
const (
	InPod   Source = "pod"
	Cluster Source = "cluster"
)

// Row is what is known of a subject whatever its type: a row of the vocabulary.
type Row struct {
	// ID is public and is never renamed: "layer.subject", or longer.
	ID   string
	Kind Kind
	// Words are those of KindWord. Where there are several values, at several
	// addresses, the one that comes first here counts.
	Words []string
	// Healthy are the words, or "yes" or "no", that a healthy pod shows.
	Healthy []string
	// Symptom says that a value which is not healthy needs an explanation; the values
	// of other subjects distinguish explanations.
	Symptom bool
	// Each says what several values stand at, such as "nameserver"; "" for a single one.
	Each string
	// Means is a sentence: what is looked at.
	Means string
	// Says is what was seen as a phrase, with %s for the value.
	Says string
	// phrase is a word as Says has it, where it reads otherwise there; nil where none does.
	phrase func(word string) (phrase string, otherwise bool)
	// Detail are texts that say more of what was seen; nil where there are none.
	Detail *Row
	Source Source // InPod when empty
}

// From is the source of the subject.
func (r *Row) From() Source {
	if r.Source == "" {
		return InPod
	}
	return r.Source
}
