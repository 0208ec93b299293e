package report

import (
	"io"
	"path/filepath"
	"strings"
)

// Options are what a format for people heeds.
type Options struct {
	// Width is how many columns a line may take: 80 when it is 0, never less
	// than 40. Commands to paste are not broken.
	Width int
	// Color colors the marks of the rows and the codes of causes.
	Color bool
	// Symbols shows a row's status as a symbol rather than a word: for a terminal that
	// knows them.
	Symbols bool
	// Again is the command that writes the wide report of the same pod.
	Again string
	// Program is the one that explains causes, where it is not k8sdoctor itself.
	Program string
}

// FormatOf is one form of a document.
type FormatOf[D any] struct {
	Name  string
	Write func(w io.Writer, document D, opts Options) error
}

// Format is one form of a report.
type Format = FormatOf[Report]

// Formats returns those of the whole report, the usual one first.
func Formats() []Format {
	return []Format{
		{"table", Table},
		{"wide", Wide},
		{"json", forPrograms(JSON)},
		{"yaml", forPrograms(YAML)},
		{"markdown", forPrograms(Markdown)},
		{"html", forPrograms(HTML)},
		{"junit", forPrograms(JUnit)},
		{"github", forPrograms(GitHub)},
		{"prometheus", forPrograms(Prometheus)},
	}
}

// NodesFormats returns those of a run on many nodes, the usual one first.
func NodesFormats() []FormatOf[Nodes] {
	return []FormatOf[Nodes]{
		{"table", NodesTable},
		{"wide", NodesWide},
		{"json", forPrograms(NodesJSON)},
		{"yaml", forPrograms(NodesYAML)},
		{"html", forPrograms(NodesHTML)},
	}
}

// forPrograms is a format that no terminal shapes.
func forPrograms[D any](write func(io.Writer, D) error) func(io.Writer, D, Options) error {
	return func(w io.Writer, document D, _ Options) error { return write(w, document) }
}

// OfFile is the format that the ending of a file's name stands for; ok is false for an
// ending that stands for none.
func OfFile(name string) (format string, ok bool) {
	format, ok = map[string]string{
		".txt": "table", ".log": "table", ".json": "json", ".yaml": "yaml", ".yml": "yaml", ".md": "markdown", ".html": "html", ".htm": "html", ".xml": "junit", ".prom": "prometheus",
	}[strings.ToLower(filepath.Ext(name))]
	return format, ok
}

// MessageFormats returns those of the termination message, the usual one first.
func MessageFormats() []Format {
	message := func(of func(Report) []byte) func(io.Writer, Report, Options) error {
		return func(w io.Writer, r Report, _ Options) error {
			_, err := w.Write(of(r))
			return err
		}
	}
	return []Format{{"text", message(TerminationText)}, {"json", message(TerminationMessage)}, {"observations", message(TerminationObservations)}}
}
