package causes

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestEveryPageHasAFile named after its code, which holds no other page, and every
// page in a file is one of All.
func TestEveryPageHasAFile(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	file := map[string]string{} // by the code
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		for _, code := range pagesIn(t, e.Name()) {
			if want := strings.NewReplacer(".", "_", "-", "_").Replace(code) + ".go"; e.Name() != want {
				t.Errorf("%s holds the page %s, want it in %s", e.Name(), code, want)
			}
			if other, twice := file[code]; twice {
				t.Errorf("%s: a page in %s and in %s", code, other, e.Name())
			}
			file[code] = e.Name()
		}
	}
	for _, c := range All() {
		if file[c.Code] == "" {
			t.Errorf("%s: no file holds its page", c.Code)
		}
		delete(file, c.Code)
	}
	for code, name := range file {
		t.Errorf("%s holds the page %s, which All does not list", name, code)
	}
}

// pagesIn returns the codes of the pages in a file: of each Page{...} there that
// has one.
func pagesIn(t *testing.T, name string) (codes []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if kind, ok := lit.Type.(*ast.Ident); !ok || kind.Name != "Page" {
			return true
		}
		for _, e := range lit.Elts {
			field, ok := e.(*ast.KeyValueExpr)
			if !ok || field.Key.(*ast.Ident).Name != "Code" {
				continue
			}
			text, ok := field.Value.(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: a code that is no string literal", name)
				continue
			}
			code, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			codes = append(codes, code)
		}
		return true
	})
	return codes
}
