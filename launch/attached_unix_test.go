//go:build unix

package launch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	utilexec "k8s.io/client-go/util/exec"
)

// asContainer runs commands in a process group of their own, as the first process of a
// container has it.
func asContainer(ctx context.Context, command []string, stdin io.Reader, stdout, stderr io.Writer) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = stdout, stderr, time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what a container's first process leaves ends with it
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

// shells are those of this machine.
func shells(t *testing.T) (found []string) {
	t.Helper()
	for _, name := range []string{"sh", "dash", "bash"} {
		if file, err := exec.LookPath(name); err == nil {
			found = append(found, file)
		}
	}
	if len(found) == 0 {
		t.Fatal("got no shell on this machine")
	}
	return found
}

// attachedWith is the command of an ephemeral container for another shell, with its life.
func attachedWith(shell, life string) interpreter {
	i := attachedShell
	i.command = append([]string{shell}, append(i.command[1:len(i.command):len(i.command)], life)...)
	return i
}

func TestAttachedShellTakesTheDoctorIn(t *testing.T) {
	t.Parallel()
	for _, name := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			attach := func(ctx context.Context, command []string, stdin io.Reader, stdout, stderr io.Writer) error {
				return asContainer(ctx, command, io.MultiReader(strings.NewReader("attached\n"), stdin), stdout, stderr)
			}
			report, err := attachedWith(name, "60").take(t.Context(), attach, double(t), []string{dir}, []string{"check"})
			if want := "check from " + dir; err != nil || !strings.HasPrefix(string(report), want) {
				t.Errorf("got %q, %v, want %q", report, err, want)
			}
			empty(t, dir)
		})
	}
}

// TestAttachedShellEnds by itself when nobody attaches, when the launcher is gone, and when
// nothing more comes from it.
func TestAttachedShellEnds(t *testing.T) {
	t.Parallel()
	for _, name := range shells(t) {
		for _, tc := range []struct {
			name, life, sent string
			cut              bool
			status           int
		}{
			{"nobody attaches", "1", "", false, 95},
			{"the launcher is gone", "60", "", true, 95},
			{"nothing comes after the line", "1", "attached\n", false, 95},
			{"the program does not come to its end", "1", "attached\n1000 0\nhalf of", false, 93},
			{"the launcher is gone in the middle", "60", "attached\n1000 0\nhalf of", true, 93},
		} {
			t.Run(name+", "+tc.name, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				stdin, open, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				defer open.Close()
				io.WriteString(open, tc.sent)
				if tc.cut {
					open.Close()
				}
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				var said bytes.Buffer
				err = asContainer(ctx, attachedWith(name, tc.life).argv([]string{dir}, nil), stdin, &said, &said)
				if exit, ok := errors.AsType[utilexec.CodeExitError](err); !ok || exit.Code != tc.status {
					t.Errorf("got %v and %q, want status %d", err, said.String(), tc.status)
				}
				empty(t, dir)
			})
		}
	}
}
