package job

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/k8sdoctor/k8sdoctor/internal/handover"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// maxLog is how much of a log is read, in bytes.
const maxLog = 16 << 20

const (
	// attempts is how often the log of a pod that ended is read, and again how long lies
	// between two times.
	attempts = 5
	again    = time.Second
	// stalled is how long after the end of the pod its log may take.
	stalled = 10 * time.Second
)

// answer is what reading a log came to.
type answer struct {
	report report.Report
	said   string // by the doctor, on standard error
	err    error
}

// notWholeError says that a log was read, and is no whole report.
type notWholeError struct{ error }

// Unwrap returns why.
func (e notWholeError) Unwrap() error { return e.error }

// reading reads a log, and again where that fails.
type reading struct {
	launcher string      // its version
	answers  chan answer // nil before it has begun
	cancel   context.CancelFunc
	reads    bool
	next     time.Time
	ended    time.Time // when the pod was first seen to have ended
	failures int
}

// begin reads the log of the pod, if that is not being done.
func (r *reading) begin(ctx context.Context, client kubernetes.Interface, s state) {
	if s.ended() && r.ended.IsZero() {
		r.ended = time.Now()
	}
	if r.reads && !r.ended.IsZero() && time.Since(r.ended) > stalled {
		r.cancel()
		r.ended = time.Now()
	}
	if r.reads || time.Now().Before(r.next) {
		return
	}
	r.stop()
	ctx, r.cancel = context.WithCancel(ctx)
	r.reads, r.answers = true, make(chan answer, 1)
	go func(answers chan<- answer) { answers <- readLog(ctx, client, s.pod, s.doctor().Name) }(r.answers)
}

// stop ends the reading.
func (r *reading) stop() {
	if r.cancel != nil {
		r.cancel()
	}
}

// failed takes a failure, and returns the error once there is no more to try. While the
// doctor runs, there may always be more.
func (r *reading) failed(got answer, s state) error {
	r.reads, r.next = false, time.Now().Add(again)
	if !s.ended() {
		return nil
	}
	if flag, missing := handover.MissingFlag(got.said); missing {
		return &Error{Seen: fmt.Sprintf("the k8sdoctor of image %s has no flag %s: it is of another version than this launcher, which is %s", s.doctor().Image, flag, r.launcher)}
	}
	if r.failures++; r.failures < attempts {
		return nil
	}
	if other, ok := errors.AsType[*report.OtherFormatError](got.err); ok {
		return &Error{Seen: fmt.Sprintf("%s, this launcher is %s", other, r.launcher)}
	}
	if _, notWhole := errors.AsType[notWholeError](got.err); notWhole {
		return &Error{Seen: fmt.Sprintf("the log of pod/%s is no report of k8sdoctor, so %s may be another image: %s", s.pod.Name, s.doctor().Image, got.err)}
	}
	end := s.container().State.Terminated
	return &NoLogError{Pod: s.pod.Name, Err: got.err, Message: end.Message, ExitCode: int(end.ExitCode)}
}

// Log returns the report in the log of a container.
func Log(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod, container string) (report.Report, error) {
	got := readLog(ctx, client, pod, container)
	return got.report, got.err
}

// readLog follows the log of a pod until it holds a whole report.
func readLog(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod, container string) answer {
	limit := int64(maxLog)
	log, err := client.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Container: container, Follow: true, LimitBytes: &limit}).Stream(ctx)
	if err != nil {
		return answer{err: err}
	}
	defer log.Close()
	return reportIn(log)
}

// toStderr begins each line that the doctor writes to standard error, which has no stream
// of its own in a log.
const toStderr = "k8sdoctor: "

// reportIn reads a log up to the end of the report, which is a closing brace at the
// beginning of a line; the log itself may stay open.
func reportIn(log io.Reader) (got answer) {
	var text, said bytes.Buffer
	lines := bufio.NewReader(log)
	for {
		line, err := lines.ReadBytes('\n')
		if bytes.HasPrefix(line, []byte(toStderr)) {
			said.Write(line)
		} else {
			text.Write(line)
		}
		if err == nil && line[0] != '}' {
			continue
		}
		got.said = said.String()
		got.report, got.err = report.Read(&text)
		switch {
		case got.err != nil && err != nil && err != io.EOF:
			got.err = err
		case got.err != nil:
			got.err = notWholeError{fmt.Errorf("%w%s", got.err, behind(got.said))}
		}
		return got
	}
}

// say hands on what the doctor wrote to standard error.
func (r *Runner) say(text string) {
	for line := range strings.Lines(text) {
		r.Complain(errors.New("in the pod: " + strings.TrimSpace(strings.TrimPrefix(line, toStderr))))
	}
}
