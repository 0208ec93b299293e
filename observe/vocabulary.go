package observe

import "slices"

// Vocabulary returns every subject, in the order of the layers.
func Vocabulary() []*Row {
	return slices.Concat(envSubjects, volumeSubjects, netSubjects, dnsSubjects, tlsSubjects, tokenSubjects, apiSubjects)
}
