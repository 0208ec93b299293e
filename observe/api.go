package observe

// Sidecar is what a kubectl proxy says.
type Sidecar string

// The answers of a kubectl proxy.
const (
	SidecarWorks    Sidecar = "works"
	SidecarAbsent   Sidecar = "absent"   // nothing listens, or no kubectl proxy, where none was asked for
	SidecarClosed   Sidecar = "closed"   // nothing listens where one was asked for
	SidecarSilent   Sidecar = "silent"   // no answer where one was asked for
	SidecarFiltered Sidecar = "filtered" // it refuses the Host header or the path
	SidecarUpstream Sidecar = "upstream" // it cannot reach the API server
	SidecarForeign  Sidecar = "foreign"  // what no kubectl proxy says
)

// healthResponses are those of requests that are made without a token where it is
// refused, so that a refusal says nothing.
var healthResponses = []Response{OK, NotAsked, Unauthorized, Anonymous, Forbidden, NotFound, Throttled, Initializing, ServerError, Foreign, NoResponse}

// The subjects of the API's answers.
var (
	APIVersionsAnswer = responseSymptom("api.versions", "the result of GET /api with the token", "GET /api: %s")
	APIReady          = symptom("api.ready", "the result of GET /readyz", "GET /readyz: %s", 2, healthResponses...)
	APILive           = symptom("api.live", "the result of GET /livez", "GET /livez: %s", 2, healthResponses...)
	APIVersionAnswer  = responseSymptom("api.version", "the result of GET /version with the token", "GET /version: %s")
	AnonymousVersions = tells("api.anonymous.versions", "the result of GET /api without a token", "without a token, GET /api: %s", 1, responses...)
	AnonymousVersion  = tells("api.anonymous.version", "the result of GET /version without a token", "without a token, GET /version: %s", 1, responses...)
	APIFailingParts   = flagTells("api.failing-parts", "whether the server names failing parts of itself, at /readyz or /livez", "the server names failing parts", "the server names no failing part", false)
	APIFromServer     = flagTells("api.from-server", "whether an error has the form of an API server's", "the answer is from an API server", "the answer is not from an API server", true)
	APIUnverified     = flagSymptom("api.unverified", "whether a failed request got a certificate that does not verify, after tls.chain got one that does", "a request got a certificate that does not verify", "every request got a certificate that verifies", false)
	APIFlowSchema     = flagTells("api.flow-schema", "whether a 429 names the FlowSchema of the account's requests, as an API server does", "the 429 names a FlowSchema", "the 429 names no FlowSchema", true)
	APIFlowSchemaUID  = text("api.flow-schema.uid", "the UID of that FlowSchema", "the FlowSchema's UID is %s")
	APISlow           = flagSymptom("api.slow", "whether the review took more than a second", "the API server took more than a second to answer", "the API server answers within a second", false)
	APIReviewTook     = duration("api.review.took", "how long the review took", "the review took %s")
	APIUser           = text("api.user", "the account as the server names it", "the server sees %s")
	APIStale          = numberSymptom("api.discovery.stale", "how many aggregated API versions are unavailable, as their server does not answer", "aggregated API versions that are unavailable: %s")
	APIStaleNames     = texts("api.discovery.stale-names", "those versions, at most 8", "%s is unavailable")
	APISkewed         = flagSymptom("api.version.skewed", "whether client and server are more than 3 minor versions apart", "client and server are more than 3 minor versions apart", "client and server are at most 3 minor versions apart", false)
	APIVersionIs      = text("api.version.value", "the server's version", "the server is %s")
	APIDenied         = countSymptom("api.access.denied", "how many of the requested accesses are denied", "%s requested accesses are denied")
	APIDeniedNames    = texts("api.access.denied-names", "those accesses, as --can-i names them", "%s is denied")
	APIAccess         = responseSymptom("api.access", "the result of the access reviews", "the access reviews: %s")
	APIServerAddress  = text("api.server-address", "the API server's own address, as GET /api names it", "the API server is at %s")

	SidecarAnswer = symptom("kubectl-proxy.answer", "the answer of a kubectl proxy, at the given address or at 127.0.0.1:8001", "the kubectl proxy %s", 2, SidecarWorks, SidecarAbsent, SidecarClosed, SidecarSilent, SidecarFiltered, SidecarUpstream, SidecarForeign)
	SidecarAsked  = flagTells("kubectl-proxy.asked", "whether --kubectl-proxy was given", "--kubectl-proxy was given", "--kubectl-proxy was not given", false)

	Broken = flagSymptom("internal.error", "whether a check of k8sdoctor itself failed", "a check of k8sdoctor itself failed", "no check of k8sdoctor itself failed", false)
)

var apiSubjects = []*Row{
	APIVersionsAnswer.Row, APIReady.Row, APILive.Row, APIVersionAnswer.Row, AnonymousVersions.Row, AnonymousVersion.Row, APIFailingParts.Row, APIFromServer.Row, APIUnverified.Row, APIFlowSchema.Row, APIFlowSchemaUID.Row, APISlow.Row, APIReviewTook.Row, APIUser.Row,
	APIStale.Row, APIStaleNames.Row, APISkewed.Row, APIVersionIs.Row, APIDenied.Row, APIDeniedNames.Row, APIAccess.Row, APIServerAddress.Row, SidecarAnswer.Row, SidecarAsked.Row, Broken.Row,
}
