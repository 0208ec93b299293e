package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"

	"github.com/urfave/cli/v2"
	"sigs.k8s.io/yaml"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/launch"
)

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "print the versions of this launcher and of the k8sdoctor that it carries",
		UsageText: "k8sdoctor version [-o json|yaml]",
		Flags:     []cli.Flag{&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT`: json or yaml, for programs"}},
		Before:    commands.NoArguments,
		Action: func(c *cli.Context) error {
			doctors, err := launch.EmbeddedDoctors()
			if err != nil && !errors.Is(err, launch.ErrNoDoctor) {
				return err
			}
			data, err := versionsOf(doctors).text(c.String("output"))
			if err != nil {
				return err
			}
			_, err = c.App.Writer.Write(data)
			return err
		},
	}
}

// built is one program and what it runs on.
type built struct {
	Version  string `json:"version"`
	Platform string `json:"platform"`
	SHA256   string `json:"sha256,omitempty"`
}

// versions are those of the launcher, and of what it takes into pods.
type versions struct {
	Launcher built   `json:"launcher"`
	Doctors  []built `json:"doctors"`
}

func versionsOf(doctors launch.Doctors) versions {
	v := versions{Launcher: built{Version: version, Platform: runtime.GOOS + "/" + runtime.GOARCH}, Doctors: []built{}}
	for _, d := range doctors {
		v.Doctors = append(v.Doctors, built{cmp.Or(d.Version(), "unknown"), "linux/" + d.Arch, d.Sum()})
	}
	return v
}

// text is laid out as "kubectl version" does, or in the format that its -o names.
func (v versions) text(format string) ([]byte, error) {
	switch format {
	case "json":
		data, err := json.MarshalIndent(v, "", "  ")
		return append(data, '\n'), err
	case "yaml":
		return yaml.Marshal(v)
	case "":
	default:
		return nil, fmt.Errorf("--output %q: must be json or yaml", format)
	}
	text := fmt.Appendf(nil, "Launcher Version: %s (%s)\n", v.Launcher.Version, v.Launcher.Platform)
	for _, d := range v.Doctors {
		text = fmt.Appendf(text, "Doctor Version: %s (%s)\n", d.Version, d.Platform)
	}
	if len(v.Doctors) == 0 {
		text = fmt.Append(text, "Doctor Version: none (this build carries no k8sdoctor)\n")
	}
	return text, nil
}
