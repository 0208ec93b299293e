package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/launch"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

func checkCommand() *cli.Command {
	connection := newConnection()
	return &cli.Command{
		Name:      "check",
		Usage:     "examine a pod of the cluster",
		UsageText: "k8sdoctor TYPE/NAME [-n NAMESPACE] [-c CONTAINER] [options]",
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "container", Aliases: []string{"c"}, Usage: "`NAME` of the container; by default the one that kubectl exec takes"},
			&cli.StringSliceFlag{Name: "doctor", Usage: "`FILE` of the k8sdoctor that goes into the pod, for the architecture of its node; may be repeated; by default the one in this program"},
			&cli.BoolFlag{Name: "print-role", Usage: "print the roles that each way of running needs, and those for what is read of the cluster, and do nothing else"},
			&cli.BoolFlag{Name: "no-exec", Usage: "run nothing in the containers of the pod: security tools report programs that were not part of the image"},
			&cli.BoolFlag{Name: "no-ephemeral", Usage: "add no ephemeral container to the pod: it stays listed there until the pod is deleted"},
			&cli.BoolFlag{Name: "like", Usage: "run in a pod like it, which is deleted at the end, and not in the pod"},
			&cli.BoolFlag{Name: "same-node", Usage: "a pod like it runs on the node of the pod, without the scheduler"},
			&cli.BoolFlag{Name: "bisect", Usage: "create short pods (18 at most) that are like it and differ in labels, ServiceAccount, node, sidecar, variables or network, one after another, and pin on that what reading leaves open"},
			&cli.StringFlag{Name: "image", Usage: "`IMAGE` of a container or pod that is added, with a shell or of k8sdoctor; by default one with a shell that the node has, and for a pod like it the container's own"},
			&cli.StringFlag{Name: "image-pull-policy", Usage: "`POLICY` for --image: Always, IfNotPresent or Never; by default the cluster's choice"},
		}, commands.ShowFlags(), probeFlags(), connection.flags()),
		Action: func(c *cli.Context) error { return check(c, connection) },
	}
}

// reaching is how long the way into the pod and back may take, beside the run there.
const reaching = time.Minute

func check(c *cli.Context, connection connection) error {
	out, err := commands.NewOutput(c)
	if err != nil {
		return err
	}
	out.Again = "the same command with -o wide"
	if c.Bool("print-role") {
		namespace, _, err := connection.ToRawKubeConfigLoader().Namespace()
		if err != nil {
			return err
		}
		return launch.WriteRoles(c.App.Writer, namespace)
	}
	kind, name, err := launch.ParseTarget(c.Args().Slice())
	if err != nil {
		return err
	}
	policy := c.String("image-pull-policy")
	if !slices.Contains([]string{"", "Always", "IfNotPresent", "Never"}, policy) {
		return fmt.Errorf("--image-pull-policy %q: must be Always, IfNotPresent or Never", policy)
	}
	doctors, err := doctorsOf(c)
	if err != nil {
		return err
	}
	config, client, namespace, err := connection.open()
	if err != nil {
		return err
	}
	limit := c.Duration("timeout") + reaching
	ctx, cancel := context.WithTimeoutCause(c.Context, limit, fmt.Errorf("no report within %s", limit))
	defer cancel()
	target, err := launch.Find(ctx, client, namespace, kind, name, c.String("container"))
	if err != nil {
		return inOneLine(err, kind, name, namespace)
	}
	l := &launch.Launcher{
		Config: config, Client: client, Doctors: doctors, Version: version, NoExec: c.Bool("no-exec"), NoEphemeral: c.Bool("no-ephemeral"),
		Like: c.Bool("like"), SameNode: c.Bool("same-node"), Image: c.String("image"), PullPolicy: policy,
		Arguments: commands.Arguments(c, probeFlags()),
		Progress:  func(text string) { fmt.Fprintln(c.App.ErrWriter, redact.Printable(text)) },
	}
	r, err := l.Examine(ctx, target)
	if err != nil {
		return err
	}
	if c.Bool("bisect") {
		r = l.Bisect(c.Context, target, r, limit)
	} else {
		r = launch.OfferBisect(target, r)
	}
	return out.Show(r)
}

func doctorsOf(c *cli.Context) (list launch.Doctors, err error) {
	for _, name := range commands.Given(c, "doctor") {
		d, err := launch.ReadDoctor(name)
		if err != nil {
			return nil, fmt.Errorf("--doctor: %w", err)
		}
		list = append(list, d)
	}
	if len(list) > 0 {
		return list, nil
	}
	return launch.EmbeddedDoctors()
}

// probeFlags are the doctor's own, which it gets as they are.
func probeFlags() []cli.Flag {
	return slices.DeleteFunc(slices.Concat(commands.RunFlags(), commands.PodFlags()), func(f cli.Flag) bool {
		return slices.Contains([]string{"output", "report", "fail-on", "color", "endpoints-from", "for-pod"}, f.Names()[0])
	})
}
