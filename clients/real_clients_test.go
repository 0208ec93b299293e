package clients_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// realClient is a client of this machine.
type realClient struct {
	row     string // of the table
	program string
	version string
	release int // the part of the version that decides, such as 13 of Python 3.13
	// run returns how connections end, by the names of chains: "ok", or the error.
	run func(ctx context.Context, t *testing.T, list string) map[string]string
}

func (c realClient) String() string { return c.program + " " + c.version }

// Python 3.6 does not print why a certificate does not verify.
var (
	pythonVersion = regexp.MustCompile(`^Python (3\.([7-9]|\d\d))`)
	nodeVersion   = regexp.MustCompile(`^v((\d+)\.\S+)`)
	anyVersion    = regexp.MustCompile(`((\d+)(\.\d+)*)`)
)

// realClients returns those that are found, one of each version, and the names of those
// that are not.
func realClients(ctx context.Context) (found []realClient, missing []string) {
	add := func(row, program string, version *regexp.Regexp, paths []string, run func(path string) func(context.Context, *testing.T, string) map[string]string) {
		none := true
		for _, path := range paths {
			out, err := exec.CommandContext(ctx, path, "--version").CombinedOutput()
			v := version.FindStringSubmatch(string(out))
			if err != nil || v == nil {
				continue
			}
			none = false
			if slices.ContainsFunc(found, func(c realClient) bool { return c.program == program && c.version == v[1] }) {
				continue
			}
			release, _ := strconv.Atoi(v[2])
			found = append(found, realClient{row, program, v[1], release, run(path)})
		}
		if none {
			missing = append(missing, program)
		}
	}
	script := func(args ...string) func(string) func(context.Context, *testing.T, string) map[string]string {
		return func(path string) func(context.Context, *testing.T, string) map[string]string {
			return func(ctx context.Context, t *testing.T, list string) map[string]string {
				return runScript(ctx, t, path, append(slices.Clone(args), list)...)
			}
		}
	}
	add("Python", "Python", pythonVersion, places("python3", "pythons/*"), script("testdata/client.py"))
	add("JavaScript", "Node", nodeVersion, places("node", "node_modules/node*/bin/node"), script("testdata/client.js"))
	add("Java (official)", "Java", anyVersion, places("java", ""), script("testdata/Client.java", "all"))
	add("Java (fabric8)", "reading as fabric8 before 6.4, Java", anyVersion, places("java", ""), script("testdata/Client.java", "one"))
	add("Ruby", "Ruby", anyVersion, places("ruby", ""), script("testdata/client.rb"))
	add("Rust (kube-rs)", "Deno (rustls)", anyVersion, places("deno", "node_modules/.bin/deno"), script("run", "--allow-all", "testdata/client.deno.js"))
	add("the guide's curl", "curl", anyVersion, places("curl", ""), func(path string) func(context.Context, *testing.T, string) map[string]string {
		return func(ctx context.Context, t *testing.T, list string) map[string]string {
			return runCurl(ctx, t, path, list)
		}
	})
	slices.SortStableFunc(found, func(a, b realClient) int {
		if a.program != b.program {
			return 0
		}
		return a.release - b.release
	})
	return found, append(missing, ".NET, which no test has run")
}

// places are where a program may be: on the path, and where the pattern finds more below
// the directory of -clients.
func places(program, more string) []string {
	var all []string
	if path, err := exec.LookPath(program); err == nil {
		all = append(all, path)
	}
	if everyClient && more != "" {
		others, _ := filepath.Glob(filepath.Join(*clientsDir, more))
		all = append(all, others...)
	}
	return all
}

func runScript(ctx context.Context, t *testing.T, program string, args ...string) map[string]string {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "NO_PROXY=*", "no_proxy=*")
	out, err := cmd.Output()
	ends := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, end, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		ends[name] = strings.TrimSpace(end)
	}
	if err != nil {
		stderr := []byte{}
		if exit, ok := err.(*exec.ExitError); ok {
			stderr = exit.Stderr
		}
		t.Errorf("%s: %v: %.500s", program, err, stderr)
	}
	return ends
}

func runCurl(ctx context.Context, t *testing.T, program, list string) map[string]string {
	data, err := os.ReadFile(list)
	if err != nil {
		t.Error(err)
	}
	ends := map[string]string{}
	for line := range strings.Lines(string(data)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		ends[fields[0]] = "ok"
		out, err := exec.CommandContext(ctx, program, "-sS", "--noproxy", "*", "-o", os.DevNull, "--cacert", fields[1], "https://127.0.0.1:"+fields[2]+"/api").CombinedOutput()
		if err != nil {
			ends[fields[0]] = strings.ReplaceAll(string(out), "\n", " ")
		}
	}
	return ends
}
