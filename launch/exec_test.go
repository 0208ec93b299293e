package launch

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	utilexec "k8s.io/client-go/util/exec"
)

// here runs commands on this machine as a container would.
func here(ctx context.Context, command []string, stdin io.Reader, stdout, stderr io.Writer) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = stdout, stderr, time.Second
	in, err := cmd.StdinPipe() // which does not keep Wait waiting, as stdin would
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		io.Copy(in, stdin)
		in.Close()
	}()
	err = cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return utilexec.CodeExitError{Err: err, Code: exit.ExitCode()}
	}
	return err
}

// double stands in for the doctor: a shell script of its length, that removes itself and
// hands over what its arguments are.
func double(t *testing.T) Doctors {
	t.Helper()
	text := `#!/bin/sh
rm "$0"
report="$* from $0"
sum=$(printf %s "$report" | sha256sum)
printf 'k8sdoctor-report %d %s\n%s' "${#report}" "${sum%% *}" "$report"
read -r answer
exit 0
` + strings.Repeat("#\n", 1<<20)
	return Doctors{{"amd64", []byte(text)}, {"arm64", []byte(text)}}
}

// own are the interpreters that this machine has.
func own(t *testing.T) (found []interpreter) {
	t.Helper()
	for _, i := range interpreters {
		if _, err := exec.LookPath(i.command[0]); err == nil {
			found = append(found, i)
		}
	}
	if len(found) < 3 {
		t.Fatalf("got %d interpreters on this machine, want sh, python3 and perl at least", len(found))
	}
	return found
}

func TestEachInterpreterTakesTheDoctorIn(t *testing.T) {
	t.Parallel()
	for _, i := range own(t) {
		t.Run(i.name, func(t *testing.T) {
			t.Parallel()
			closed, dir := t.TempDir(), t.TempDir()
			if err := os.WriteFile(filepath.Join(closed, "file"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			dirs := []string{filepath.Join(closed, "none"), filepath.Join(closed, "file"), dir}
			report, err := i.take(t.Context(), here, double(t), dirs, []string{"check", "--only", "dns.*", "a b'\"$x"})
			want := "check --only dns.* a b'\"$x from " + dir + "/.k8sdoctor-"
			if err != nil || !strings.HasPrefix(string(report), want) {
				t.Errorf("got %q, %v, want %q", report, err, want)
			}
			empty(t, dir)
		})
	}
}

func empty(t *testing.T, dirs ...string) {
	t.Helper()
	for _, dir := range dirs {
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("got %v, %v in %s, want nothing left", left, err, dir)
		}
	}
}

func TestInterpretersRefuse(t *testing.T) {
	t.Parallel()
	for _, i := range own(t) {
		greedy := i
		greedy.memory = 1 << 50
		dir := t.TempDir()
		for _, tc := range []struct {
			name    string
			with    interpreter
			doctors Doctors
			dirs    []string
			want    string
			way     bool // the next way is to be taken
		}{
			{"too little memory", greedy, double(t), []string{dir}, strconv.FormatInt(spare*(needed+1<<50), 10) + " are wanted", true},
			{"no directory", i, double(t), []string{"/proc", dir + "/none"}, "no directory of this container takes a program and runs it", true},
			{"no program for the machine", i, nil, []string{dir}, "no k8sdoctor for a node of architecture", false},
		} {
			t.Run(i.name+", "+tc.name, func(t *testing.T) {
				_, err := tc.with.take(t.Context(), here, tc.doctors, tc.dirs, nil)
				_, way := errors.AsType[NotPossibleError](err)
				if err == nil || !strings.Contains(err.Error(), tc.want) || way != tc.way {
					t.Errorf("got %v, want %q", err, tc.want)
				}
				empty(t, dir)
			})
		}
	}
}

// TestCutTransferLeavesNothing ends the stream in the middle of the program, as a lost
// connection does, and changes a byte of it.
func TestCutTransferLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, i := range own(t) {
		for _, tc := range []struct {
			name  string
			spoil func(r io.Reader) io.Reader
		}{
			{"cut", func(r io.Reader) io.Reader { return io.LimitReader(r, 1<<20) }},
			{"cut in its head", func(r io.Reader) io.Reader { return io.LimitReader(r, 5) }},
			{"changed", func(r io.Reader) io.Reader { return &changing{r, 1 << 20} }},
		} {
			t.Run(i.name+", "+tc.name, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				stream := func(ctx context.Context, command []string, stdin io.Reader, stdout, stderr io.Writer) error {
					return here(ctx, command, tc.spoil(stdin), stdout, stderr)
				}
				report, err := i.take(t.Context(), stream, double(t), []string{dir}, nil)
				if err == nil || report != nil {
					t.Errorf("got %q, want an error", report)
				}
				if tc.name != "cut in its head" && !strings.Contains(err.Error(), "the program did not arrive whole: ") {
					t.Errorf("got %v, want that it did not arrive whole", err)
				}
				empty(t, dir)
			})
		}
	}
}

// changing flips a bit of the byte at some place.
type changing struct {
	io.Reader
	at int
}

func (c *changing) Read(data []byte) (int, error) {
	n, err := c.Reader.Read(data)
	if c.at >= 0 && c.at < n {
		data[c.at] ^= 1
	}
	c.at -= n
	return n, err
}
