package observe

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Value is what was seen of a subject, in the field that its kind uses.
type Value struct {
	Word  string // KindWord; "yes" or "no" of KindFlag
	N, Of int    // KindCount; N alone of KindNumber
	Took  time.Duration
	Time  time.Time
	Text  string
}

// Entry is a value and the address at which it was seen, "" where there is one only.
type Entry struct {
	At string
	Value
}

// Set is what was observed, by the id of the subject. What is not in it was not
// observed.
type Set map[string][]Entry

// Value returns the value that counts: of several words the one that the
// vocabulary has first, of several flags "yes", of anything else the first seen.
func (s Set) Value(r *Row) (Value, bool) {
	entries := s[r.ID]
	if len(entries) == 0 {
		return Value{}, false
	}
	order := r.Words
	if r.Kind == KindFlag {
		order = []string{yes, no}
	}
	if len(order) == 0 {
		return entries[0].Value, true
	}
	return slices.MinFunc(entries, func(a, b Entry) int {
		return slices.Index(order, a.Word) - slices.Index(order, b.Word)
	}).Value, true
}

// Saw says whether the subject was observed.
func (s Set) Saw(r *Row) bool { return len(s[r.ID]) > 0 }

// Merge returns what was observed in any of the sets. It changes none of them, and shares
// their entries.
func Merge(sets ...Set) Set {
	subjects := 0
	for _, s := range sets {
		subjects += len(s)
	}
	all := make(Set, subjects)
	for _, s := range sets {
		for id, entries := range s {
			if before, twice := all[id]; twice {
				entries = slices.Concat(before, entries)
			}
			all[id] = entries
		}
	}
	return all
}

// MapTexts returns the set with every text and address changed by f.
func (s Set) MapTexts(f func(string) string) Set {
	changed := maps.Clone(s)
	for id, entries := range changed {
		entries = slices.Clone(entries)
		for i := range entries {
			entries[i].At, entries[i].Text = f(entries[i].At), f(entries[i].Text)
		}
		changed[id] = entries
	}
	return changed
}

// maxEntries bounds the values of one subject.
const maxEntries = 64

// Log is where a check records what it sees. Its methods may be called from
// several goroutines at once.
type Log struct {
	mu  sync.Mutex
	set Set
}

func (l *Log) add(r *Row, at string, v Value) {
	l.change(r, func(entries []Entry) (string, Value) { return at, v })
}

// change records the value at an address that next makes of what has been recorded.
func (l *Log) change(r *Row, next func([]Entry) (string, Value)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.set == nil {
		l.set = Set{}
	}
	entries := l.set[r.ID]
	at, v := next(entries)
	if i := slices.IndexFunc(entries, func(e Entry) bool { return e.At == at }); i >= 0 {
		entries[i].Value = v
	} else if len(entries) < maxEntries {
		l.set[r.ID] = append(entries, Entry{at, v})
	}
}

// Seen returns what has been recorded so far.
func (l *Log) Seen() Set {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := maps.Clone(l.set)
	for id, entries := range seen {
		seen[id] = slices.Clone(entries)
	}
	return seen
}

// Collect returns what record records.
func Collect(record func(*Log)) Set {
	var log Log
	record(&log)
	return log.Seen()
}
