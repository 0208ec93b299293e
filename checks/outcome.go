package checks

import "fmt"

func pass(e Evidence, format string, args ...any) Outcome {
	return Outcome{Status: Pass, Summary: fmt.Sprintf(format, args...), Evidence: e}
}

func warn(e Evidence, format string, args ...any) Outcome {
	return Outcome{Status: Warn, Summary: fmt.Sprintf(format, args...), Evidence: e}
}

func fail(e Evidence, format string, args ...any) Outcome {
	return Outcome{Status: Fail, Summary: fmt.Sprintf(format, args...), Evidence: e}
}

// goOn marks a failure that leaves in place what later checks need.
func goOn(out Outcome) Outcome {
	out.GoOn = true
	return out
}

// notApplicable is a skip that blocks nothing.
func notApplicable(format string, args ...any) Outcome {
	return Outcome{Status: Skip, Summary: fmt.Sprintf(format, args...)}
}

func blocked(by string) Outcome {
	return Outcome{Status: Skip, Summary: "not run: " + by + " did not pass", BlockedBy: by}
}
