// Package pattern has regular expressions that are compiled when they are first used: what
// starts in every pod does not compile those that it does not need.
package pattern

import (
	"regexp"
	"sync"
)

// Lazy returns the expression, compiled by the first call; one that cannot be compiled
// panics there.
func Lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
