// Package handover carries a report from a process in a container to the launcher that
// started it, over streams that may be cut without an error: the end of a program's output
// is known to get lost (https://github.com/kubernetes/kubernetes/issues/124571). Each report
// is announced with its length and hash, and is written again until its reader has it whole.
package handover

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"
)

const (
	announced = "k8sdoctor-report %d %64x\n"
	whole     = "whole"
	again     = "again"

	// MaxReport is how long a report may be, in bytes.
	MaxReport = 16 << 20
	// silence is after how long without a byte a report that is not whole is asked for again.
	silence = 3 * time.Second
	// attempts is how often a report is asked for.
	attempts = 3
)

// Answers are the lines of a stream. When it ends, because the launcher is gone, gone is
// called.
func Answers(from io.Reader, gone func()) <-chan string {
	answers := make(chan string)
	go func() {
		for lines := bufio.NewScanner(from); lines.Scan(); {
			answers <- lines.Text()
		}
		gone()
		close(answers)
	}()
	return answers
}

// Write writes the report to w until the reader at the other end says that it has it whole,
// or is gone.
func Write(w io.Writer, answers <-chan string, report []byte) error {
	for range attempts {
		if _, err := fmt.Fprintf(w, announced+"%s", len(report), sha256.Sum256(report), report); err != nil {
			return err
		}
		switch answer, ok := <-answers; {
		case !ok:
			return errors.New("the launcher is gone")
		case answer == whole:
			return nil
		}
	}
	return errors.New("the launcher did not receive the report whole")
}

// Read returns the report that Write writes at the other end of from and answers. It reads
// on until ctx ends.
func Read(ctx context.Context, from io.Reader, answers io.Writer) ([]byte, error) {
	pieces := make(chan []byte)
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for {
			piece := make([]byte, 32<<10)
			n, err := from.Read(piece)
			if n > 0 {
				select {
				case pieces <- piece[:n]:
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				ended <- err
				return
			}
		}
	}()
	var got []byte
	for asked := 1; ; {
		var lost <-chan time.Time
		report, state := parse(got)
		switch state {
		case complete:
			_, err := fmt.Fprintln(answers, whole)
			return report, err
		case begun, damaged:
			lost = time.After(silence)
		}
		select {
		case piece := <-pieces:
			if got = append(got, piece...); len(got) > 2*MaxReport {
				return nil, fmt.Errorf("more than %d MiB came, and no report", 2*MaxReport>>20)
			}
		case <-lost:
			if asked++; asked > attempts {
				return nil, fmt.Errorf("the report came damaged or cut %d times", attempts)
			}
			got = nil
			if _, err := fmt.Fprintln(answers, again); err != nil {
				return nil, err
			}
		case err := <-ended:
			return nil, fmt.Errorf("the report ends after %d bytes: %w", len(got), err)
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// state is how much of a report has come.
type state int

const (
	awaited state = iota
	begun
	damaged
	complete
)

// parse looks for a whole report in what has come so far.
func parse(got []byte) ([]byte, state) {
	end := bytes.IndexByte(got, '\n')
	if end < 0 {
		if len(got) > 0 {
			return nil, begun
		}
		return nil, awaited
	}
	var length int
	var hash []byte
	if n, err := fmt.Sscanf(string(got[:end+1]), announced, &length, &hash); n != 2 || err != nil || length < 0 || length > MaxReport {
		return nil, damaged
	}
	body := got[end+1:]
	if len(body) < length {
		return nil, begun
	}
	if sum := sha256.Sum256(body[:length]); len(body) > length || !bytes.Equal(sum[:], hash) {
		return nil, damaged
	}
	return body, complete
}
