// Package onecpu keeps a program that imports it to one CPU. A run waits much more than it
// computes, and the Go runtime takes memory for each CPU of the node: 4 MiB for 64 of them.
package onecpu

import "runtime"

// It needs nothing but the runtime, and so comes before nearly all packages that compute
// something as they start.
var _ = runtime.GOMAXPROCS(1)
