// Package bubble runs tests where no time passes but that which is waited for, so
// that no machine is too slow for them.
package bubble

import (
	"testing"
	"testing/synctest"
	"time"
)

// Run runs f in a bubble of testing/synctest, whose clock starts at the present.
// What f has started must have ended, or end by itself within a minute.
func Run(t *testing.T, f func(*testing.T)) {
	t.Helper()
	present := time.Now()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(present)) // a bubble begins in the year 2000
		f(t)
		time.Sleep(time.Minute) // time ends with this function, also for who still sleeps
	})
}
