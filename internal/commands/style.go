package commands

import (
	"cmp"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/k8sdoctor/k8sdoctor/pattern"
)

// style says whether a report has colors and symbols. It follows https://no-color.org
// where the flag leaves it open.
func (o *Output) style(c *cli.Context) error {
	_, isTerminal := Terminal(c.App.Writer)
	capable := isTerminal && os.Getenv("TERM") != "dumb"
	o.symbols = capable && knowsSymbols()
	switch when := c.String("color"); when {
	case "always":
		o.color = true
	case "never":
	case "auto", "":
		o.color = capable && os.Getenv("NO_COLOR") == ""
	default:
		return fmt.Errorf("--color %q: must be auto, always or never", when)
	}
	return nil
}

var utf8Locale = pattern.Lazy(`(?i)utf-?8`)

// knowsSymbols says that the locale is one of UTF-8, as POSIX names it.
func knowsSymbols() bool {
	return utf8Locale().MatchString(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG")))
}

// Terminal returns how to ask for the size of a terminal; ok is false for anything else.
func Terminal(w io.Writer) (size func() (width, height int), ok bool) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil, false
	}
	return func() (width, height int) {
		width, height, err := term.GetSize(int(file.Fd()))
		if err != nil || width <= 0 || height <= 0 {
			return 80, 24
		}
		return width, height
	}, true
}
