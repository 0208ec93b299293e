package main

import (
	"cmp"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/report"
)

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "check the path to the API server, step by step, and report what is broken",
		UsageText: "k8sdoctor check [options]",
		Flags: slices.Concat(runFlags(), podFlags(), []cli.Flag{
			&cli.DurationFlag{Name: "wait", Usage: "retry until all checks pass, for at most this `DURATION`", EnvVars: env("WAIT")},
			&cli.StringFlag{Name: "termination-log", Usage: "`FILE` for the termination message, which the kubelet reads; by default written only if it exists and k8sdoctor is the container's first process", Value: defaultTerminationLog, EnvVars: env("TERMINATION_LOG")},
			&cli.StringFlag{Name: "termination-format", Usage: "`FORMAT` of the termination message: text or json", Value: "text", EnvVars: env("TERMINATION_FORMAT")},
		}),
		Before: noArguments,
		Action: runCheck,
	}
}

// podFlags say what of a pod is checked; check and watch share them.
func podFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "can-i", Aliases: []string{"can"}, Usage: "check whether the service account may `VERB/RESOURCE[.GROUP][:NAMESPACE]`; may be repeated", EnvVars: env("CAN_I", "CAN")},
		&cli.StringFlag{Name: "kubectl-proxy", Usage: "`URL` of a kubectl proxy that must answer; by default one on 127.0.0.1:8001 is checked if it exists", EnvVars: env("KUBECTL_PROXY")},
		&cli.StringSliceFlag{Name: "endpoint", Usage: "an API server's own address, as `IP:PORT`, to try if the Service IP fails; may be repeated", EnvVars: env("ENDPOINT")},
		&cli.StringFlag{Name: "endpoints-from", Aliases: []string{"earlier"}, Usage: "a JSON report in `FILE` from when the API server was reachable, or from another pod: its API server addresses are used like --endpoint", EnvVars: env("ENDPOINTS_FROM", "EARLIER")},
		&cli.StringFlag{Name: "service-account-dir", Usage: "`DIR` with token, ca.crt and namespace, such as one below /proc/PID/root; by default /var/run/secrets/kubernetes.io/serviceaccount", EnvVars: env("SERVICE_ACCOUNT_DIR")},
		&cli.StringFlag{Name: "for-pod", Usage: "`NAME` of the failing pod, if k8sdoctor runs in a pod of its own: the fix is for the failing pod", EnvVars: env("FOR_POD")},
	}
}

