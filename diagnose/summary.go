package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/clients"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// introduced begins the sentence about a cause.
var introduced = map[causes.Confidence]string{causes.Certain: "", causes.Likely: "most likely: ", causes.Possible: "possibly: "}

// summary is the verdict in one sentence.
func (r *run) summary(v Verdict) string {
	switch {
	case len(v.Causes) > 0:
		cause := v.Causes[0]
		text := introduced[cause.Confidence] + cause.Title
		if _, known := causes.Lookup(cause.Code); !known {
			text = cause.Title
		}
		for _, result := range r.results {
			if result.ID == cause.Check && result.Summary != cause.Title {
				text += "; " + result.ID + ": " + result.Summary
			}
		}
		return text + but(v.Works)
	case len(v.Unexplained) > 0:
		return "no known cause explains " + v.Unexplained[0].ID + ": " + v.Unexplained[0].Summary + but(v.Works)
	case v.Works != "" && observe.APIUser.In(r.in.Seen) != "" && !r.in.Seen.Saw(observe.APIDenied.Row):
		return v.Works + " (permissions not checked: --can-i)"
	case v.Works != "":
		return v.Works
	case len(r.results) == 0:
		return "no check has run"
	}
	return "no check has failed; whether this pod can use the API server was not checked"
}

func but(works string) string {
	if works == "" {
		return ""
	}
	return "; but " + works
}

// accepted says that the API server has accepted the token.
func (r *run) accepted() bool {
	review := observe.TokenReview.In(r.in.Seen)
	return review == observe.OK || review == observe.Unavailable
}

// works says what the checks have shown to work, and no more: where an API fails, that
// the token is accepted goes without saying.
func (r *run) works(causedBy []Finding) string {
	failed := slices.ContainsFunc(r.results, func(result observe.Result) bool { return result.Status == observe.Fail })
	switch {
	case failed && len(causedBy) > 0 && causes.LayerOf(causedBy[0].Code) == "api":
		return ""
	case r.accepted() && (failed || observe.APIUser.In(r.in.Seen) == ""):
		return "the API server accepts this pod's token"
	case r.accepted():
		return "this pod can use the API server" + r.exceptions()
	case !failed && observe.TLSCoversHost.Yes(r.in.Seen):
		return fmt.Sprintf("the API server at %s answers; whether it accepts this pod's token was not checked", r.in.HostPort())
	}
	return ""
}

// exceptions are the clients that cannot, and those that cannot always.
func (r *run) exceptions() string {
	var none, some []string
	for _, c := range clients.Table(r.in.Seen) {
		switch {
		case c.Outcome == clients.Fails:
			none = append(none, c.Name)
		case c.MayFail():
			some = append(some, c.Name)
		}
	}
	var parts []string
	if len(none) > 0 {
		parts = append(parts, "not with "+strings.Join(none, ", "))
	}
	if len(some) > 0 {
		parts = append(parts, "not always with "+strings.Join(some, ", "))
	}
	if len(parts) == 0 {
		return ""
	}
	return ", but " + strings.Join(parts, ", and ")
}
