package observe

// Answer is what came of one packet, or of the first of a connection.
type Answer string

// The answers, by the errno that the kernel returned and when.
const (
	Answers     Answer = "answers"
	Refuses     Answer = "refuses"      // ECONNREFUSED or ECONNRESET: a reset, or port unreachable
	Silent      Answer = "silent"       // nothing in time
	Denied      Answer = "denied"       // EPERM or EACCES: the pod's own kernel forbids it
	NoSocket    Answer = "no-socket"    // EPERM or EACCES of socket(2), before there is an address
	NoRoute     Answer = "no-route"     // ENETUNREACH
	NoPort      Answer = "no-port"      // EADDRNOTAVAIL: no port, or no address, to send from
	Prohibited  Answer = "prohibited"   // EHOSTUNREACH within a second: a live host says so
	NoNeighbour Answer = "no-neighbour" // EHOSTUNREACH later: no answer to ARP/NDP
	Unreachable Answer = "unreachable"  // EHOSTUNREACH whose time tells nothing
	NoResource  Answer = "no-resource"  // EMFILE, ENFILE, ENOBUFS or ENOMEM: no file descriptor, or no buffer
	OtherError  Answer = "other-error"
)

var answers = []Answer{Answers, Refuses, Silent, Denied, NoSocket, NoRoute, NoPort, Prohibited, NoNeighbour, Unreachable, NoResource, OtherError}

func answerSymptom(id, means, says string) Word[Answer] {
	return symptom(id, means, says, 1, answers...)
}

func answerTells(id, means, says string) Word[Answer] { return tells(id, means, says, 1, answers...) }

// Handshake is how far a TLS handshake came.
type Handshake string

// The ends of a handshake.
const (
	Verifies        Handshake = "verifies"       // a certificate that ca.crt vouches for
	Unverified      Handshake = "unverified"     // a certificate that it does not vouch for
	HandshakeSilent Handshake = "silent"         // TCP connects, and nothing comes in time
	HandshakeClosed Handshake = "closed"         // TCP connects, and closes
	Alerted         Handshake = "alert"          // ended by an alert, see tls.alert
	PlainHTTP       Handshake = "plain-http"     // an HTTP answer where TLS is expected
	OtherBytes      Handshake = "other-protocol" // bytes of neither, see tls.first-bytes
	NoVersion       Handshake = "no-version"     // no version that both sides speak
	NoConnection    Handshake = "no-connection"  // TCP does not connect any more
	OtherHandshake  Handshake = "other-error"
)

var handshakes = []Handshake{Verifies, Unverified, Alerted, HandshakeClosed, HandshakeSilent, PlainHTTP, OtherBytes, NoVersion, NoConnection, OtherHandshake}

func handshakeTells(id, means, says string) Word[Handshake] {
	return tells(id, means, says, 1, handshakes...)
}

// Response is what an HTTP request came to.
type Response string

// The responses. A 401, 403 or 404 is one of an API server's form.
const (
	OK           Response = "ok"
	Unavailable  Response = "unavailable"    // the review alone: 403 or 404, and the token is accepted elsewhere
	Unauthorized Response = "unauthorized"   // 401
	Anonymous    Response = "anonymous"      // the server saw system:anonymous, although a token was sent
	Forbidden    Response = "forbidden"      // 403
	NotFound     Response = "not-found"      // 404
	Throttled    Response = "throttled"      // 429
	Initializing Response = "initializing"   // 429 or 503, and storage is not ready yet
	ServerError  Response = "server-error"   // any other 5xx
	Foreign      Response = "foreign"        // what no API server says
	NoResponse   Response = "no-answer"      // no answer, or a broken one
	NotAsked     Response = "not-to-be-told" // refused to a request without a token, which says nothing
)

var responses = []Response{OK, Unauthorized, Anonymous, Forbidden, NotFound, Throttled, Initializing, ServerError, Foreign, NoResponse}

func responseSymptom(id, means, says string) Word[Response] {
	return symptom(id, means, says, 1, responses...)
}
