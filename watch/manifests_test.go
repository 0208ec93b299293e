package watch

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// TestManifestsNameMetricsThatExist holds the alert rules and the dashboard to what watch
// serves, with its labels.
func TestManifestsNameMetricsThatExist(t *testing.T) {
	m := NewMetrics("v1", time.Minute)
	m.Add(round(0, time.Millisecond, "net.api-down"))
	response := httptest.NewRecorder()
	m.ServeHTTP(response, httptest.NewRequest("GET", "/metrics", nil))
	served := response.Body.String()
	for _, file := range []string{"alerts.yaml", "grafana-dashboard.json"} {
		data, err := os.ReadFile("../manifests/" + file)
		if err != nil {
			t.Fatal(err)
		}
		var document map[string]any
		if err := yaml.Unmarshal(data, &document); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if strings.HasSuffix(file, ".json") && !json.Valid(data) {
			t.Errorf("%s: no JSON", file)
		}
		names := regexp.MustCompile(`k8sdoctor_[a-z_]+`).FindAllString(string(data), -1)
		for _, name := range names {
			if !strings.Contains(served, "\n"+name+"{") && !strings.Contains(served, "\n"+name+" ") {
				t.Errorf("%s: no metric is named %s", file, name)
			}
		}
		if len(names) == 0 {
			t.Errorf("%s names no metric", file)
		}
		for _, label := range regexp.MustCompile(`(outcome|confidence|code|layer|check)(=~?|\))`).FindAllStringSubmatch(string(data), -1) {
			if !strings.Contains(served, label[1]+`="`) {
				t.Errorf("%s: no label is named %s", file, label[1])
			}
		}
	}
}
