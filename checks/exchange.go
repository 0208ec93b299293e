package checks

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pattern"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

// exchange is one request and what came back.
type exchange struct {
	request string
	status  int // 0 when no answer came
	header  http.Header
	body    []byte
	err     error // why no answer came
	took    time.Duration
	at      time.Time // this pod's clock when the answer came
	// read, if not nil, reads a success as it comes; body has what it leaves.
	read func(*http.Response)
	// refused is what statusMessage found: to decode a body of maxBody takes milliseconds.
	refused *statusMessage
}

// statusMessage is the message of a Status, where the body is one.
type statusMessage struct {
	text string
	ok   bool
}

// name is the request as a person calls it: a review by its kind.
func (x *exchange) name() string {
	switch {
	case strings.HasSuffix(x.request, "/selfsubjectreviews"):
		return "SelfSubjectReview"
	case strings.HasSuffix(x.request, "/selfsubjectaccessreviews"):
		return "SelfSubjectAccessReview"
	}
	return x.request
}

// into decodes the body and says whether it is the Kubernetes kind expected.
func (x *exchange) into(kind string, object any) bool {
	var meta metav1.TypeMeta
	return json.Unmarshal(x.body, &meta) == nil && meta.Kind == kind && json.Unmarshal(x.body, object) == nil
}

// outcome is the answer in a few words.
func (x *exchange) outcome() string {
	if x.err != nil {
		return fmt.Sprintf("%s: %v", x.name(), x.err)
	}
	return fmt.Sprintf("%s: %d %s", x.name(), x.status, x.message())
}

// message is what the server says of a failure, shortened.
func (x *exchange) message() string {
	if message, ok := x.statusMessage(); ok {
		return message
	}
	return redact.Clip(strings.Join(strings.Fields(string(x.body[:min(len(x.body), 2048)])), " "), 160)
}

// statusMessage is the message of a Status, which is the form of an API server's
// refusals.
func (x *exchange) statusMessage() (message string, ok bool) {
	if x.refused == nil {
		message, ok = x.decodeStatus()
		x.refused = &statusMessage{message, ok}
	}
	return x.refused.text, x.refused.ok
}

func (x *exchange) decodeStatus() (message string, ok bool) {
	var status metav1.Status
	if x.into("Status", &status) {
		return status.Message, true
	}
	if len(x.body) < maxBody {
		return "", false
	}
	return cutStatus(x.body[:4<<10])
}

var (
	kindStatus   = pattern.Lazy(`^\s*\{[^\x00]*"kind"\s*:\s*"Status"`)
	messageBegin = pattern.Lazy(`"message"\s*:\s*("(?:[^"\\]|\\.)*)`)
)

// cutStatus knows a Status by its beginning: one that is longer than what is read
// of an answer cannot be decoded.
func cutStatus(begin []byte) (message string, ok bool) {
	if !kindStatus().Match(begin) {
		return "", false
	}
	if match := messageBegin().FindSubmatch(begin); match != nil && json.Unmarshal([]byte(string(match[1])+`"`), &message) == nil {
		return redact.Clip(message, 160), true
	}
	return "", true
}

func (x *exchange) evidence() observe.Evidence {
	var e observe.Evidence
	e.Add("request", "%s", x.request)
	if x.err != nil {
		e.Add("answer", "%v after %s", x.err, observe.FormatDuration(x.took))
		return e
	}
	e.Add("status", "%d in %s", x.status, observe.FormatDuration(x.took))
	if x.status >= 300 {
		e.Add("message", "%s", x.message())
	}
	for _, name := range []string{"Audit-Id", "Server", "Via", "Retry-After", "Location", "Warning", "X-Kubernetes-Pf-Flowschema-Uid", "X-Kubernetes-Pf-Prioritylevel-Uid"} {
		if value := x.header.Get(name); value != "" {
			e.Add(strings.ToLower(name), "%s", redact.Clip(value, 200))
		}
	}
	return e
}

// response classifies an answer that is not the success that was hoped for.
func (x *exchange) response() observe.Response {
	if x.err != nil {
		return observe.NoResponse
	}
	switch {
	case (x.status == http.StatusTooManyRequests || x.status == http.StatusServiceUnavailable) && strings.Contains(x.message(), "initializing"):
		return observe.Initializing
	case x.status == http.StatusTooManyRequests:
		return observe.Throttled
	case x.status >= 500:
		return observe.ServerError
	case x.notFound():
		return observe.NotFound
	case !x.fromAPIServer():
		return observe.Foreign
	case x.status == http.StatusUnauthorized:
		return observe.Unauthorized
	case x.status == http.StatusForbidden && strings.Contains(x.message(), `"system:anonymous"`):
		return observe.Anonymous
	case x.status == http.StatusForbidden:
		return observe.Forbidden
	}
	return observe.Foreign
}

// refusal is such an answer in a few words.
func (x *exchange) refusal() string {
	if x.response() == observe.Foreign && !x.fromAPIServer() {
		return fmt.Sprintf("%s: %d with %q, which no API server says", x.name(), x.status, redact.Clip(x.message(), 60))
	}
	return x.outcome()
}

// unverified says that the connection for this request met a certificate that does
// not verify: requests are only made where tls.chain has met one that does.
func (x *exchange) unverified() bool {
	_, unverified := errors.AsType[*tls.CertificateVerificationError](x.err)
	return unverified
}

// refusals are what record may record beside the answer.
var refusals = []*observe.Row{observe.APIUnverified.Row, observe.FreshCertificates.Row, observe.APIFromServer.Row, observe.APIFlowSchema.Row, observe.APIFlowSchemaUID.Row}

// record records an answer that is not the success that was hoped for.
func (x *exchange) record(log *observe.Log, answer observe.Word[observe.Response]) {
	response := x.response()
	answer.Saw(log, response)
	x.recordCertificate(log)
	if x.err == nil {
		observe.APIFromServer.Saw(log, x.fromAPIServer())
	}
	if response == observe.Throttled {
		flow := x.header.Get("X-Kubernetes-Pf-Flowschema-Uid")
		observe.APIFlowSchema.Saw(log, flow != "")
		if uidForm().MatchString(flow) {
			observe.APIFlowSchemaUID.Saw(log, flow)
		}
	}
}

// recordCertificate records what the connection for a request that failed has met.
func (x *exchange) recordCertificate(log *observe.Log) {
	observe.APIUnverified.Saw(log, x.unverified())
	if x.unverified() {
		observe.FreshCertificates.Saw(log, observe.CertificatesDiffer)
	}
}

var uidForm = pattern.Lazy(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// notFound says that an API server knows no such path; older ones answer as
// plainly as Go's own server does.
func (x *exchange) notFound() bool {
	return x.status == http.StatusNotFound && (x.fromAPIServer() || x.message() == "404 page not found")
}

// fromAPIServer says whether the answer has the form of an API server's.
func (x *exchange) fromAPIServer() bool {
	_, ok := x.statusMessage()
	return x.header.Get("Audit-Id") != "" || ok
}
