package report

import (
	"bytes"
	_ "embed" // for Schema
	"encoding/json"
	"io"
	"slices"

	goyaml "go.yaml.in/yaml/v2"
	"sigs.k8s.io/yaml"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Schema is the JSON Schema of what JSON writes.
//
//go:embed schema.json
var Schema string

// JSON writes the report as one indented document that ends in a newline.
func JSON(w io.Writer, r Report) error { return writeJSON(w, r.complete()) }

// complete is the report without what JSON would show as null.
func (r Report) complete() Report {
	r.Started = r.Started.UTC()
	r.Results, r.Clients = orEmpty(r.Results), r.clients()
	r.Verdict.Causes = slices.Clone(orEmpty(r.Verdict.Causes))
	for i, c := range r.Verdict.Causes {
		full := &r.Verdict.Causes[i]
		full.Evidence, full.Contradicts = orEmpty(c.Evidence), orEmpty(c.Contradicts)
		full.Consequences, full.Fix = orEmpty(c.Consequences), orEmpty(c.Fix)
		full.RuledOut = orEmpty(c.RuledOut)
		full.Steps, full.Blanks = orEmpty(c.Steps), orEmpty(c.Blanks)
	}
	return r
}

func writeJSON(w io.Writer, document any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(document)
}

// YAML writes the same document as JSON does.
func YAML(w io.Writer, r Report) error { return asYAML(w, r, JSON) }

// asYAML writes as YAML what another function writes as JSON.
func asYAML[D any](w io.Writer, of D, asJSON func(io.Writer, D) error) error {
	var b bytes.Buffer
	if err := asJSON(&b, of); err != nil {
		return err
	}
	var document map[string]any
	if err := json.Unmarshal(b.Bytes(), &document); err != nil {
		return err
	}
	data, err := goyaml.Marshal(yaml.JSONObjectToYAMLObject(document))
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// orEmpty keeps null out of the document.
func orEmpty[T observe.Result | diagnose.Finding | diagnose.Excluded | causes.Step | causes.Blank | string](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
