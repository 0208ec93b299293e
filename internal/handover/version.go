package handover

import (
	"cmp"
	"fmt"
	"regexp"
)

// undefined is what package flag says of a flag that a program does not have
// (https://go.dev/src/flag/flag.go), followed by k8sdoctor's own words.
var undefined = regexp.MustCompile(`flag provided but not defined: -([a-z-]+); see `)

// MissingFlag is the flag that a doctor of another version says it does not have: a launcher
// gives none that a doctor of its own version would refuse.
func MissingFlag(said string) (flag string, missing bool) {
	if match := undefined.FindStringSubmatch(said); match != nil {
		return "--" + match[1], true
	}
	return "", false
}

// NoVersion is that of a program that "go build" has made.
const NoVersion = "dev"

// DifferentVersions says that a doctor and its launcher are of different versions; "" where
// they are of one, or one has none.
func DifferentVersions(doctor, launcher string) string {
	if doctor == launcher || doctor == NoVersion || launcher == NoVersion {
		return ""
	}
	return fmt.Sprintf("the k8sdoctor in the pod is %s, this launcher is %s", cmp.Or(doctor, "of an unknown version"), launcher)
}
