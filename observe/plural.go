package observe

import "fmt"

// Plural renders a number and its noun, which takes an s where there is not one of it.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
