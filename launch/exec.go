package launch

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	utilexec "k8s.io/client-go/util/exec"

	"github.com/k8sdoctor/k8sdoctor/internal/handover"
)

// Stream runs a command in the container of a target.
type Stream func(ctx context.Context, command []string, stdin io.Reader, stdout, stderr io.Writer) error

var (
	//go:embed scripts/into.sh
	shell string
	//go:embed scripts/into.py
	python string
	//go:embed scripts/into.pl
	perl string
	//go:embed scripts/into.js
	node string
)

// An interpreter is what an image may have that can take a program in. Nothing but an
// argument vector reaches it: its script is a constant.
type interpreter struct {
	name    string
	command []string
	// memory is what it takes by itself, in bytes.
	memory int64
}

// interpreters are tried in this order. Images with tar alone are left out: what tar has
// written it cannot take away.
var interpreters = []interpreter{
	{"sh", []string{"sh", "-c", shell, "sh"}, 1 << 20},
	{"busybox", []string{"busybox", "sh", "-c", shell, "sh"}, 1 << 20},
	{"python3", []string{"python3", "-c", python}, 12 << 20},
	{"python", []string{"python", "-c", python}, 12 << 20},
	{"perl", []string{"perl", "-e", perl}, 8 << 20},
	{"node", []string{"node", "-e", node}, 64 << 20},
	{"/nodejs/bin/node", []string{"/nodejs/bin/node", "-e", node}, 64 << 20},
}

// needed is what the program takes in a container, in bytes: its file, where that lies in
// memory, and itself; spare is how many times that has to be free.
const (
	needed = 32 << 20
	spare  = 3
)

// Exit statuses of the scripts.
const (
	noMemory    = 91
	noDirectory = 92
	notWhole    = 93

	// doctorRefused is the doctor's own, for arguments that it does not take.
	doctorRefused = 2
)

// farewell is how long a command may take to end once its report is here.
const farewell = 2 * time.Second

// NotPossibleError says why a way into a pod is not to be taken.
type NotPossibleError struct{ Because string }

// Error implements error.
func (e NotPossibleError) Error() string { return e.Because }

// Exec runs the doctor in a running container and returns its report.
func Exec(ctx context.Context, stream Stream, doctors Doctors, dirs, args []string) (report []byte, with string, err error) {
	var missing []string
	for _, i := range interpreters {
		report, err := i.take(ctx, stream, doctors, dirs, args)
		if _, lost := errors.AsType[lostError](err); lost { // once more: connections break
			report, err = i.take(ctx, stream, doctors, dirs, args)
		}
		if unfit, ok := errors.AsType[unfitError](err); ok {
			missing = append(missing, i.name+unfit.because)
			continue
		}
		return report, i.name, err
	}
	return nil, "", NotPossibleError{"nothing in the image can take a program in: no " + strings.Join(missing, ", no ")}
}

// unfitError says that an interpreter is not in the image, or, with the reason, that it does
// not do what its script asks for.
type unfitError struct{ because string }

// Error implements error.
func (e unfitError) Error() string { return "not to be used" + e.because }

// callError is what the doctor says of its arguments: it would say the same anywhere.
type callError struct{ error }

// lostError says that a transfer was cut.
type lostError struct{ error }

// take has the interpreter take the program in and run it.
func (i interpreter) take(ctx context.Context, stream Stream, doctors Doctors, dirs, args []string) ([]byte, error) {
	return converse(ctx, stream, i.argv(dirs, args), func(ctx context.Context, from io.Reader, to io.Writer) (bool, []byte, error) {
		return i.talk(ctx, from, to, doctors)
	})
}

// argv is the interpreter's command for a program that may lie in one of the directories,
// and gets the arguments.
func (i interpreter) argv(dirs, args []string) []string {
	needs := strconv.FormatInt(spare*(needed+i.memory), 10)
	return slices.Concat(i.command, []string{needs}, dirs, []string{"--"}, args)
}

// converse runs a command and returns the report that talk gets from its streams; ready says
// that the command was ready to take a program in.
func converse(ctx context.Context, stream Stream, command []string, talk func(ctx context.Context, from io.Reader, to io.Writer) (ready bool, report []byte, err error)) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stdin, toPod := io.Pipe()
	fromPod, stdout := io.Pipe()
	var said tail
	ended := make(chan error, 1)
	go func() {
		err := stream(ctx, command, stdin, stdout, &said)
		stdin.Close()
		stdout.Close()
		ended <- err
	}()
	ready, report, err := talk(ctx, fromPod, toPod)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	toPod.Close()
	fromPod.Close()
	select {
	case end := <-ended:
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) {
			return nil, why(ready, end, strings.TrimSpace(said.String()))
		}
	case <-time.After(farewell):
	}
	return report, err
}

// talk sends the program that fits the machine, and reads its report.
func (i interpreter) talk(ctx context.Context, from io.Reader, to io.Writer, doctors Doctors) (ready bool, report []byte, err error) {
	reader := bufio.NewReader(from)
	line, err := reader.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return false, nil, unfitError{" (it said a long line)"}
	}
	if err != nil {
		return false, nil, err
	}
	machine, ready := strings.CutPrefix(strings.TrimSpace(string(line)), "k8sdoctor-ready ")
	if !ready {
		return false, nil, unfitError{fmt.Sprintf(" (it said %.80q)", line)}
	}
	doctor, err := doctors.For(machine)
	if err != nil {
		return true, nil, err
	}
	if _, err = fmt.Fprintf(to, "%d %s\n", len(doctor.Data), doctor.Sum()); err != nil {
		return true, nil, err
	}
	if _, err = to.Write(doctor.Data); err != nil {
		return true, nil, err
	}
	report, err = handover.Read(ctx, reader, to)
	return true, report, err
}

// absent is how runtimes say that there is no such program in the image.
var absent = regexp.MustCompile(`executable file not found|no such file or directory|not found in \$PATH`)

// why is what the end of a command means, before it was ready to take the program in, or
// after that.
func why(ready bool, end error, said string) error {
	status := 0
	exit, exited := errors.AsType[utilexec.ExitError](end)
	if exited {
		status = exit.ExitStatus()
	}
	switch {
	case end == nil, ready && status == notWhole, ready && !exited:
		if said == "" {
			said = "the connection to the container ended too soon"
		}
		if end != nil && !exited {
			said += ": " + end.Error()
		}
		return lostError{errors.New(said)}
	case status == noMemory, status == noDirectory:
		return NotPossibleError{said}
	case ready && status == doctorRefused && strings.HasPrefix(said, "k8sdoctor: "):
		return callError{errors.New(said)}
	case ready:
		return errors.New(cmp.Or(said, end.Error()))
	case absent.MatchString(end.Error()), status == 127, status == 126 && said == "":
		return unfitError{}
	case exited:
		return unfitError{" (" + cmp.Or(said, end.Error()) + ")"}
	}
	return NotPossibleError{end.Error()} // the API server, or the kubelet, opens no stream
}

// tail keeps the end of what is written to it.
type tail struct{ bytes.Buffer }

const maxTail = 4 << 10

// Write implements io.Writer.
func (t *tail) Write(data []byte) (int, error) {
	n := len(data)
	t.Buffer.Write(data)
	if over := t.Len() - maxTail; over > 0 {
		t.Next(over)
	}
	return n, nil
}
