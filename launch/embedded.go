//go:build !release

package launch

// embedded is empty in a build from source: the programs are built by make.
var embedded map[string][]byte
