package observe

import (
	"testing"
	"time"
)

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		123 * time.Microsecond: "0.1ms", 42 * time.Millisecond: "42ms", 5 * time.Second: "5s",
		90 * time.Minute: "1h30m0s", 100 * 24 * time.Hour: "100 days",
	} {
		if got := FormatDuration(d); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
