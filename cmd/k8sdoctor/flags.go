package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// flagsFirst puts the flags of a command before its arguments, where the library
// reads them; what stands behind "--" stays an argument.
func flagsFirst(commands []*cli.Command, args []string) []string {
	if len(args) < 3 || args[len(args)-1] == completionFlag {
		return args
	}
	i := slices.IndexFunc(commands, func(c *cli.Command) bool { return c.HasName(args[1]) })
	if i < 0 {
		return args
	}
	var flags, others []string
	for rest := args[2:]; len(rest) > 0; {
		switch arg := rest[0]; {
		case arg == "--":
			others = append(others, rest...)
			rest = nil
		case len(arg) < 2 || arg[0] != '-':
			others = append(others, arg)
			rest = rest[1:]
		default:
			n := 1
			if takesValue(commands[i], arg) && len(rest) > 1 {
				n = 2
			}
			flags = append(flags, rest[:n]...)
			rest = rest[n:]
		}
	}
	return slices.Concat(args[:2], flags, others)
}

// takesValue says that the next argument is the value of the flag.
func takesValue(command *cli.Command, arg string) bool {
	name := strings.TrimLeft(arg, "-")
	return slices.ContainsFunc(command.Flags, func(f cli.Flag) bool {
		documented, ok := f.(cli.DocGenerationFlag)
		return ok && documented.TakesValue() && slices.Contains(f.Names(), name)
	})
}
