package handover

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// spoiled passes on what is written, but for what spoil makes of the first writes.
type spoiled struct {
	io.Writer
	spoil func(n int, data []byte) []byte
	n     int
}

func (s *spoiled) Write(data []byte) (int, error) {
	s.n++
	if _, err := s.Writer.Write(s.spoil(s.n, bytes.Clone(data))); err != nil {
		return 0, err
	}
	return len(data), nil
}

func TestReportArrivesWhole(t *testing.T) {
	report := []byte(strings.Repeat(`{"kind":"Report"}`+"\n", 20_000))
	for _, tc := range []struct {
		name  string
		spoil func(n int, data []byte) []byte
		fails string
	}{
		{"undisturbed", func(_ int, data []byte) []byte { return data }, ""},
		{"its end is lost once", func(n int, data []byte) []byte {
			if n == 1 {
				return data[:len(data)-1]
			}
			return data
		}, ""},
		{"a byte is changed twice", func(n int, data []byte) []byte {
			if n < 3 {
				data[len(data)/2] ^= 1
			}
			return data
		}, ""},
		{"its announcement is lost", func(n int, data []byte) []byte {
			if n == 1 {
				return data[100:]
			}
			return data
		}, ""},
		{"a byte too many", func(n int, data []byte) []byte {
			if n == 1 {
				return append(data, '\n')
			}
			return data
		}, ""},
		{"cut each time", func(_ int, data []byte) []byte { return data[:len(data)/2] }, "damaged or cut 3 times"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fromPod, toLauncher := io.Pipe()
				fromLauncher, toPod := io.Pipe()
				written := make(chan error, 1)
				go func() {
					written <- Write(&spoiled{toLauncher, tc.spoil, 0}, Answers(fromLauncher, func() {}), report)
				}()
				got, err := Read(t.Context(), fromPod, toPod)
				toPod.Close()
				fromPod.Close()
				sent := <-written
				if tc.fails != "" {
					if err == nil || !strings.Contains(err.Error(), tc.fails) || sent == nil {
						t.Errorf("got %v and %v, want %q", err, sent, tc.fails)
					}
				} else if err != nil || sent != nil || !bytes.Equal(got, report) {
					t.Errorf("got %d bytes, %v and %v, want the report", len(got), err, sent)
				}
			})
		})
	}
}

func TestReaderDoesNotHang(t *testing.T) {
	for _, tc := range []struct{ name, sent, want string }{
		{"nothing, and the end", "", "the report ends after 0 bytes"},
		{"something else, and the end", "sh: not found\n", "the report ends after 14 bytes"},
		{"a length below zero", "k8sdoctor-report -1 " + strings.Repeat("0", 64) + "\n", "the report ends after 85 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Read(t.Context(), strings.NewReader(tc.sent), io.Discard)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !errors.Is(err, io.EOF) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errors.New("--timeout 1m is over"))
		defer cancel()
		silent, open := io.Pipe()
		_, err := Read(ctx, silent, io.Discard)
		open.Close()
		if err == nil || err.Error() != "--timeout 1m is over" {
			t.Errorf("got %v, want what ended the wait", err)
		}
	})
}

// TestWriterEndsWithItsReader closes the stream of answers, as a lost connection does.
func TestWriterEndsWithItsReader(t *testing.T) {
	gone := make(chan bool, 1)
	err := Write(io.Discard, Answers(strings.NewReader(""), func() { gone <- true }), []byte("{}"))
	if err == nil || err.Error() != "the launcher is gone" || !<-gone {
		t.Errorf("got %v, want that the launcher is gone", err)
	}
}
