package observe

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Evidence is an ordered list of keys and values; in JSON it is an object.
type Evidence []Fact

// Fact is one piece of evidence.
type Fact struct{ Key, Value string }

// Add appends a formatted value.
func (e *Evidence) Add(key, format string, args ...any) {
	*e = append(*e, Fact{key, fmt.Sprintf(format, args...)})
}

// Unique numbers the keys that occur again, so that JSON loses none.
func (e Evidence) Unique() Evidence {
	seen := map[string]int{}
	for i, f := range e {
		if seen[f.Key]++; seen[f.Key] > 1 {
			e[i].Key = fmt.Sprintf("%s %d", f.Key, seen[f.Key])
		}
	}
	return e
}

// Get returns the first value of key, or "".
func (e Evidence) Get(key string) string {
	for _, f := range e {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

// MarshalJSON writes an object whose keys keep their order.
func (e Evidence) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, f := range e {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := enc.Encode(f.Key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := enc.Encode(f.Value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads an object of strings and keeps the order of its keys.
func (e *Evidence) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("evidence is not an object")
	}
	*e = nil
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		var value string
		if err := dec.Decode(&value); err != nil {
			return err
		}
		*e = append(*e, Fact{key.(string), value})
	}
	return nil
}