// runFlags are what check and demo share.
func runFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT` of the report: table, wide (every check, client, observation and step), json, yaml, markdown, html, junit, github (annotations of GitHub Actions) or prometheus", Value: "table", EnvVars: env("OUTPUT")},
		&cli.StringSliceFlag{Name: "report", Usage: "write a further report to this `FILE[=FORMAT]`, by default in the format of its ending (.json .yaml .md .html .xml .prom .txt); may be repeated", EnvVars: env("REPORT")},
		&cli.StringSliceFlag{Name: "only", Usage: "run only these checks, and those that they need: an `ID` or a glob such as 'dns.*'; may be repeated", EnvVars: env("ONLY")},
		&cli.StringSliceFlag{Name: "skip", Usage: "skip these checks: an `ID` or a glob; may be repeated", EnvVars: env("SKIP")},
		&cli.DurationFlag{Name: "timeout", Usage: "time limit of the whole run, as a `DURATION`", Value: 30 * time.Second, EnvVars: env("TIMEOUT")},
		&cli.DurationFlag{Name: "check-timeout", Usage: "time limit of one check, as a `DURATION`", Value: 5 * time.Second, EnvVars: env("CHECK_TIMEOUT")},
		&cli.BoolFlag{Name: "no-external-probes", Aliases: []string{"no-foreign-probes"}, Usage: "send nothing to unassigned addresses (192.0.2.1, 2001:db8::1), and no DNS query for a name outside the cluster", EnvVars: env("NO_EXTERNAL_PROBES", "NO_FOREIGN_PROBES")},
		&cli.StringFlag{Name: "fail-on", Usage: "exit with status 1 from this `STATUS` on: fail or warn", Value: "fail", EnvVars: env("FAIL_ON")},
		&cli.StringFlag{Name: "color", Usage: "`WHEN` to use colors: auto, always or never", Value: "auto", EnvVars: env("COLOR")},
	}
}

// env are the variables of a flag, by their names without the prefix; the first one
// that is set counts.
func env(names ...string) []string {
	variables := make([]string, len(names))
	for i, name := range names {
		variables[i] = "K8SDOCTOR_" + name
	}
	return variables
}

func runCheck(c *cli.Context) error {
	session, err := newSession(c)
	if err != nil {
		return err
	}
	if err := session.enterPod(c); err != nil {
		return err
	}
	if c.Duration("wait") < 0 {
		return fmt.Errorf("--wait %s: a duration cannot be negative", c.Duration("wait"))
	}
	message, err := formatOf(c, "termination-format", report.MessageFormats())
	if err != nil {
		return err
	}
	r := session.runUntil(c.Context, time.Now().Add(c.Duration("wait")))
	if err := terminationMessage(c, r, message); err != nil {
		complain(session.stderr, err)
	}
	return session.show(r)
}

// enterPod makes this pod the one to be checked, as podFlags say.
func (s *session) enterPod(c *cli.Context) (err error) {
	s.sys = pod.OwnPod()
	for _, text := range given(c, "can-i") {
		access, err := observe.ParseAccess(text)
		if err != nil {
			return fmt.Errorf("--can-i: %w", err)
		}
		s.sys.Access = append(s.sys.Access, access)
	}
	for _, text := range given(c, "endpoint") {
		endpoint, err := netip.ParseAddrPort(text)
		if err != nil {
			return fmt.Errorf("--endpoint %q: not an address with a port, such as 172.18.0.2:6443", text)
		}
		s.sys.Endpoints = append(s.sys.Endpoints, endpoint)
	}
	if name := c.String("endpoints-from"); name != "" {
		endpoints, err := endpointsFromReport(c.Context, name, c.App.Reader)
		if err != nil {
			return fmt.Errorf("--endpoints-from: %w", err)
		}
		s.sys.Endpoints = append(s.sys.Endpoints, endpoints...)
	}
	s.sys.NoExternalProbes = s.noExternalProbes
	if dir := c.String("service-account-dir"); dir != "" {
		if s.sys.AccountDir, err = filepath.Abs(dir); err != nil {
			return fmt.Errorf("--service-account-dir: %w", err)
		}
	}
	if text := c.String("kubectl-proxy"); text != "" {
		if s.sys.KubectlProxy, err = checks.ParseProxyURL(text); err != nil {
			return fmt.Errorf("--kubectl-proxy: %w", err)
		}
	}
	s.forPod = c.String("for-pod")
	s.doctor = s.forPod != "" || os.Getpid() == 1 // what kubectl exec starts is not the first process
	return nil
}

// given returns the values of a flag that may be repeated; an empty variable
// counts as none.
func given(c *cli.Context, flag string) []string {
	return slices.DeleteFunc(c.StringSlice(flag), func(value string) bool { return value == "" })
}

// oneOf says whether the flag has its first value rather than its second.
func oneOf(c *cli.Context, flag, first, second string) (bool, error) {
	switch value := c.String(flag); value {
	case first, second, "":
		return value == first, nil
	default:
		return false, fmt.Errorf("--%s %q: must be %s or %s", flag, value, second, first)
	}
}

// formatOf is the format that a flag names, or the first.
func formatOf(c *cli.Context, flag string, formats []report.Format) (report.Format, error) {
	var names []string
	for _, f := range formats {
		if f.Name == cmp.Or(c.String(flag), formats[0].Name) {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return report.Format{}, fmt.Errorf("--%s %q: must be %s", flag, c.String(flag), strings.Join(names, ", "))
}
