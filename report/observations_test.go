package report

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// observationsSchema describes what a result has observed, subject by subject.
func observationsSchema(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`    "observations": {
      "description": "observations as typed values, by subject; a missing subject was not observed",
      "type": "object",
      "additionalProperties": false,
      "properties": {
`)
	for i, r := range observe.Vocabulary() {
		of := valueSchema(r)
		if r.Each != "" {
			of = map[string]any{"type": "object", "additionalProperties": of}
			of["description"] = "by " + r.Each + ": " + r.Means
		} else {
			of["description"] = r.Means
		}
		var line bytes.Buffer
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(of); err != nil {
			t.Fatal(err)
		}
		comma := ","
		if i == len(observe.Vocabulary())-1 {
			comma = ""
		}
		b.WriteString(`        "` + r.ID + `": ` + strings.TrimSpace(line.String()) + comma + "\n")
	}
	b.WriteString("      }\n    },\n")
	return b.String()
}

func valueSchema(r *observe.Row) map[string]any {
	switch r.Kind {
	case observe.KindWord:
		return map[string]any{"enum": r.Words}
	case observe.KindFlag:
		return map[string]any{"type": "boolean"}
	case observe.KindCount:
		return map[string]any{"$ref": "#/$defs/count"}
	case observe.KindNumber:
		return map[string]any{"type": "integer"}
	case observe.KindDuration:
		return map[string]any{"type": "number"}
	case observe.KindTime:
		return map[string]any{"type": "string", "format": "date-time"}
	case observe.KindTexts:
		return map[string]any{"type": "array", "items": map[string]any{"type": "string"}}
	}
	return map[string]any{"type": "string"}
}

var observationsPart = regexp.MustCompile(`(?s)    "observations": \{\n      "description".*?\n    \},\n`)

// TestSchemaListsEverySubject holds the schema to the vocabulary.
func TestSchemaListsEverySubject(t *testing.T) {
	data, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	want := observationsSchema(t)
	if *update {
		if err := os.WriteFile("schema.json", observationsPart.ReplaceAllLiteral(data, []byte(want)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(observationsPart.Find(data))); diff != "" {
		t.Errorf("go test ./report -run SchemaListsEverySubject -update (-want +got):\n%s", diff)
	}
}
