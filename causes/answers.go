package causes

import (
	"slices"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// requests are the answers that a request with the token can get.
var requests = []observe.Word[observe.Response]{
	observe.TokenReview, observe.APIVersionsAnswer, observe.APIReady, observe.APILive, observe.APIVersionAnswer, observe.APIAccess,
}

// answered are forms like form, of which each needs another request to come to one of
// the responses.
func answered(form Form, responses ...observe.Response) []Form {
	return eachNeeds(form, anywhere(responses...))
}

// eachNeeds are forms like form, of which each needs another one of the symptoms as well:
// last, as what form needs is the better reason where it is otherwise.
func eachNeeds(form Form, symptoms Predictions) []Form {
	forms := make([]Form, len(symptoms))
	for i, symptom := range symptoms {
		forms[i] = form
		forms[i].Needs = append(slices.Clone(form.Needs), symptom)
	}
	return forms
}

// anywhere says that any request may come to one of the responses.
func anywhere(responses ...observe.Response) Predictions {
	list := make(Predictions, len(requests))
	for i, request := range requests {
		list[i] = request.Is(responses...)
	}
	return list
}

// How to confirm what several causes share.
var (
	// serverLog has the reason of a refusal, which the answer has not.
	serverLog = Confirm{Command: serverSays, Text: "the API server's log has the reason"}
	asksReady = Confirm{Command: askReady, Text: "as an administrator: which part is not ok?"}
	proxyLogs = Confirm{Command: "kubectl -n NAMESPACE logs POD --all-containers --tail=20", Text: "what does the log of the proxy say?"}
)
