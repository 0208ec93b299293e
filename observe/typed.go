package observe

import (
	"slices"
	"strconv"
	"time"
)

// Word is a subject whose value is one word of an enumeration.
type Word[W ~string] struct{ *Row }

// Saw records the value.
func (s Word[W]) Saw(log *Log, word W) { log.add(s.Row, "", Value{Word: string(word)}) }

// SawAt records the value at an address.
func (s Word[W]) SawAt(log *Log, at string, word W) { log.add(s.Row, at, Value{Word: string(word)}) }

// In returns the value that counts; "" was not observed.
func (s Word[W]) In(set Set) W {
	v, _ := set.Value(s.Row)
	return W(v.Word)
}

// First returns the value that was recorded first; "" was not observed.
func (s Word[W]) First(set Set) W {
	if entries := set[s.ID]; len(entries) > 0 {
		return W(entries[0].Word)
	}
	return ""
}

// InAt returns the value at an address; "" was not observed there.
func (s Word[W]) InAt(set Set, at string) W {
	for _, e := range set[s.ID] {
		if e.At == at {
			return W(e.Word)
		}
	}
	return ""
}

// Is predicts one of the words.
func (s Word[W]) Is(words ...W) Prediction {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return oneOf(s.Row, texts)
}

// Not predicts any word but these.
func (s Word[W]) Not(words ...W) Prediction {
	return oneOf(s.Row, slices.DeleteFunc(slices.Clone(s.Words), func(w string) bool { return slices.Contains(words, W(w)) }))
}

// Text is a word as the sentence of its subject has it.
func (s Word[W]) Text(word W) string {
	if phrase, ok := s.phrase(string(word)); ok {
		return phrase
	}
	return string(word)
}

// Flag is a subject that is so or not so.
type Flag struct{ *Row }

// Saw records the value.
func (s Flag) Saw(log *Log, yes bool) { log.add(s.Row, "", Value{Word: yesOrNo(yes)}) }

// SawAt records the value at an address.
func (s Flag) SawAt(log *Log, at string, yes bool) { log.add(s.Row, at, Value{Word: yesOrNo(yes)}) }

// Yes says that it was seen to be so.
func (s Flag) Yes(set Set) bool {
	v, _ := set.Value(s.Row)
	return v.Word == yes
}

// No says that it was seen not to be so.
func (s Flag) No(set Set) bool {
	v, _ := set.Value(s.Row)
	return v.Word == no
}

// Is predicts the value.
func (s Flag) Is(is bool) Prediction { return oneOf(s.Row, []string{yesOrNo(is)}) }

const yes, no = "yes", "no"

func yesOrNo(is bool) string {
	if is {
		return yes
	}
	return no
}

// Count is a subject that counts k of n.
type Count struct{ *Row }

// Saw records k of n.
func (s Count) Saw(log *Log, k, n int) { log.add(s.Row, "", Value{N: k, Of: n}) }

// In returns k of n; n is 0 where it was not observed.
func (s Count) In(set Set) (k, n int) {
	v, _ := set.Value(s.Row)
	return v.N, v.Of
}

// Number is a subject with an integer.
type Number struct{ *Row }

// Saw records the value.
func (s Number) Saw(log *Log, n int) { log.add(s.Row, "", Value{N: n}) }

// Add records so many more.
func (s Number) Add(log *Log, n int) {
	log.change(s.Row, func(entries []Entry) (string, Value) {
		for _, e := range entries {
			n += e.N
		}
		return "", Value{N: n}
	})
}

// In returns the value; ok is false where it was not observed.
func (s Number) In(set Set) (n int, ok bool) {
	v, ok := set.Value(s.Row)
	return v.N, ok
}

// Duration is a subject with a span of time.
type Duration struct{ *Row }

// Saw records the value.
func (s Duration) Saw(log *Log, d time.Duration) { log.add(s.Row, "", Value{Took: d}) }

// SawAt records the value at an address.
func (s Duration) SawAt(log *Log, at string, d time.Duration) { log.add(s.Row, at, Value{Took: d}) }

// In returns the value; ok is false where it was not observed.
func (s Duration) In(set Set) (d time.Duration, ok bool) {
	v, ok := set.Value(s.Row)
	return v.Took, ok
}

// Time is a subject with a moment.
type Time struct{ *Row }

// Saw records the value.
func (s Time) Saw(log *Log, t time.Time) { log.add(s.Row, "", Value{Time: t.UTC()}) }

// In returns the value; it is zero where it was not observed.
func (s Time) In(set Set) time.Time {
	v, _ := set.Value(s.Row)
	return v.Time
}

// Text is a subject with a name or an address. It fills blanks and sentences and
// decides nothing.
type Text struct{ *Row }

// Saw records the value.
func (s Text) Saw(log *Log, text string) { log.add(s.Row, "", Value{Text: text}) }

// In returns the value, or "".
func (s Text) In(set Set) string {
	v, _ := set.Value(s.Row)
	return v.Text
}

// Texts is a subject with a list of names or addresses.
type Texts struct{ *Row }

// Saw records the list.
func (s Texts) Saw(log *Log, list ...string) {
	for i, text := range list {
		log.add(s.Row, strconv.Itoa(i), Value{Text: text})
	}
}

// Add records one more of the list.
func (s Texts) Add(log *Log, text string) {
	log.change(s.Row, func(entries []Entry) (string, Value) { return strconv.Itoa(len(entries)), Value{Text: text} })
}

// In returns the list in its order.
func (s Texts) In(set Set) []string {
	var list []string
	for _, e := range set[s.ID] {
		list = append(list, e.Text)
	}
	return list
}
