package report

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func validate(t *testing.T, s *jsonschema.Schema, document string) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(value)
}

func TestJSONMatchesTheSchema(t *testing.T) {
	s := schema(t)
	reports := map[string]Report{"healthy": saved(t, "healthy"), "failing": saved(t, "failing")}
	empty := Report{APIVersion: "k8sdoctor/v1", Kind: "Report", Status: observe.Pass, Attempt: 1, Verdict: diagnose.Diagnose(causes.Pod{}, nil)}
	empty.Verdict.Causes = nil
	reports["no results"] = empty
	full := saved(t, "failing")
	full.Simulated, full.Incomplete, full.Attempt = true, "interrupted by SIGTERM", 3
	full.Started = time.Date(2026, 11, 22, 4, 48, 19, 123456789, time.FixedZone("CET", 3600))
	full.Verdict.Causes = []diagnose.Finding{{Code: "storage.slow", Confidence: causes.Possible, Title: "the disk is slow", Problem: 1}}
	reports["all fields, another zone"] = full
	for _, c := range causes.All() {
		r := empty
		r.Status = observe.Fail
		r.Results = []observe.Result{{ID: "some.check", Title: "all is well", Status: observe.Fail, Summary: "it is not"}}
		r.Verdict = verdictOf(c)
		reports[c.Code] = r
	}
	for name, r := range reports {
		document := asJSON(t, r)
		if err := validate(t, s, document); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(document, ": null") || strings.Contains(document, `\u003c`) || !strings.HasSuffix(document, "}\n") {
			t.Errorf("%s: a null, escaped HTML or no newline at the end", name)
		}
	}
	if document := asJSON(t, full); !strings.Contains(document, `"started": "2026-11-22T03:48:19.123456789Z"`) {
		t.Errorf("the start is not in UTC:\n%s", document)
	}
}

func TestSchemaRejects(t *testing.T) {
	s := schema(t)
	type object = map[string]any
	result := func(o object, status string) object {
		for _, r := range o["results"].([]any) {
			if r.(object)["status"] == status {
				return r.(object)
			}
		}
		t.Fatalf("no result has status %s", status)
		return nil
	}
	for name, breakIt := range map[string]func(o object){
		"no results":                       func(o object) { delete(o, "results") },
		"null results":                     func(o object) { o["results"] = nil },
		"another version":                  func(o object) { o["apiVersion"] = "k8sdoctor/v2" },
		"another kind":                     func(o object) { o["kind"] = "Pod" },
		"an unknown field":                 func(o object) { o["token"] = "x" },
		"a local time":                     func(o object) { o["started"] = "2026-11-22T04:48:19+01:00" },
		"no time":                          func(o object) { o["started"] = "yesterday Z" },
		"skip as status of the run":        func(o object) { o["status"] = "skip" },
		"a negative duration":              func(o object) { o["durationMs"] = -1 },
		"no attempt":                       func(o object) { o["attempt"] = 0 },
		"an empty reason":                  func(o object) { o["incomplete"] = "" },
		"a pod without a name field":       func(o object) { delete(o["pod"].(object), "name") },
		"an unknown field of the pod":      func(o object) { o["pod"].(object)["uid"] = "x" },
		"a verdict without summary":        func(o object) { o["verdict"].(object)["summary"] = "" },
		"causes that are null":             func(o object) { o["verdict"].(object)["causes"] = nil },
		"a finding without fix":            func(o object) { delete(o["verdict"].(object)["causes"].([]any)[0].(object), "fix") },
		"a finding without contradictions": func(o object) { delete(o["verdict"].(object)["causes"].([]any)[0].(object), "contradicts") },
		"no clients":                       func(o object) { delete(o, "clients") },
		"a client without source":          func(o object) { o["clients"].([]any)[0].(object)["since"] = "" },
		"a client of an unknown outcome":   func(o object) { o["clients"].([]any)[0].(object)["outcome"] = "maybe" },
		"an unknown field of a client":     func(o object) { o["clients"].([]any)[0].(object)["version"] = "1" },
		"a code without layer":             func(o object) { o["verdict"].(object)["causes"].([]any)[0].(object)["code"] = "down" },
		"a code with a dangling hyphen":    func(o object) { o["verdict"].(object)["causes"].([]any)[0].(object)["code"] = "net.api-" },
		"an unknown confidence":            func(o object) { o["verdict"].(object)["causes"].([]any)[0].(object)["confidence"] = "sure" },
		"a pass that is blocked":           func(o object) { result(o, "pass")["blockedBy"] = "net.connect" },
		"a failure that is blocked":        func(o object) { result(o, "fail")["blockedBy"] = "net.connect" },
		"an unknown status":                func(o object) { result(o, "pass")["status"] = "ok" },
		"an id without layer":              func(o object) { result(o, "pass")["id"] = "connect" },
		"an id in capitals":                func(o object) { result(o, "pass")["id"] = "Net.connect" },
		"evidence that is no text":         func(o object) { result(o, "pass")["evidence"] = object{"n": 1} },
		"evidence that is a list":          func(o object) { result(o, "pass")["evidence"] = []any{"n"} },
		"a result without title":           func(o object) { delete(result(o, "pass"), "title") },
		"a result without a summary":       func(o object) { result(o, "pass")["summary"] = "" },
		"an unknown field of the result":   func(o object) { result(o, "pass")["hint"] = "x" },
		"an unknown field of the verdict":  func(o object) { o["verdict"].(object)["advice"] = "x" },
	} {
		var document object
		if err := json.Unmarshal([]byte(asJSON(t, saved(t, "failing"))), &document); err != nil {
			t.Fatal(err)
		}
		breakIt(document)
		data, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		if validate(t, s, string(data)) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestJSONRoundTrip(t *testing.T) {
	for _, name := range []string{"healthy", "failing"} {
		r := saved(t, name)
		var again Report
		if err := json.Unmarshal([]byte(asJSON(t, r)), &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, again); diff != "" {
			t.Errorf("%s (-written +read):\n%s", name, diff)
		}
	}
}

func TestJSONOfHostileReports(t *testing.T) {
	for name, r := range hostile() {
		if !json.Valid([]byte(asJSON(t, r))) {
			t.Errorf("%s: not JSON", name)
		}
	}
}
