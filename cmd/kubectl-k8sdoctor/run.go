package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/launch"
	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/job"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

func runCommand() *cli.Command {
	connection := newConnection()
	return &cli.Command{
		Name:  "run",
		Usage: "examine the cluster from a Job of k8sdoctor's own",
		UsageText: "k8sdoctor run --image IMAGE [-n NAMESPACE] [options]\n" +
			"k8sdoctor run --image IMAGE --dry-run=client [-o yaml|json]",
		Flags: slices.Concat(jobFlags(), []cli.Flag{
			&cli.StringFlag{Name: "node", Usage: "`NAME` of the node to run on, whatever its taints; by default the scheduler chooses"},
			&cli.BoolFlag{Name: "keep", Usage: "leave the Job and its pod; the cluster removes them 10 minutes after their end"},
			&cli.StringFlag{Name: "dry-run", Usage: "`client`: print the Job and create nothing; -o is then yaml (the default) or json, and no format of reports"},
		}, commands.ShowFlags(), probeFlags(), connection.flags()),
		Before: commands.NoArguments,
		Action: func(c *cli.Context) error { return run(c, connection) },
	}
}

// jobFlags say which doctor runs in pods of its own, as run and nodes have them.
func jobFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "image", Usage: "`IMAGE` of k8sdoctor; make push IMAGE=REGISTRY/k8sdoctor makes one, as none is released yet", EnvVars: commands.Env("IMAGE")},
		&cli.StringFlag{Name: "image-pull-policy", Usage: "`POLICY` of the pull: Always, IfNotPresent or Never; by default that of manifests/job.yaml"},
		&cli.StringFlag{Name: "service-account", Usage: "`NAME` of the ServiceAccount whose token is used; by default the namespace's own"},
		&cli.DurationFlag{Name: "start-timeout", Usage: "time limit for a pod to start, as a `DURATION`", Value: time.Minute},
	}
}

func run(c *cli.Context, connection connection) error {
	options, err := jobOptions(c)
	if err != nil {
		return err
	}
	switch when := c.String("dry-run"); when {
	case "":
	case "client":
		return printJob(c, connection, options)
	default:
		return fmt.Errorf("--dry-run %q: must be client", when)
	}
	out, err := commands.NewOutput(c)
	if err != nil {
		return err
	}
	out.Again = "the same command with -o wide"
	_, client, namespace, err := connection.open()
	if err != nil {
		return err
	}
	options.Namespace = namespace
	object, err := job.New(options)
	if err != nil {
		return err
	}
	progress := newProgress(c.App.ErrWriter)
	defer progress.close()
	runner := &job.Runner{
		Client: client, Version: version, StartTimeout: options.StartTimeout, Keep: c.Bool("keep"), Progress: progress.step,
		Complain: func(err error) { progress.above(func() { commands.Complain(c.App.ErrWriter, err) }) },
	}
	r, pod, err := runner.Run(c.Context, object)
	progress.close()
	if runner.Keep {
		fmt.Fprintf(c.App.ErrWriter, "the Job may still be there; to remove it:\n    kubectl -n %s delete job %s\n", namespace, object.Name)
	}
	if err != nil {
		return withAdvice(c, err)
	}
	if pod != nil {
		r = launch.Merge(r, cluster.Read(c.Context, client, pod))
	}
	return out.Show(r)
}

// jobOptions are what the flags say of the Job, without its namespace.
func jobOptions(c *cli.Context) (o job.Options, err error) {
	o = job.Options{
		Image: c.String("image"), PullPolicy: corev1.PullPolicy(c.String("image-pull-policy")),
		ServiceAccount: c.String("service-account"), Node: c.String("node"),
		Arguments:    commands.Arguments(c, append(probeFlags(), &cli.StringFlag{Name: "fail-on"})), // its exit status counts where its log cannot be read
		StartTimeout: c.Duration("start-timeout"), Timeout: c.Duration("timeout"),
	}
	if o.Image == "" {
		return o, errors.New("--image is missing, and no image is released yet: make push IMAGE=registry.example/k8sdoctor pushes one, and --image registry.example/k8sdoctor uses it")
	}
	policies := []corev1.PullPolicy{"", corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever}
	if !slices.Contains(policies, o.PullPolicy) {
		return o, fmt.Errorf("--image-pull-policy %q: must be Always, IfNotPresent or Never", o.PullPolicy)
	}
	for _, limit := range []string{"start-timeout", "timeout", "check-timeout"} {
		if c.Duration(limit) <= 0 {
			return o, fmt.Errorf("--%s %s: a time limit must be positive", limit, c.Duration(limit))
		}
	}
	for flag, name := range map[string]string{"service-account": o.ServiceAccount, "node": o.Node} {
		if wrong := validation.IsDNS1123Subdomain(name); name != "" && len(wrong) > 0 {
			return o, fmt.Errorf("--%s %q: %s", flag, name, strings.Join(wrong, ", "))
		}
	}
	return o, nil
}

// printJob prints what would be created.
func printJob(c *cli.Context, connection connection, options job.Options) (err error) {
	format := c.String("output")
	if !c.IsSet("output") {
		format = "yaml"
	}
	if format != "yaml" && format != "json" {
		return fmt.Errorf("--output %q: must be yaml or json with --dry-run=client, which prints the Job and no report", format)
	}
	if options.Namespace, _, err = connection.ToRawKubeConfigLoader().Namespace(); err != nil {
		return err
	}
	object, err := job.New(options)
	if err != nil {
		return err
	}
	data, err := job.Text(object, format)
	if err != nil {
		return err
	}
	_, err = c.App.Writer.Write(data)
	return err
}

// withAdvice says what to look at after an error, each command on a line of its own.
func withAdvice(c *cli.Context, err error) error {
	if noLog, ok := errors.AsType[*job.NoLogError](err); ok {
		commands.Complain(c.App.ErrWriter, noLog)
		fmt.Fprintln(c.App.ErrWriter, "its termination message, from the status of the pod:")
		for line := range strings.Lines(noLog.Message) {
			fmt.Fprintf(c.App.ErrWriter, "    %s\n", redact.Printable(strings.TrimSuffix(line, "\n")))
		}
		if noLog.ExitCode == commands.Found {
			return commands.ExitCode(commands.Found)
		}
		return commands.ExitCode(commands.NoResult)
	}
	advised, ok := errors.AsType[*job.Error](err)
	if !ok || advised.Command == "" {
		return err
	}
	commands.Complain(c.App.ErrWriter, err)
	fmt.Fprintf(c.App.ErrWriter, "%s:\n    %s\n", advised.Advice, redact.Printable(advised.Command))
	return commands.ExitCode(commands.NoResult)
}
