package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestChangeFitsTheLibrary reads the libraries as go.mod has them.
func TestChangeFitsTheLibrary(t *testing.T) {
	for _, l := range libraries {
		t.Run(l.copied, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), l.copied)
			if err := l.copyTo(dir); err != nil {
				t.Fatal(err)
			}
			source, err := l.source()
			if err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(filepath.Join(source, l.file))
			if err != nil {
				t.Fatal(err)
			}
			after, err := os.ReadFile(filepath.Join(dir, l.file))
			if err != nil {
				t.Fatal(err)
			}
			gone, stays := `"text/template"`, "func "+printer
			switch l.copied {
			case "tablewriter":
				gone, stays = largeCache, smallCache
			case "errors":
				gone, stays = warmPool, coldPool
			}
			if !strings.Contains(string(before), gone) || strings.Contains(string(after), gone) || !strings.Contains(string(after), stays) {
				t.Errorf("the copy still has %s, or lacks %s:\n%.600s", gone, stays, after)
			}
			if licences, err := filepath.Glob(filepath.Join(dir, "LICENSE*")); err != nil || len(licences) == 0 {
				t.Errorf("the copy has no licence, %v", err)
			}
		})
	}
}

func TestAnotherLibraryIsAnError(t *testing.T) {
	if _, err := withoutPrinter([]byte("package cli\n\nfunc printHelp() {}\n")); err == nil || !strings.Contains(err.Error(), printer) {
		t.Errorf("got %v, want that the printer is missing", err)
	}
	if _, err := replacing(largeCache, smallCache)([]byte("package twwidth\n\nconst cacheCapacity = 4096\n")); err == nil || !strings.Contains(err.Error(), largeCache) {
		t.Errorf("got %v, want that the capacity is another", err)
	}
}
