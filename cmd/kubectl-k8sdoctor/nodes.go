package main

import (
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/urfave/cli/v2"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/launch/nodes"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

func nodesCommand() *cli.Command {
	connection := newConnection()
	return &cli.Command{
		Name:      "nodes",
		Usage:     "examine every node of the cluster, by a DaemonSet that is deleted at the end",
		UsageText: "k8sdoctor nodes --image IMAGE [-l SELECTOR] [-n NAMESPACE] [options]",
		Flags: slices.Concat(jobFlags(), []cli.Flag{
			&cli.StringFlag{Name: "selector", Aliases: []string{"l"}, Usage: "`SELECTOR` of the nodes by their labels, such as topology.kubernetes.io/zone=eu-1a; by default all"},
			&cli.BoolFlag{Name: "logs", Usage: "read the log of each node on which something was found, for reports with every observation"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT` of the report: table, wide (every node and check), json, yaml or html", Value: "table", EnvVars: commands.Env("OUTPUT")},
			&cli.StringFlag{Name: "fail-on", Usage: "exit with status 1 from this `STATUS` of a node on: warn or fail", Value: "warn", EnvVars: commands.Env("FAIL_ON")},
			&cli.StringFlag{Name: "color", Usage: "`WHEN` to use colors: auto, always or never", Value: "auto", EnvVars: commands.Env("COLOR")},
		}, probeFlags(), connection.flags()),
		Before: commands.NoArguments,
		Action: func(c *cli.Context) error { return examineNodes(c, connection) },
	}
}

func examineNodes(c *cli.Context, connection connection) error {
	options, err := jobOptions(c)
	if err != nil {
		return err
	}
	selector, err := labels.Parse(c.String("selector"))
	if err != nil {
		return fmt.Errorf("--selector %q: %w", c.String("selector"), err)
	}
	format, err := commands.FormatOf(c, "output", report.NodesFormats())
	if err != nil {
		return err
	}
	style, err := commands.Style(c)
	if err != nil {
		return err
	}
	onWarn, err := commands.OneOf(c, "fail-on", "warn", "fail")
	if err != nil {
		return err
	}
	style.Again = "-o wide"
	config, _, namespace, err := connection.open()
	if err != nil {
		return err
	}
	// of a thousand nodes much is read, and little of it is kept
	config.AcceptContentTypes, config.ContentType = runtime.ContentTypeProtobuf+","+runtime.ContentTypeJSON, runtime.ContentTypeProtobuf
	debug.SetGCPercent(50)
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	options.Namespace = namespace
	progress := newProgress(c.App.ErrWriter)
	defer progress.close()
	runner := &nodes.Runner{
		Client: client, Version: version, Options: options, Selector: selector, Logs: c.Bool("logs"), Progress: progress.step,
		Complain: func(err error) { progress.above(func() { commands.Complain(c.App.ErrWriter, err) }) },
	}
	result, err := runner.Run(c.Context)
	progress.close()
	if err != nil {
		return withAdvice(c, inOneLine(err, "nodes", "", namespace))
	}
	if err := format.Write(c.App.Writer, result, style); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if result.Status == observe.Fail || onWarn && result.Status == observe.Warn {
		return commands.ExitCode(commands.Found)
	}
	return nil
}
