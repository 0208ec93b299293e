package clients

import "github.com/k8sdoctor/k8sdoctor/observe"

// phrases are what words of the vocabulary read like behind what their subjects
// say; the others are good as they are.
var phrases = map[any]string{
	observe.Silent:      "does not answer",
	observe.Denied:      "may not be dialled",
	observe.NoRoute:     "has no route from this pod",
	observe.NoPort:      "cannot be dialled for want of a port or address",
	observe.Prohibited:  "is prohibited by a host on the route",
	observe.NoNeighbour: "does not answer on the link",
	observe.Unreachable: "is unreachable",
	observe.OtherError:  "cannot be dialled",

	observe.TunnelNoProxy: "the proxy cannot be reached",
	observe.TunnelSilent:  "the proxy does not answer",

	observe.NoNameserver: "kind without a nameserver",
	observe.NotReadable:  "kind that cannot be read",
	observe.NoAddress:    "no address",
	observe.OtherAddress: "another address than the one in the environment",

	observe.Unverified:      "a certificate that ca.crt does not vouch for",
	observe.HandshakeSilent: "no answer",
	observe.HandshakeClosed: "the connection is closed",
	observe.Alerted:         "the server ends it with an alert",
	observe.PlainHTTP:       "an answer in plain HTTP",
	observe.OtherBytes:      "an answer that is no TLS",
	observe.NoVersion:       "no version that both sides speak",
	observe.NoConnection:    "TCP does not connect any more",
	observe.OtherHandshake:  "it fails",
	observe.ChainAuthority:  "no certificate of ca.crt has signed it",
	observe.ChainUsage:      "signed, and not for servers",
	observe.ChainConstraint: "signed, and against a rule of its CA",
	observe.ChainOther:      "it does not verify",

	observe.FileDirty: "not clean: a character is inside that no token has",
	observe.FileNoJWT: "no JSON Web Token",

	observe.Unauthorized: "401 Unauthorized",
	observe.Anonymous:    "it was not seen, the request is one of system:anonymous",
	observe.Forbidden:    "403 Forbidden",
	observe.NotFound:     "404 Not Found",
	observe.Throttled:    "429 Too Many Requests",
	observe.Initializing: "the server's storage is not ready yet",
	observe.ServerError:  "an error of the server's",
	observe.Foreign:      "one that no API server gives",
	observe.NoResponse:   "none, or a broken one",
}
