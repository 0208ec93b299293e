package clients_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/clients"
)

// Every input tells in some pod of the tests: without it, or with another value,
// the table is another one.
func TestEveryInputIsRead(t *testing.T) {
	for _, row := range clients.Inputs() {
		read := false
		for _, seen := range worlds() {
			table := clients.Table(seen)
			without := maps.Clone(seen)
			delete(without, row.ID)
			read = read || !cmp.Equal(table, clients.Table(without))
		}
		if !read {
			t.Errorf("%s tells in no pod of the tests", row.ID)
		}
	}
}

// No other subject is read: the source names those of Inputs, each once.
func TestInputsAreAllThatIsRead(t *testing.T) {
	subjects := map[string]bool{}
	for _, file := range parsed(t, "../observe") {
		for _, name := range variables(file) {
			subjects[name] = true
		}
	}
	var listed, read []string
	for _, file := range parsed(t, ".") {
		for _, decl := range file.Decls {
			f, isFunc := decl.(*ast.FuncDecl)
			isInputs := isFunc && f.Name.Name == "Inputs"
			ast.Inspect(decl, func(n ast.Node) bool {
				selector, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if from, ok := selector.X.(*ast.Ident); !ok || from.Name != "observe" || !subjects[selector.Sel.Name] {
					return true
				}
				if isInputs {
					listed = append(listed, selector.Sel.Name)
				} else {
					read = append(read, selector.Sel.Name)
				}
				return true
			})
		}
	}
	slices.Sort(listed)
	slices.Sort(read)
	if diff := cmp.Diff(slices.Compact(read), listed); diff != "" {
		t.Errorf("Inputs (-read +listed):\n%s", diff)
	}
	if got := len(clients.Inputs()); got != len(listed) || got == 0 {
		t.Errorf("got %d inputs, want %d", got, len(listed))
	}
}

// The table is made of observations alone.
func TestImportsAreObservations(t *testing.T) {
	for name, file := range parsed(t, ".") {
		for _, spec := range file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if strings.Contains(path, ".") && !strings.HasSuffix(path, "k8sdoctor/observe") {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

// parsed returns the files of a package that are no tests.
func parsed(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", dir, len(names), err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if files[name], err = parser.ParseFile(token.NewFileSet(), name, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// variables are the names of a file's exported variables.
func variables(file *ast.File) []string {
	var names []string
	for _, decl := range file.Decls {
		general, ok := decl.(*ast.GenDecl)
		if !ok || general.Tok != token.VAR {
			continue
		}
		for _, spec := range general.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				if name.IsExported() {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}
