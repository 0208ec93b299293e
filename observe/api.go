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
	SidecarUpstream Sidecar = "upstream" // its own way to the API is broken
	SidecarForeign  Sidecar = "foreign"  // what no kubectl proxy says
)

// healthResponses are those of requests that are made without a token where it is
// refused, so that a refusal says nothing.
var healthResponses = []Response{OK, NotAsked, Unauthorized, Anonymous, Forbidden, NotFound, Throttled, Initializing, ServerError, Foreign, NoResponse}

// The subjects of the API's answers.
var (
	APIVersionsAnswer = responseSymptom("api.versions", "what GET /api comes to with the token", "GET /api: %s")
	APIReady          = symptom("api.ready", "what GET /readyz comes to", "GET /readyz: %s", 2, healthResponses...)
	APILive           = symptom("api.live", "what GET /livez comes to", "GET /livez: %s", 2, healthResponses...)
	APIVersionAnswer  = responseSymptom("api.version", "what GET /version comes to with the token", "GET /version: %s")
	AnonymousVersions = tells("api.anonymous.versions", "what GET /api comes to without a token", "without a token, GET /api: %s", 1, responses...)
	AnonymousVersion  = tells("api.anonymous.version", "what GET /version comes to without a token", "without a token, GET /version: %s", 1, responses...)
	APIFailingParts   = flagTells("api.failing-parts", "whether the server names parts of itself that fail, at /readyz or /livez", "the server names failing parts: %s", false)
	APIFromServer     = flagTells("api.from-server", "whether a refusal has the form of an API server's", "the answer is an API server's: %s", true)
	APIUnverified     = flagSymptom("api.unverified", "whether a request that failed met a certificate that does not verify, after tls.chain met one that does", "a request met a certificate that does not verify: %s", false)
	APIFlowSchema     = flagTells("api.flow-schema", "whether a 429 names the flow schema that holds the account's requests, as an API server's own does", "the 429 names a flow schema: %s", true)
	APIFlowSchemaUID  = text("api.flow-schema.uid", "the uid of that flow schema", "flow schema %s")
	APISlow           = flagSymptom("api.slow", "whether the review was answered in more than a second", "the API is slow: %s", false)
	APIReviewTook     = duration("api.review.took", "how long the review took", "the review took %s")
	APIUser           = text("api.user", "the account as the server names it", "the server sees %s")
	APIStale          = numberSymptom("api.discovery.stale", "how many API versions have a server that does not answer", "%s API versions are stale")
	APIStaleNames     = texts("api.discovery.stale-names", "those versions, at most 8", "%s is stale")
	APISkewed         = flagSymptom("api.version.skewed", "whether client and server are more than 3 minor versions apart", "client and server are too far apart: %s", false)
	APIVersionIs      = text("api.version.value", "the server's version", "the server is %s")
	APIDenied         = countSymptom("api.access.denied", "how many of the accesses that were asked about are denied", "%s accesses are denied")
	APIDeniedNames    = texts("api.access.denied-names", "those accesses, as --can-i names them", "%s is denied")
	APIAccess         = responseSymptom("api.access", "what the questions about access came to", "the questions about access: %s")
	APIServerAddress  = text("api.server-address", "the API server's own address, as /api tells it", "the API server is at %s")

	SidecarAnswer = symptom("kubectl-proxy.answer", "what a kubectl proxy says, at the address asked for or at 127.0.0.1:8001", "the kubectl proxy: %s", 2, SidecarWorks, SidecarAbsent, SidecarClosed, SidecarSilent, SidecarFiltered, SidecarUpstream, SidecarForeign)
	SidecarAsked  = flagTells("kubectl-proxy.asked", "whether a kubectl proxy was asked for", "a kubectl proxy was asked for: %s", false)

	Broken = flagSymptom("internal.error", "whether a check of k8sdoctor broke by itself", "a check broke by itself: %s", false)
)

var apiSubjects = []*Row{
	APIVersionsAnswer.Row, APIReady.Row, APILive.Row, APIVersionAnswer.Row, AnonymousVersions.Row, AnonymousVersion.Row, APIFailingParts.Row, APIFromServer.Row, APIUnverified.Row, APIFlowSchema.Row, APIFlowSchemaUID.Row, APISlow.Row, APIReviewTook.Row, APIUser.Row,
	APIStale.Row, APIStaleNames.Row, APISkewed.Row, APIVersionIs.Row, APIDenied.Row, APIDeniedNames.Row, APIAccess.Row, APIServerAddress.Row, SidecarAnswer.Row, SidecarAsked.Row, Broken.Row,
}
