package checks

import (
	"fmt"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func pass(e observe.Evidence, format string, args ...any) Outcome {
	return Outcome{Status: observe.Pass, Summary: fmt.Sprintf(format, args...), Evidence: e}
}

func warn(e observe.Evidence, format string, args ...any) Outcome {
	return Outcome{Status: observe.Warn, Summary: fmt.Sprintf(format, args...), Evidence: e}
}

func fail(e observe.Evidence, format string, args ...any) Outcome {
	return Outcome{Status: observe.Fail, Summary: fmt.Sprintf(format, args...), Evidence: e}
}

// nonBlocking marks a failure that leaves in place what later checks need.
func nonBlocking(out Outcome) Outcome {
	out.NonBlocking = true
	return out
}

// notApplicable is a skip that blocks nothing.
func notApplicable(format string, args ...any) Outcome {
	return Outcome{Status: observe.Skip, Summary: fmt.Sprintf(format, args...)}
}

func blocked(by string) Outcome {
	return Outcome{Status: observe.Skip, Summary: "not run: " + by + " did not pass", BlockedBy: by}
}
