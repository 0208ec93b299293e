package report

import "io"

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
}

// Format is one form of a report.
type Format struct {
	Name  string
	Write func(w io.Writer, r Report, opts Options) error
}

// Formats returns those of the whole report, the usual one first.
func Formats() []Format {
	return []Format{
		{"table", Table},
		{"wide", Wide},
		{"json", func(w io.Writer, r Report, _ Options) error { return JSON(w, r) }},
	}
}

// MessageFormats returns those of the termination message, the usual one first.
func MessageFormats() []Format {
	message := func(of func(Report) []byte) func(io.Writer, Report, Options) error {
		return func(w io.Writer, r Report, _ Options) error {
			_, err := w.Write(of(r))
			return err
		}
	}
	return []Format{{"text", message(TerminationText)}, {"json", message(TerminationMessage)}}
}
