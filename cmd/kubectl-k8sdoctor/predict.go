package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/launch/predict"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

func predictCommand() *cli.Command {
	connection := newConnection()
	return &cli.Command{
		Name:      "predict",
		Usage:     "say which pods would lose the API server or DNS by a change, before it is made",
		UsageText: "k8sdoctor predict -f change.yaml [--delete TYPE/NAME] [-n NAMESPACE] [options]",
		Flags: slices.Concat([]cli.Flag{
			&cli.GenericFlag{Name: "filename", Value: &names{}, Aliases: []string{"f"}, Usage: "`FILE` with objects that would be applied, YAML or JSON, or - for standard input: NetworkPolicies, EndpointSlices of the Services kubernetes and kube-dns, ServiceAccounts, Namespaces; may be repeated"},
			&cli.GenericFlag{Name: "delete", Value: &names{}, Usage: "`TYPE/NAME`, or a file with objects, that would be deleted before; TYPE is networkpolicy, endpointslice or serviceaccount; may be repeated"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT` of the prediction: table or json", Value: "table"},
			&cli.DurationFlag{Name: "timeout", Usage: "time limit, as a `DURATION`", Value: 30 * time.Second},
		}, connection.flags()),
		Before: commands.NoArguments,
		Action: func(c *cli.Context) error { return predictChange(c, connection) },
	}
}

func predictChange(c *cli.Context, connection connection) error {
	started := time.Now()
	asJSON, err := commands.OneOf(c, "output", "json", "table")
	if err != nil {
		return err
	}
	limit := c.Duration("timeout")
	if limit <= 0 {
		return fmt.Errorf("--timeout %s: a time limit must be positive", limit)
	}
	change, err := readChange(c, connection)
	if err != nil {
		return err
	}
	_, client, namespace, err := connection.open()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(c.Context, limit, fmt.Errorf("not all was read within %s", limit))
	defer cancel()
	state, err := predict.Read(ctx, client, change)
	if _, missing := errors.AsType[*predict.MissingRightsError](err); missing {
		return fmt.Errorf("%w (kubectl k8sdoctor check --print-role prints the roles that are needed)", err)
	} else if err != nil {
		return inOneLine(err, "", "", namespace)
	}
	p, err := predict.Predict(state, change)
	if err != nil {
		return err
	}
	p.Version, p.Started, p.Took = version, started, observe.Milliseconds(time.Since(started))
	if asJSON {
		err = predict.JSON(c.App.Writer, p)
	} else {
		width := 0
		if size, ok := commands.Terminal(c.App.Writer); ok {
			width, _ = size()
		}
		err = predict.Table(c.App.Writer, p, width)
	}
	if err != nil {
		return fmt.Errorf("writing the prediction: %w", err)
	}
	if p.Pods.Lose > 0 {
		return commands.ExitCode(commands.Found)
	}
	return nil
}

// readChange reads the files that the flags name, and says what of them is left out.
func readChange(c *cli.Context, connection connection) (*predict.Change, error) {
	namespace, _, err := connection.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return nil, err
	}
	var change predict.Change
	applied, deleted := c.Generic("filename").(*names), c.Generic("delete").(*names)
	if len(*applied)+len(*deleted) == 0 {
		return nil, errors.New("which change? kubectl k8sdoctor predict -f change.yaml, or --delete networkpolicy/NAME")
	}
	for _, name := range *applied {
		if err := change.Apply(name, namespace, c.App.Reader); err != nil {
			return nil, err
		}
	}
	for _, name := range *deleted {
		if err := change.Delete(name, namespace, c.App.Reader); err != nil {
			return nil, err
		}
	}
	for _, text := range change.Omissions() {
		fmt.Fprintln(c.App.ErrWriter, redact.Printable(text))
	}
	if len(change.Applied)+len(change.Deleted) == 0 {
		return nil, errors.New("nothing of the change can be judged: no NetworkPolicy, ServiceAccount or Namespace, and no EndpointSlice of the Services kubernetes and kube-dns")
	}
	return &change, nil
}

// names are the values of a flag that may be repeated, with the commas that file names may have.
type names []string

// Set implements cli.Generic.
func (n *names) Set(value string) error {
	if value != "" { // the library sets what String says for the other names of a flag
		*n = append(*n, value)
	}
	return nil
}

// String implements cli.Generic.
func (n *names) String() string { return "" }
