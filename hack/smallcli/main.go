// Command smallcli copies urfave/cli without its printer of help, in place of which
// k8sdoctor has its own, for a smaller build.
//
// That printer is never called, but the linker cannot know: it uses text/template, which
// calls methods by their names, and so every method of every type is kept. Without it the
// binary is a sixth smaller. The program does the same with the library as it is.
package main

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	module  = "github.com/urfave/cli/v2"
	file    = "help.go"
	printer = "printHelpCustom"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: smallcli DIR")
	}
	if err := write(os.Args[1]); err != nil {
		log.Fatalf("smallcli: %v", err)
	}
}

// write copies the package of the library to DIR/cli, and writes DIR/small.mod, a go.mod in
// which the copy is the library.
func write(dir string) error {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return fmt.Errorf("where is %s? %w", module, err)
	}
	library := strings.TrimSpace(string(out))
	copied := filepath.Join(dir, "cli")
	if err := os.RemoveAll(copied); err != nil {
		return err
	}
	if err := os.MkdirAll(copied, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(library)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") || name == "go.mod" || name == "LICENSE" {
			if err := copyFile(filepath.Join(copied, name), filepath.Join(library, name)); err != nil {
				return err
			}
		}
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return err
	}
	mod = fmt.Appendf(mod, "\nreplace %s => ./%s\n", module, filepath.ToSlash(copied))
	if err := os.WriteFile(filepath.Join(dir, "small.mod"), mod, 0o644); err != nil {
		return err
	}
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "small.sum"), sum, 0o644)
}

// copyFile copies a file of the library, the one with the printer without it.
func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if filepath.Base(from) == file {
		if data, err = without(data); err != nil {
			return fmt.Errorf("%s: %w", from, err)
		}
	}
	return os.WriteFile(to, data, 0o644)
}

// without returns the source with nothing in the printer, and without the imports that
// only it needs.
func without(source []byte) ([]byte, error) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, 0)
	if err != nil {
		return nil, err
	}
	found := false
	for _, d := range tree.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == printer {
			f.Body.List, found = nil, true
		}
	}
	if !found {
		return nil, fmt.Errorf("it has no function %s", printer)
	}
	used := map[string]bool{}
	ast.Inspect(tree, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	for _, d := range tree.Decls {
		if imports, ok := d.(*ast.GenDecl); ok && imports.Tok == token.IMPORT {
			imports.Specs = slices.DeleteFunc(imports.Specs, func(s ast.Spec) bool {
				path, err := strconv.Unquote(s.(*ast.ImportSpec).Path.Value)
				return err == nil && !used[path[strings.LastIndex(path, "/")+1:]]
			})
		}
	}
	var b strings.Builder
	if err := format.Node(&b, set, tree); err != nil {
		return nil, err
	}
	return []byte(b.String()), nil
}
