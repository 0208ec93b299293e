// Command smalllibs copies three libraries with a small change in each, for a smaller build
// that starts sooner. The program does the same with the libraries as they are.
//
//   - urfave/cli without its printer of help, in place of which k8sdoctor has its own. That
//     printer is never called, but the linker cannot know: it uses text/template, which calls
//     methods by their names, and so every method of every type is kept. Without it the binary
//     is a sixth smaller.
//   - tablewriter with a small cache of the widths of texts. It is made before main begins,
//     whatever the command: with room for 8,192 texts that is a tenth of the time that
//     "k8sdoctor --version" takes, and a fifth of what a run of the checks allocates.
//   - errors, which tablewriter uses, without the hundred errors that it makes in advance.
package main

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// library is a library, and what is changed in one file of it.
type library struct {
	module, copied string // copied is the name of the directory
	file           string // with slashes
	change         func(source []byte) ([]byte, error)
}

var libraries = []library{
	{"github.com/urfave/cli/v2", "cli", "help.go", withoutPrinter},
	{"github.com/olekukonko/tablewriter", "tablewriter", "pkg/twwidth/width.go", replacing(largeCache, smallCache)},
	{"github.com/olekukonko/errors", "errors", "errors.go", replacing(warmPool, coldPool)},
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: smalllibs DIR")
	}
	if err := write(os.Args[1]); err != nil {
		log.Fatalf("smalllibs: %v", err)
	}
}

// write copies the libraries to DIR, and writes DIR/small.mod, a go.mod in which the copies
// are the libraries.
func write(dir string) error {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return err
	}
	for _, l := range libraries {
		copied := filepath.Join(dir, l.copied)
		if err := l.copyTo(copied); err != nil {
			return err
		}
		mod = fmt.Appendf(mod, "\nreplace %s => ./%s\n", l.module, filepath.ToSlash(copied))
	}
	if err := os.WriteFile(filepath.Join(dir, "small.mod"), mod, 0o644); err != nil {
		return err
	}
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "small.sum"), sum, 0o644)
}

// source is where the library is that go.mod names.
func (l library) source() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", l.module).Output()
	if err != nil {
		return "", fmt.Errorf("where is %s? %w", l.module, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// copyTo copies what a build needs, and the licence.
func (l library) copyTo(dir string) error {
	source, err := l.source()
	if err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	changed := false
	err = filepath.WalkDir(source, func(from string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(source, from)
		if err != nil {
			return err
		}
		base := filepath.Base(name)
		if e.IsDir() {
			if base != "." && (strings.HasPrefix(base, "_") || strings.HasPrefix(base, ".") || base == "cmd" || base == "tests" || base == "testdata") {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(dir, name), 0o755)
		}
		if !(strings.HasSuffix(base, ".go") && !strings.HasSuffix(base, "_test.go") || base == "go.mod" || strings.HasPrefix(base, "LICENSE")) {
			return nil
		}
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if filepath.ToSlash(name) == l.file {
			changed = true
			if data, err = l.change(data); err != nil {
				return fmt.Errorf("%s: %w", from, err)
			}
		}
		return os.WriteFile(filepath.Join(dir, name), data, 0o644)
	})
	if err == nil && !changed {
		err = fmt.Errorf("%s has no file %s", l.module, l.file)
	}
	return err
}

const printer = "printHelpCustom"

// withoutPrinter returns the source with nothing in the printer, and without the imports that
// only it needs.
func withoutPrinter(source []byte) ([]byte, error) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "", source, 0)
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

const (
	largeCache = "cacheCapacity = 8192"
	smallCache = "cacheCapacity = 64" // room for the texts of one table
	warmPool   = "warmUpSize  = 100"
	coldPool   = "warmUpSize  = 0"
)

// replacing returns a change of a source that says before once, and says after then.
func replacing(before, after string) func(source []byte) ([]byte, error) {
	return func(source []byte) ([]byte, error) {
		if strings.Count(string(source), before) != 1 {
			return nil, fmt.Errorf("it does not say %q once", before)
		}
		return []byte(strings.Replace(string(source), before, after, 1)), nil
	}
}
