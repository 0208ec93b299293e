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

// TestLadder goes through what an image may have, and takes a transfer that is cut up again.
func TestLadder(t *testing.T) {
	t.Parallel()
	refusals := map[string]error{
		"containerd's": errors.New(`OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown`),
		"a shell's":    utilexec.CodeExitError{Err: errors.New("exit 127"), Code: 127},
	}
	for name, refusal := range refusals {
		t.Run("nothing is there, in words of "+name, func(t *testing.T) {
			tried := 0
			_, _, err := Exec(t.Context(), func(context.Context, []string, io.Reader, io.Writer, io.Writer) error {
				tried++
				return refusal
			}, double(t), []string{"/tmp"}, nil)
			not, ok := errors.AsType[NotPossibleError](err)
			if !ok || not.Because != "nothing in the image can take a program in: no sh, no busybox, no python3, no python, no perl, no node, no /nodejs/bin/node" || tried != len(interpreters) {
				t.Errorf("got %v after %d attempts", err, tried)
			}
		})
	}
	t.Run("the first that is there is taken", func(t *testing.T) {
		stream := func(ctx context.Context, command []string, stdin io.Reader, stdout, stderr io.Writer) error {
			if command[0] != "perl" {
				return refusals["a shell's"]
			}
			return here(ctx, command, stdin, stdout, stderr)
		}
		report, with, err := Exec(t.Context(), stream, double(t), []string{t.TempDir()}, []string{"check"})
		if err != nil || with != "perl" || !strings.HasPrefix(string(report), "check from ") {
			t.Errorf("got %q with %s, %v", report, with, err)
		}
	})
	t.Run("a connection that breaks once", func(t *testing.T) {
		dir, tried := t.TempDir(), 0
		stream := func(ctx context.Context, command []string, stdin io.Reader, stdout, stderr io.Writer) error {
			if tried++; tried == 1 {
				stdin = io.LimitReader(stdin, 1<<20)
			}
			return here(ctx, command, stdin, stdout, stderr)
		}
		report, _, err := Exec(t.Context(), stream, double(t), []string{dir}, []string{"check"})
		if err != nil || tried != 2 || !strings.HasPrefix(string(report), "check from ") {
			t.Errorf("got %q after %d attempts, %v", report, tried, err)
		}
		empty(t, dir)
	})
	t.Run("the kubelet cannot be reached", func(t *testing.T) {
		_, _, err := Exec(t.Context(), func(context.Context, []string, io.Reader, io.Writer, io.Writer) error {
			return errors.New("error dialing backend: dial tcp 172.18.0.3:10250: connect: connection refused")
		}, double(t), nil, nil)
		if not, ok := errors.AsType[NotPossibleError](err); !ok || !strings.Contains(not.Because, "error dialing backend") {
			t.Errorf("got %v, want that the way is not possible", err)
		}
	})
	t.Run("the call is interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		_, _, err := Exec(ctx, func(ctx context.Context, _ []string, _ io.Reader, _, _ io.Writer) error {
			cancel(errors.New("interrupted by SIGINT"))
			<-ctx.Done()
			return ctx.Err()
		}, double(t), nil, nil)
		if err == nil || err.Error() != "interrupted by SIGINT" {
			t.Errorf("got %v, want what interrupted it", err)
		}
	})
}
