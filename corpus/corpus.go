// Package corpus keeps what provoked faults have shown, with what was broken, so that
// a change of the pages or of the engine is measured without provoking them again.
package corpus

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Case is what one pod has shown.
type Case struct {
	Name string `json:"name"`
	// Truth are the codes of what was broken, none in a pod that is well.
	Truth []string `json:"truth,omitempty"`
	// Results are what a verdict rests on; see Of.
	Results []observe.Result `json:"results"`
}

// Of makes a case of a run's results. It keeps what decides: statuses, codes, and of
// the observations the value that counts, without texts, times and addresses.
func Of(name string, truth []string, results []observe.Result) Case {
	c := Case{Name: name, Truth: truth, Results: []observe.Result{}}
	for _, r := range results {
		c.Results = append(c.Results, observe.Result{ID: r.ID, Status: r.Status, Observations: decisive(r.Observations)})
	}
	return c
}

func decisive(seen observe.Set) observe.Set {
	kept := observe.Set{}
	for _, r := range observe.Vocabulary() {
		switch r.Kind {
		case observe.KindWord, observe.KindFlag, observe.KindCount, observe.KindNumber:
			if v, ok := seen.Value(r); ok {
				kept[r.ID] = []observe.Entry{{Value: v}}
			}
		}
	}
	return kept
}

// ending is how the names of stored sets end.
const ending = ".json.gz"

// Write stores cases as a set, in the order of their names: equal cases are equal
// bytes.
func Write(file string, cases []Case) (err error) {
	cases = slices.SortedFunc(slices.Values(cases), func(a, b Case) int { return cmp.Compare(a.Name, b.Name) })
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(z).Encode(cases); err != nil {
		return err
	}
	return z.Close()
}

// Load reads the stored set of that name in a directory.
func Load(dir, set string) (cases []Case, err error) {
	f, err := os.Open(filepath.Join(dir, set+ending))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return cases, json.NewDecoder(z).Decode(&cases)
}

// Stored lists the sets of a directory.
func Stored(dir string) (sets []string, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*"+ending))
	for _, file := range files {
		sets = append(sets, strings.TrimSuffix(filepath.Base(file), ending))
	}
	return sets, err
}
