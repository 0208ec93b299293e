package examine

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

var (
	subjectNamed = regexp.MustCompile(`(?m)^\s+([A-Z]\w*)\s*= \w+(?:\[\w+\])?\("([a-z0-9.-]+)"`)
	subjectRead  = regexp.MustCompile(`observe\.([A-Z]\w*)`)
)

// TestEverySubjectHasAReader among the pages, the engine, the client table and the
// reports: what nobody reads need not be observed.
func TestEverySubjectHasAReader(t *testing.T) {
	names := map[string]string{} // by id
	for _, text := range sources(t, "../observe") {
		for _, m := range subjectNamed.FindAllStringSubmatch(text, -1) {
			names[m[2]] = m[1]
		}
	}
	read := map[string]bool{}
	for _, dir := range []string{"../causes", "../diagnose", "../clients", "../report"} {
		for _, text := range sources(t, dir) {
			for _, m := range subjectRead.FindAllStringSubmatch(text, -1) {
				read[m[1]] = true
			}
		}
	}
	for _, r := range observe.Vocabulary() {
		name, found := names[r.ID]
		if !found {
			t.Errorf("%s: no variable of package observe holds it", r.ID)
		} else if !read[name] && !detail(r) && unread[r.ID] == "" {
			t.Errorf("%s: nothing reads observe.%s", r.ID, name)
		}
	}
}

// detail says that the subject decides nothing: a report shows it.
func detail(r *observe.Row) bool {
	return slices.Contains([]observe.Kind{observe.KindText, observe.KindTexts, observe.KindTime, observe.KindDuration}, r.Kind)
}

// unread are what only people and programs read in a report, with the reason.
var unread = map[string]string{
	"env.proxy-set":             "env.proxy decides",
	"volume.ca.certificates":    "volume.ca.bundle decides",
	"net.again.refused":         "net.again.connects decides",
	"process.throttled-periods": "process.starved decides",
	"dns.pairs-stall":           "dns.stalls decides",
	"token.fresh.throttled":     "says whether a 429 comes and goes",
	"api.anonymous.versions":    "says what the token changes",
	"api.anonymous.version":     "says what the token changes",
}

// sources are the files of a package without its tests.
func sources(t *testing.T, dir string) (texts []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no sources, %v", dir, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	return texts
}
