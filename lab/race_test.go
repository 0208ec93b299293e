//go:build race

package lab

// raceDetector says that memory is not what it is without it.
const raceDetector = true
