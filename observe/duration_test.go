package observe

import (
	"testing"
	"time"
)

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.0 ms", 123 * time.Microsecond: "0.1 ms", 42 * time.Millisecond: "42 ms", 999_700 * time.Microsecond: "1 s", -5 * time.Second: "-5 s",
		5 * time.Second: "5 s", 8540 * time.Millisecond: "8.5 s", 59_960 * time.Millisecond: "1 min", 61 * time.Second: "1 min 1 s",
		time.Hour - time.Millisecond: "1 h", 90 * time.Minute: "1 h 30 min", 47 * time.Hour: "47 h", 100 * 24 * time.Hour: "100 days",
	} {
		if got := FormatDuration(d); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
