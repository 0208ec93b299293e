package commands

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// printHelp writes the help of the program or of a command, within 80 columns. It stands
// in for the library's own, which needs package text/template: with that, the linker
// keeps every method of every type, which is a sixth of the program.
func printHelp(w io.Writer, _ string, of any) {
	var b strings.Builder
	switch of := of.(type) {
	case *cli.App:
		fmt.Fprintf(&b, "%s: %s\n\n%s\n\nCommands:\n", of.Name, of.Usage, of.Description)
		for _, c := range of.VisibleCommands() {
			fmt.Fprintf(&b, "%s\n", indented(fmt.Sprintf("  %-12s", c.Name), c.Usage))
		}
		fmt.Fprintf(&b, "\n%s COMMAND --help shows the options of a command.\n", of.Name)
	case *cli.Command:
		fmt.Fprintf(&b, "%s\n\n  %s\n", sentence(of.Usage), strings.ReplaceAll(of.UsageText, "\n", "\n  "))
		b.WriteString("\nOptions:\n")
		for _, f := range of.VisibleFlags() {
			b.WriteString(flagHelp(f))
		}
	}
	io.WriteString(w, b.String())
}

// flagHelp is what the help says of a flag, without its earlier names and their
// variables.
func flagHelp(f cli.Flag) string {
	documented, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return ""
	}
	usage := documented.GetUsage()
	placeholder := ""
	if before, rest, quoted := strings.Cut(usage, "`"); quoted {
		name, after, _ := strings.Cut(rest, "`")
		placeholder, usage = " "+name, before+name+after
	}
	var names []string
	for i, name := range f.Names() {
		if i == 0 {
			names = append(names, "--"+name+placeholder)
		} else if len(name) == 1 {
			names = append(names, "-"+name+placeholder)
		}
	}
	if text := strings.Trim(documented.GetDefaultText(), `"`); documented.TakesValue() && text != "" && text != "0s" {
		usage += " (default: " + text + ")"
	}
	if variables := documented.GetEnvVars(); len(variables) > 0 {
		usage += " [$" + variables[0] + "]"
	}
	const indent = "      "
	return "  " + strings.Join(names, ", ") + "\n" + indent + strings.ReplaceAll(fill(usage, proseWidth-len(indent)), "\n", "\n"+indent) + "\n"
}
