package main

import (
	"github.com/urfave/cli/v2"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
)

// idleCommand is for a container that has to run beside an init container: an image of
// k8sdoctor has no other program.
func idleCommand() *cli.Command {
	return &cli.Command{
		Name: "idle", Usage: "do nothing until a signal comes", Hidden: true,
		Before: commands.NoArguments,
		Action: func(c *cli.Context) error {
			<-c.Context.Done()
			return nil
		},
	}
}
