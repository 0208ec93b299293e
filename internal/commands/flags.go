package commands

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/report"
)

// CompletionFlag is the library's: what fits at the cursor is asked for.
const CompletionFlag = "--generate-bash-completion"

// flagsFirst puts the flags of a command before its arguments, where the library
// reads them; what stands behind "--" stays an argument.
func flagsFirst(commands []*cli.Command, args []string) []string {
	if len(args) < 3 || args[len(args)-1] == CompletionFlag {
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

// PodFlags say what of a pod is checked; check and watch share them.
func PodFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "can-i", Aliases: []string{"can"}, Usage: "check whether the service account may `VERB/RESOURCE[.GROUP][:NAMESPACE]`; may be repeated", EnvVars: Env("CAN_I", "CAN")},
		&cli.StringFlag{Name: "kubectl-proxy", Usage: "`URL` of a kubectl proxy that must answer; by default one on 127.0.0.1:8001 is checked if it exists", EnvVars: Env("KUBECTL_PROXY")},
		&cli.StringSliceFlag{Name: "endpoint", Usage: "an API server's own address, as `IP:PORT`, to try if the Service IP fails; may be repeated", EnvVars: Env("ENDPOINT")},
		&cli.StringFlag{Name: "endpoints-from", Aliases: []string{"earlier"}, Usage: "a JSON report in `FILE` from when the API server was reachable, or from another pod: its API server addresses are used like --endpoint", EnvVars: Env("ENDPOINTS_FROM", "EARLIER")},
		&cli.StringFlag{Name: "service-account-dir", Usage: "`DIR` with token, ca.crt and namespace, such as one below /proc/PID/root; by default /var/run/secrets/kubernetes.io/serviceaccount", EnvVars: Env("SERVICE_ACCOUNT_DIR")},
		&cli.StringFlag{Name: "for-pod", Usage: "`NAME` of the failing pod, if k8sdoctor runs in a pod of its own: the fix is for the failing pod", EnvVars: Env("FOR_POD")},
	}
}

// RunFlags are what check and demo share.
func RunFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT` of the report: table, wide (every check, client, observation and step), json, yaml, markdown, html, junit, github (annotations of GitHub Actions) or prometheus", Value: "table", EnvVars: Env("OUTPUT")},
		&cli.StringSliceFlag{Name: "report", Usage: "write a further report to this `FILE[=FORMAT]`, by default in the format of its ending (.json .yaml .md .html .xml .prom .txt); may be repeated", EnvVars: Env("REPORT")},
		&cli.StringSliceFlag{Name: "only", Usage: "run only these checks, and those that they need: an `ID` or a glob such as 'dns.*'; may be repeated", EnvVars: Env("ONLY")},
		&cli.StringSliceFlag{Name: "skip", Usage: "skip these checks: an `ID` or a glob; may be repeated", EnvVars: Env("SKIP")},
		&cli.DurationFlag{Name: "timeout", Usage: "time limit of the whole run, as a `DURATION`", Value: 30 * time.Second, EnvVars: Env("TIMEOUT")},
		&cli.DurationFlag{Name: "check-timeout", Usage: "time limit of one check, as a `DURATION`", Value: 5 * time.Second, EnvVars: Env("CHECK_TIMEOUT")},
		&cli.BoolFlag{Name: "no-external-probes", Aliases: []string{"no-foreign-probes"}, Usage: "send nothing to unassigned addresses (192.0.2.1, 2001:db8::1), and no DNS query for a name outside the cluster", EnvVars: Env("NO_EXTERNAL_PROBES", "NO_FOREIGN_PROBES")},
		&cli.StringFlag{Name: "fail-on", Usage: "exit with status 1 from this `STATUS` on: fail or warn", Value: "fail", EnvVars: Env("FAIL_ON")},
		&cli.StringFlag{Name: "color", Usage: "`WHEN` to use colors: auto, always or never", Value: "auto", EnvVars: Env("COLOR")},
	}
}

// Env are the variables of a flag, by their names without the prefix; the first one
// that is set counts.
func Env(names ...string) []string {
	variables := make([]string, len(names))
	for i, name := range names {
		variables[i] = "K8SDOCTOR_" + name
	}
	return variables
}

// ShowFlags are the flags of check that say how a report is shown.
func ShowFlags() []cli.Flag {
	return slices.DeleteFunc(RunFlags(), func(f cli.Flag) bool {
		return !slices.Contains([]string{"output", "report", "color", "fail-on"}, f.Names()[0])
	})
}

// Given returns the values of a flag that may be repeated; an empty variable
// counts as none.
func Given(c *cli.Context, flag string) []string {
	return slices.DeleteFunc(c.StringSlice(flag), func(value string) bool { return value == "" })
}

// OneOf says whether the flag has its first value rather than its second.
func OneOf(c *cli.Context, flag, first, second string) (bool, error) {
	switch value := c.String(flag); value {
	case first, second, "":
		return value == first, nil
	default:
		return false, fmt.Errorf("--%s %q: must be %s or %s", flag, value, second, first)
	}
}

// FormatOf is the format that a flag names, or the first.
func FormatOf[D any](c *cli.Context, flag string, formats []report.FormatOf[D]) (report.FormatOf[D], error) {
	var names []string
	for _, f := range formats {
		if f.Name == cmp.Or(c.String(flag), formats[0].Name) {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return report.FormatOf[D]{}, fmt.Errorf("--%s %q: must be %s", flag, c.String(flag), strings.Join(names, ", "))
}

// Arguments are those of a doctor's flags that were given, of the named ones.
func Arguments(c *cli.Context, flags []cli.Flag) (list []string) {
	for _, f := range flags {
		name := f.Names()[0]
		if !c.IsSet(name) {
			continue
		}
		switch value := c.Value(name).(type) {
		case cli.StringSlice:
			for _, v := range value.Value() {
				list = append(list, "--"+name+"="+v)
			}
		default:
			list = append(list, fmt.Sprintf("--%s=%v", name, value))
		}
	}
	return list
}
