package diagnosis

import "github.com/k8sdoctor/k8sdoctor/checks"

func result(id string, status checks.Status, code string, facts ...string) checks.Result {
	r := checks.Result{ID: id, Status: status, Code: code, Summary: "what " + id + " saw"}
	for i := 0; i < len(facts); i += 2 {
		r.Evidence.Add(facts[i], "%s", facts[i+1])
	}
	return r
}
