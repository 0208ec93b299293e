package observe

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Compact is a run of the checks in a form that fits where there is little room, such as a
// termination message: what decides a verdict, and of the rest as much as has room.
type Compact struct {
	Version    string // of the k8sdoctor that ran
	Took       time.Duration
	Incomplete string // why checks are missing; empty where none are
	Results    []Result
	// Missing is how many results were cut off, or had no room.
	Missing int
}

// Each result is a record on a line of its own, behind a head of the same form. A record is
// whole only with its end: what follows the last one was cut.
const (
	compactForm = "k8sdoctor-observations"
	compactV1   = compactForm + "/1"
	recordEnd   = ";\n"
	// maxCompactText is how long a text may be, in bytes; a longer one is left out, as half a name
	// in a command is worse than none.
	maxCompactText = 160
)

// telling are the statuses, the most telling first; the first letter of each stands for it.
var telling = []Status{Fail, Warn, Pass, Skip}

// Encode returns ASCII of at most limit bytes, with the most telling results first. Values
// that decide come before texts, times and durations; where not even they have room, the least
// telling results are left out.
func (c Compact) Encode(limit int) []byte {
	records := make([]record, len(c.Results))
	for i, r := range c.Results {
		records[i] = recordOf(i, r)
	}
	slices.SortStableFunc(records, func(a, b record) int { return cmp.Compare(a.rank, b.rank) })
	head := fmt.Sprintf("%s %s %d %d %s%s", compactV1, escape(c.Version), c.Took.Milliseconds(), len(records), escape(c.Incomplete), recordEnd)
	room := limit - len(head)
	for i := range records {
		if room -= len(records[i].decides) + len(recordEnd); room < 0 {
			room += len(records[i].decides) + len(recordEnd)
			records = records[:i]
			break
		}
	}
	b := bytes.NewBufferString(head)
	for _, r := range records {
		b.WriteString(r.decides)
		for _, text := range r.texts {
			if len(text) <= room {
				b.WriteString(text)
				room -= len(text)
			}
		}
		b.WriteString(recordEnd)
	}
	return b.Bytes()
}

// record is a result while it is encoded.
type record struct {
	rank    int
	decides string
	texts   []string
}

func recordOf(place int, r Result) record {
	id := escape(r.ID)
	if r.BlockedBy != "" {
		id += "<" + escape(r.BlockedBy)
	}
	rank := slices.Index(telling, r.Status)
	if rank < 0 {
		rank = len(telling) - 1
	}
	rec := record{rank: rank, decides: fmt.Sprintf("%d %.1s %s", place, telling[rank], id)}
	for _, row := range Vocabulary() {
		if !r.Observations.Saw(row) {
			continue
		}
		if text := " " + shortened(row.ID, r.ID) + encodeEntries(row, r.Observations); row.decides() {
			rec.decides += text
		} else if len(text) <= maxCompactText {
			rec.texts = append(rec.texts, text)
		}
	}
	return rec
}

// decides says that a value of the row can exclude or prove a cause.
func (r *Row) decides() bool {
	return slices.Contains([]Kind{KindWord, KindFlag, KindCount, KindNumber}, r.Kind)
}

// shortened leaves out the part of a subject's id that the check's id begins with as well.
func shortened(subject, check string) string {
	layer, _, _ := strings.Cut(check, ".")
	if rest, ok := strings.CutPrefix(subject, layer+"."); ok {
		return "." + rest
	}
	return subject
}

// encodeEntries is the value that counts, and where it was seen, or all of a list.
func encodeEntries(row *Row, seen Set) string {
	entries := seen[row.ID]
	if row.Kind == KindTexts {
		texts := make([]string, len(entries))
		for i, e := range entries {
			texts[i] = escape(e.Text)
		}
		return "=" + strings.Join(texts, ",")
	}
	value, _ := seen.Value(row)
	at := entries[slices.IndexFunc(entries, func(e Entry) bool { return e.Value == value })].At
	if at != "" {
		at = "@" + escape(at)
	}
	return at + "=" + row.compact(value)
}

func (r *Row) compact(v Value) string {
	switch r.Kind {
	case KindWord, KindFlag:
		return v.Word
	case KindCount:
		return fmt.Sprintf("%d/%d", v.N, v.Of)
	case KindNumber:
		return strconv.Itoa(v.N)
	case KindDuration:
		return strconv.FormatInt(v.Took.Microseconds(), 10)
	case KindTime:
		return v.Time.UTC().Format(time.RFC3339)
	}
	return escape(v.Text)
}

// escape keeps out of a text what is no printable ASCII, and what divides a record, as
// RFC 3986 has it.
func escape(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c <= ' ' || c > '~' || strings.IndexByte("%;,=@<", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
