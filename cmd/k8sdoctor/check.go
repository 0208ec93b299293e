package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/report"
)

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "check the path to the API server, step by step, and report what is broken",
		UsageText: "k8sdoctor check [options]",
		Flags: slices.Concat(commands.RunFlags(), commands.PodFlags(), []cli.Flag{
			&cli.DurationFlag{Name: "wait", Usage: "retry until all checks pass, for at most this `DURATION`", EnvVars: commands.Env("WAIT")},
			&cli.StringFlag{Name: "termination-log", Usage: "`FILE` for the termination message, which the kubelet reads; by default written only if it exists and k8sdoctor is the container's first process", Value: defaultTerminationLog, EnvVars: commands.Env("TERMINATION_LOG")},
			&cli.StringFlag{Name: "termination-format", Usage: "`FORMAT` of the termination message: text, json or observations, which kubectl k8sdoctor nodes reads", Value: "text", EnvVars: commands.Env("TERMINATION_FORMAT")},
			&cli.BoolFlag{Name: "exit-zero", Usage: "exit with status 0 whatever was found: for an init container, which is started again where it fails", EnvVars: commands.Env("EXIT_ZERO")},
			&cli.BoolFlag{Name: "handover", Hidden: true, Usage: "remove this program's file, and hand the report over to kubectl k8sdoctor at the other end of the standard streams"},
			&cli.BoolFlag{Name: "attached", Hidden: true, Usage: "with --handover: begin when the launcher sends a line, as it attaches later"},
		}),
		Before: commands.NoArguments,
		Action: runCheck,
	}
}

func runCheck(c *cli.Context) error {
	session, err := commands.NewSession(c)
	if err != nil {
		return err
	}
	if err := enterPod(session, c); err != nil {
		return err
	}
	if c.Duration("wait") < 0 {
		return fmt.Errorf("--wait %s: a duration cannot be negative", c.Duration("wait"))
	}
	message, err := commands.FormatOf(c, "termination-format", report.MessageFormats())
	if err != nil {
		return err
	}
	if c.Bool("handover") {
		return handOver(c, session)
	}
	r := session.RunUntil(c.Context, time.Now().Add(c.Duration("wait")))
	if err := terminationMessage(c, r, message); err != nil {
		commands.Complain(session.Stderr, err)
	}
	err = session.Show(r)
	if _, found := errors.AsType[commands.ExitCode](err); found && c.Bool("exit-zero") {
		return nil
	}
	return err
}

// enterPod makes this pod the one to be checked, as PodFlags say.
func enterPod(s *commands.Session, c *cli.Context) (err error) {
	s.Sys = pod.OwnPod()
	for _, text := range commands.Given(c, "can-i") {
		access, err := observe.ParseAccess(text)
		if err != nil {
			return fmt.Errorf("--can-i: %w", err)
		}
		s.Sys.Access = append(s.Sys.Access, access)
	}
	for _, text := range commands.Given(c, "endpoint") {
		endpoint, err := netip.ParseAddrPort(text)
		if err != nil {
			return fmt.Errorf("--endpoint %q: not an address with a port, such as 172.18.0.2:6443", text)
		}
		s.Sys.Endpoints = append(s.Sys.Endpoints, endpoint)
	}
	if name := c.String("endpoints-from"); name != "" {
		endpoints, err := endpointsFromReport(c.Context, name, c.App.Reader)
		if err != nil {
			return fmt.Errorf("--endpoints-from: %w", err)
		}
		s.Sys.Endpoints = append(s.Sys.Endpoints, endpoints...)
	}
	s.Sys.NoExternalProbes = s.NoExternalProbes
	if dir := c.String("service-account-dir"); dir != "" {
		if s.Sys.AccountDir, err = filepath.Abs(dir); err != nil {
			return fmt.Errorf("--service-account-dir: %w", err)
		}
	}
	if text := c.String("kubectl-proxy"); text != "" {
		if s.Sys.KubectlProxy, err = checks.ParseProxyURL(text); err != nil {
			return fmt.Errorf("--kubectl-proxy: %w", err)
		}
	}
	s.ForPod = c.String("for-pod")
	s.Doctor = s.ForPod != "" || os.Getpid() == 1 && !c.Bool("handover") // what kubectl exec starts is not the first process
	return nil
}
