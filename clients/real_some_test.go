//go:build !realclients

package clients_test

// everyClient says that all clients are tried that make test-clients fetches, and not
// only those of the path.
const everyClient = false
