package lab

import (
	"fmt"
	"slices"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Fault is one defect of the simulated pod.
type Fault struct {
	// Code is the cause, one of the codes that the verdict names.
	Code string
	// Summary says what is broken, in one line.
	Summary string
	// Check is the check that shows it first, and Status what it says then.
	Check  string
	Status observe.Status
	// NonRoot is set where root, and a process on Windows, would not notice.
	NonRoot bool

	apply func(*plan)
}

// Faults returns every fault, in the order of the catalogue of causes.
func Faults() []Fault {
	return slices.Concat(
		envFaults(), volumeFaults(), tokenFaults(), dnsFaults(),
		netFaults(), proxyFaults(), tlsFaults(), apiFaults(),
	)
}

func find(codes []string) ([]Fault, error) {
	all := Faults()
	var found []Fault
	for _, code := range codes {
		i := slices.IndexFunc(all, func(f Fault) bool { return f.Code == code })
		if i < 0 {
			return nil, fmt.Errorf("no fault is named %q", code)
		}
		found = append(found, all[i])
	}
	return found, nil
}
