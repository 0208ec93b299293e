package observe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// MarshalJSON writes an object by the ids of the subjects, in the order of the
// vocabulary. A subject that is looked at in several places is an object by their
// addresses.
func (s Set) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for _, r := range Vocabulary() {
		entries := s[r.ID]
		if len(entries) == 0 {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.Write(quoted(r.ID))
		b.WriteByte(':')
		switch {
		case r.Kind == KindTexts:
			b.Write(list('[', ']', entries, func(e Entry) []byte { return r.encode(e.Value) }))
		case r.Each != "":
			b.Write(list('{', '}', entries, func(e Entry) []byte {
				return slices.Concat(quoted(e.At), []byte(":"), r.encode(e.Value))
			}))
		default:
			b.Write(r.encode(entries[0].Value))
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func list(open, end byte, entries []Entry, encode func(Entry) []byte) []byte {
	items := make([][]byte, len(entries))
	for i, e := range entries {
		items[i] = encode(e)
	}
	return slices.Concat([]byte{open}, bytes.Join(items, []byte(",")), []byte{end})
}

func quoted(text string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(text) != nil { // no text is refused
		return []byte(`""`)
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

func (r *Row) encode(v Value) []byte {
	switch r.Kind {
	case KindWord:
		return quoted(v.Word)
	case KindFlag:
		return strconv.AppendBool(nil, v.Word == yes)
	case KindCount:
		return fmt.Appendf(nil, `{"count":%d,"of":%d}`, v.N, v.Of)
	case KindNumber:
		return strconv.AppendInt(nil, int64(v.N), 10)
	case KindDuration:
		return strconv.AppendFloat(nil, float64(v.Took.Microseconds())/1000, 'f', -1, 64)
	case KindTime:
		return quoted(v.Time.UTC().Format(time.RFC3339))
	}
	return quoted(v.Text)
}

// UnmarshalJSON reads what MarshalJSON writes. Subjects and words of another
// version are left out, as if they had not been observed; a value of the wrong
// form is an error that names its subject.
func (s *Set) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return fmt.Errorf("observations are no object")
	}
	*s = Set{}
	for _, r := range Vocabulary() {
		value, ok := raw[r.ID]
		if !ok {
			continue
		}
		if err := s.read(r, value); err != nil {
			return fmt.Errorf("observation %s: %w", r.ID, err)
		}
	}
	return nil
}

func (s Set) read(r *Row, data json.RawMessage) error {
	switch {
	case r.Kind == KindTexts:
		var list []string
		if json.Unmarshal(data, &list) != nil {
			return fmt.Errorf("%.40s is no list of texts", data)
		}
		for i, text := range list[:min(len(list), maxEntries)] {
			s[r.ID] = append(s[r.ID], Entry{strconv.Itoa(i), Value{Text: text}})
		}
		return nil
	case r.Each == "":
		return s.readOne(r, "", data)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("no object by %s", r.Each)
	}
	for dec.More() && len(s[r.ID]) < maxEntries {
		at, err := dec.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
		if err := s.readOne(r, at.(string), value); err != nil {
			return fmt.Errorf("%v: %w", at, err)
		}
	}
	return nil
}

func (s Set) readOne(r *Row, at string, data json.RawMessage) error {
	v, known, err := r.decode(data)
	if err == nil && known {
		s[r.ID] = append(s[r.ID], Entry{at, v})
	}
	return err
}

// decode reads a value; known is false for a word that this version lacks.
func (r *Row) decode(data json.RawMessage) (v Value, known bool, err error) {
	form := func(into any) error {
		if json.Unmarshal(data, into) != nil {
			return fmt.Errorf("%.40s is no %s", data, r.Kind)
		}
		return nil
	}
	switch r.Kind {
	case KindWord:
		err = form(&v.Word)
		return v, slices.Contains(r.Words, v.Word), err
	case KindFlag:
		var is bool
		err = form(&is)
		v.Word = yesOrNo(is)
	case KindCount:
		var count struct {
			Count int `json:"count"`
			Of    int `json:"of"`
		}
		if err = form(&count); err == nil && (count.Count < 0 || count.Count > count.Of || count.Of > math.MaxInt32) {
			err = fmt.Errorf("%d of %d", count.Count, count.Of)
		}
		v.N, v.Of = count.Count, count.Of
	case KindNumber:
		err = form(&v.N)
	case KindDuration:
		var ms float64
		err = form(&ms)
		if err == nil && math.Abs(ms) > float64(math.MaxInt64/int64(time.Millisecond)) {
			err = fmt.Errorf("%.40s is no %s", data, r.Kind)
		}
		v.Took = time.Duration(math.Round(ms*1000)) * time.Microsecond
	case KindTime:
		err = form(&v.Time)
	default:
		err = form(&v.Text)
	}
	return v, true, err
}
