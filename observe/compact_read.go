package observe

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrNotCompact says that a text is none of Encode's.
var ErrNotCompact = errors.New("no observations of k8sdoctor")

// ReadCompact reads what Encode has written, as far as it was not cut. Subjects and words of
// another version are left out, as if they had not been observed.
func ReadCompact(data []byte) (Compact, error) {
	var c Compact
	records := strings.Split(string(data), ";")
	records = records[:len(records)-1] // what follows the last end was cut
	if !bytes.HasPrefix(data, []byte(compactForm+"/")) || len(records) == 0 {
		return c, ErrNotCompact
	}
	head := strings.Split(records[0], " ")
	if head[0] != compactV1 {
		return c, fmt.Errorf("observations in the form %s; this version reads %s", head[0], compactV1)
	}
	if len(head) != 5 {
		return c, ErrNotCompact
	}
	took, err1 := strconv.ParseInt(head[2], 10, 32)
	total, err2 := strconv.Atoi(head[3])
	if err := errors.Join(err1, err2); err != nil || total < 0 || took < 0 || len(records)-1 > total {
		return c, ErrNotCompact
	}
	c.Version, c.Took, c.Incomplete = unescape(head[1]), time.Duration(took)*time.Millisecond, unescape(head[4])
	places := map[int]Result{}
	for _, text := range records[1:] {
		place, r, err := readRecord(strings.TrimPrefix(text, "\n"))
		if err != nil {
			return c, err
		}
		places[place] = r
	}
	for _, place := range slices.Sorted(maps.Keys(places)) {
		c.Results = append(c.Results, places[place])
	}
	c.Missing = total - len(c.Results)
	return c, nil
}

func readRecord(text string) (place int, r Result, err error) {
	wrong := fmt.Errorf("%w: record %.60q", ErrNotCompact, text)
	fields := strings.Split(text, " ")
	if len(fields) < 3 {
		return 0, r, wrong
	}
	if place, err = strconv.Atoi(fields[0]); err != nil {
		return 0, r, wrong
	}
	for _, status := range telling {
		if fields[1] == string(status[:1]) {
			r.Status = status
		}
	}
	id, blockedBy, _ := strings.Cut(fields[2], "<")
	r.ID, r.BlockedBy = unescape(id), unescape(blockedBy)
	if r.Status == "" || r.ID == "" {
		return 0, r, wrong
	}
	r.Observations = Set{}
	layer, _, _ := strings.Cut(r.ID, ".")
	for _, field := range fields[3:] {
		name, value, ok := strings.Cut(field, "=")
		id, at, _ := strings.Cut(name, "@")
		if strings.HasPrefix(id, ".") {
			id = layer + id
		}
		if !ok {
			return 0, r, wrong
		}
		if i := slices.IndexFunc(Vocabulary(), func(row *Row) bool { return row.ID == id }); i >= 0 {
			if err := r.Observations.readCompact(Vocabulary()[i], unescape(at), value); err != nil {
				return 0, r, fmt.Errorf("%w: %s=%.60s: %w", ErrNotCompact, id, value, err)
			}
		}
	}
	return place, r, nil
}

func (s Set) readCompact(row *Row, at, text string) (err error) {
	var v Value
	switch row.Kind {
	case KindTexts:
		for i, part := range strings.Split(text, ",") {
			s[row.ID] = append(s[row.ID], Entry{strconv.Itoa(i), Value{Text: unescape(part)}})
		}
		return nil
	case KindWord:
		if !slices.Contains(row.Words, text) {
			return nil
		}
		v.Word = text
	case KindFlag:
		if text != yes && text != no {
			return errors.New("neither yes nor no")
		}
		v.Word = text
	case KindCount:
		k, n, _ := strings.Cut(text, "/")
		v.N, err = strconv.Atoi(k)
		if err == nil {
			v.Of, err = strconv.Atoi(n)
		}
		if err == nil && (v.N < 0 || v.N > v.Of || v.Of > math.MaxInt32) {
			err = fmt.Errorf("%d of %d", v.N, v.Of)
		}
	case KindNumber:
		v.N, err = strconv.Atoi(text)
	case KindDuration:
		var microseconds int64
		microseconds, err = strconv.ParseInt(text, 10, 54)
		v.Took = time.Duration(microseconds) * time.Microsecond
	case KindTime:
		v.Time, err = time.Parse(time.RFC3339, text)
	default:
		v.Text = unescape(text)
	}
	if err == nil {
		s[row.ID] = []Entry{{at, v}}
	}
	return err
}

// unescape undoes escape; a text that escape cannot have written stays as it is.
func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}
