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
	failed := slices.ContainsFunc(r.results, func(result observe.Result) bool { return result.Status == observe.Fail })
	switch {
	case len(v.Causes) == 0 && len(v.Unexplained) > 0:
		return "no known cause explains " + v.Unexplained[0].ID + ": " + v.Unexplained[0].Summary
	case len(v.Causes) == 0:
		return r.proven()
	case !failed:
		return fmt.Sprintf("%s; warning: %s", r.proven(), first(v.Causes[0].Evidence, v.Causes[0].Title))
	}
	cause := v.Causes[0]
	text := introduced[cause.Confidence] + cause.Title + "; " + first(cause.Evidence, cause.Code)
	if _, known := causes.Lookup(cause.Code); !known {
		text = first(cause.Evidence, cause.Title)
	}
	if len(cause.RuledOut) > 0 {
		text += "; " + cause.RuledOut[0].Because
	}
	if causes.LayerOf(cause.Code) != "api" && r.accepted() {
		text += fmt.Sprintf("; but the API server at %s accepts this pod's token", r.in.HostPort())
	}
	return text
}

func first(list []string, otherwise string) string {
	if len(list) > 0 {
		return list[0]
	}
	return otherwise
}

// accepted says that the API server has accepted the token.
func (r *run) accepted() bool {
	review := observe.TokenReview.In(r.in.Seen)
	return review == observe.OK || review == observe.Unavailable
}

// proven says what the checks have shown to work, and no more.
func (r *run) proven() string {
	switch user := observe.APIUser.In(r.in.Seen); {
	case len(r.results) == 0:
		return "no check has run"
	case r.accepted() && user != "":
		text := fmt.Sprintf("this pod can use the API server at %s as %s", r.in.HostPort(), user)
		text += r.exceptions()
		if !r.in.Seen.Saw(observe.APIDenied.Row) {
			text += "; its permissions were not checked (--can-i VERB/RESOURCE)"
		}
		return text
	case r.accepted():
		return fmt.Sprintf("the API server at %s accepts this pod's token", r.in.HostPort())
	case observe.TLSCoversHost.Yes(r.in.Seen):
		return fmt.Sprintf("the API server at %s answers; whether it accepts this pod's token was not checked", r.in.HostPort())
	}
	return "no check has failed; whether this pod can use the API server was not checked"
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
