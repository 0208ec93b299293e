package main

import (
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
		Flags: slices.Concat(commands.RunFlags(), podFlags(), []cli.Flag{
			&cli.DurationFlag{Name: "wait", Usage: "retry until all checks pass, for at most this `DURATION`", EnvVars: commands.Env("WAIT")},
			&cli.StringFlag{Name: "termination-log", Usage: "`FILE` for the termination message, which the kubelet reads; by default written only if it exists and k8sdoctor is the container's first process", Value: defaultTerminationLog, EnvVars: commands.Env("TERMINATION_LOG")},
			&cli.StringFlag{Name: "termination-format", Usage: "`FORMAT` of the termination message: text or json", Value: "text", EnvVars: commands.Env("TERMINATION_FORMAT")},
		}),
		Before: commands.NoArguments,
		Action: runCheck,
	}
}

// podFlags say what of a pod is checked; check and watch share them.
func podFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "can-i", Aliases: []string{"can"}, Usage: "check whether the service account may `VERB/RESOURCE[.GROUP][:NAMESPACE]`; may be repeated", EnvVars: commands.Env("CAN_I", "CAN")},
		&cli.StringFlag{Name: "kubectl-proxy", Usage: "`URL` of a kubectl proxy that must answer; by default one on 127.0.0.1:8001 is checked if it exists", EnvVars: commands.Env("KUBECTL_PROXY")},
		&cli.StringSliceFlag{Name: "endpoint", Usage: "an API server's own address, as `IP:PORT`, to try if the Service IP fails; may be repeated", EnvVars: commands.Env("ENDPOINT")},
		&cli.StringFlag{Name: "endpoints-from", Aliases: []string{"earlier"}, Usage: "a JSON report in `FILE` from when the API server was reachable, or from another pod: its API server addresses are used like --endpoint", EnvVars: commands.Env("ENDPOINTS_FROM", "EARLIER")},
		&cli.StringFlag{Name: "service-account-dir", Usage: "`DIR` with token, ca.crt and namespace, such as one below /proc/PID/root; by default /var/run/secrets/kubernetes.io/serviceaccount", EnvVars: commands.Env("SERVICE_ACCOUNT_DIR")},
		&cli.StringFlag{Name: "for-pod", Usage: "`NAME` of the failing pod, if k8sdoctor runs in a pod of its own: the fix is for the failing pod", EnvVars: commands.Env("FOR_POD")},
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
	r := session.RunUntil(c.Context, time.Now().Add(c.Duration("wait")))
	if err := terminationMessage(c, r, message); err != nil {
		commands.Complain(session.Stderr, err)
	}
	return session.Show(r)
}

// enterPod makes this pod the one to be checked, as podFlags say.
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
	s.Doctor = s.ForPod != "" || os.Getpid() == 1 // what kubectl exec starts is not the first process
	return nil
}
