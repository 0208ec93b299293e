package observe

import (
	"slices"
	"sync"
)

// Vocabulary returns every subject, in the order of the layers.
var Vocabulary = sync.OnceValue(func() []*Row {
	return slices.Concat(clusterSubjects, envSubjects, volumeSubjects, netSubjects, dnsSubjects, tlsSubjects, tokenSubjects, apiSubjects)
})
