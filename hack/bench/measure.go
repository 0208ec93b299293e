package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

// series is what the runs of one command took.
type series struct {
	Name string
	Took []time.Duration // from start to exit
	Peak []int64         // bytes of memory

	Phases [][]phase `json:",omitempty"` // of each run of k8sdoctor check
}

func (s series) median() time.Duration {
	sorted := slices.Sorted(slices.Values(s.Took))
	return sorted[len(sorted)/2]
}

func (s series) peak() int64 { return slices.Max(s.Peak) }

// contender is a command, and a text that its output has when it did its work.
type contender struct {
	name, proof string
	command     []string
}

// doctor is the contender whose phases are told.
const doctor = "k8sdoctor check -o json"

func contenders() ([]contender, error) {
	token, err := os.ReadFile(account + "token")
	if err != nil {
		return nil, err
	}
	return []contender{
		{doctor, `"kind":"Report"`, []string{"/tmp/k8sdoctor", "check", "-o", "json"}},
		{"kubectl auth whoami", "system:serviceaccount:", []string{"kubectl", "auth", "whoami"}},
		{"curl .../api", "APIVersions", []string{
			"curl", "--silent", "--show-error", "--cacert", account + "ca.crt",
			"--header", "Authorization: Bearer " + strings.TrimSpace(string(token)),
			"https://kubernetes.default.svc/api",
		}},
		{"k8sdoctor --version", "k8sdoctor", []string{"/tmp/k8sdoctor", "--version"}},
		{"a program that prints a word", "word", []string{"/tmp/word"}},
	}, nil
}

// measure runs in the pod: each command in turn, n times, after a first round
// that does not count.
func measure(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("measure", flag.ContinueOnError)
	n := flags.Int("n", 30, "rounds")
	if err := flags.Parse(args); err != nil {
		return err
	}
	all, err := contenders()
	if err != nil {
		return err
	}
	results := make([]series, len(all))
	for round := range *n + 1 {
		for i, c := range all {
			took, peak, output, err := c.once()
			if err != nil {
				return err
			}
			if round == 0 {
				results[i].Name = c.name
				continue
			}
			results[i].Took = append(results[i].Took, took)
			results[i].Peak = append(results[i].Peak, peak)
			if c.name == doctor {
				phases, err := phasesOf(output, took)
				if err != nil {
					return err
				}
				results[i].Phases = append(results[i].Phases, phases)
			}
		}
	}
	return json.NewEncoder(stdout).Encode(results)
}

// once runs the command. The kernel counts the memory that this process had at
// the fork as the child's; that is less than what any of the first three needs.
func (c contender) once() (took time.Duration, peak int64, output []byte, err error) {
	var out bytes.Buffer
	cmd := exec.Command(c.command[0], c.command[1:]...)
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	err = cmd.Run()
	took = time.Since(start)
	if err != nil || !strings.Contains(strings.ReplaceAll(out.String(), `": "`, `":"`), c.proof) {
		return 0, 0, nil, fmt.Errorf("%s: %v; it printed\n%s", c.name, err, out.String())
	}
	peak, err = peakMemory(cmd.ProcessState)
	return took, peak, out.Bytes(), err
}
