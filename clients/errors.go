package clients

import (
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// failureKind is what goes wrong between a client and the API server, as far as
// clients have a text of their own for it.
type failureKind string

const (
	noFailure       failureKind = ""
	otherFailure    failureKind = "other"
	noSuchHost      failureKind = "no such host"
	resolverSilent  failureKind = "no answer from DNS"
	connectRefused  failureKind = "refused"
	connectTimeout  failureKind = "timeout"
	noRoute         failureKind = "no route to host"
	netUnreachable  failureKind = "network is unreachable"
	noSocket        failureKind = "no socket"
	noPort          failureKind = "cannot assign requested address"
	tlsTimeout      failureKind = "handshake timeout"
	badChain        failureKind = "not signed by ca.crt"
	unknownSigner   failureKind = "not signed by ca.crt, for this host"
	foreignChain    failureKind = "not signed by ca.crt and not for this host"
	uncoveredHost   failureKind = "not for this host"
	expiredChain    failureKind = "out of its validity"
	plainHTTP       failureKind = "plain HTTP"
	unauthorized    failureKind = "401"
	anonymousDenied failureKind = "403 for system:anonymous"
)

// beforeTLS are the failures that keep a client from seeing a certificate.
var beforeTLS = map[failureKind]bool{
	noSuchHost: true, resolverSilent: true, connectRefused: true, connectTimeout: true, noRoute: true, netUnreachable: true, noSocket: true, noPort: true, tlsTimeout: true, plainHTTP: true,
}

// failure is what stops a client; its kind is noFailure where nothing does.
type failure struct {
	kind   failureKind
	reason string
}

// requirement looks at a subject that a client depends on. What was not observed
// does not stop it.
type requirement func(observe.Set) failure

// The subjects that a client depends on, in its order, when it goes by the address
// in the environment and when it goes by the name kubernetes.default.svc.
var (
	byAddress = []requirement{
		hostLookup, connection, proxy, handshake,
		requiresFlag(observe.TLSCoversHost, true, uncoveredHost), validity, token, tokenTimes,
	}
	byName = []requirement{
		nameLookup, nameConnection, proxy, handshake,
		requiresFlag(observe.TLSCoversService, true, uncoveredHost), validity, token, tokenTimes,
	}

	proxy      = requires(observe.NetProxy, tunnelKinds)
	validity   = requires(observe.TLSValidity, validityKinds(expiredChain))
	token      = requires(observe.TokenReview, responseKinds)
	tokenTimes = requires(observe.TokenTimeServer, validityKinds(unauthorized))
	versions   = requires(observe.APIVersionsAnswer, responseKinds)
)

// blocked returns the first of what stops a client.
func (in inputs) blocked(goesByName bool) failure {
	requirements := byAddress
	if goesByName {
		requirements = byName
	}
	if in.token == fileInvalid {
		return failure{unauthorized, reason(observe.VolumeToken, observe.VolumeToken.In(in.seen))}
	}
	if f := requires(observe.VolumeCAValidity, validityKinds(badChain))(in.seen); f.kind != noFailure {
		return f
	}
	return firstFailure(in.seen, requirements...)
}

func firstFailure(seen observe.Set, requirements ...requirement) failure {
	for _, r := range requirements {
		if f := r(seen); f.kind != noFailure {
			return f
		}
	}
	return failure{}
}

// requires is a requirement that the words of kinds do not meet.
func requires[W ~string](subject observe.Word[W], kinds map[W]failureKind) requirement {
	return func(seen observe.Set) failure {
		word := subject.In(seen)
		if kinds[word] == noFailure {
			return failure{}
		}
		return failure{kinds[word], reason(subject, word)}
	}
}

// requiresFlag is a requirement that a subject which was seen not to be as wanted
// does not meet.
func requiresFlag(subject observe.Flag, wanted bool, kind failureKind) requirement {
	return func(seen observe.Set) failure {
		switch {
		case wanted && subject.No(seen):
			return failure{kind, subject.Phrase(observe.Value{Word: "no"})}
		case !wanted && subject.Yes(seen):
			return failure{kind, subject.Phrase(observe.Value{Word: "yes"})}
		}
		return failure{}
	}
}

// reason says what was seen of a subject.
func reason[W ~string](subject observe.Word[W], word W) string {
	return subject.Phrase(observe.Value{Word: string(word)})
}

var answerKinds = map[observe.Answer]failureKind{
	observe.Refuses: connectRefused, observe.Silent: connectTimeout, observe.NoRoute: netUnreachable,
	observe.Prohibited: noRoute, observe.NoNeighbour: noRoute, observe.Unreachable: noRoute,
	observe.NoSocket: noSocket, observe.NoPort: noPort,
	observe.Denied: otherFailure, observe.NoResource: otherFailure, observe.OtherError: otherFailure,
}

var tunnelKinds = map[observe.Tunnel]failureKind{
	observe.TunnelRefused: otherFailure, observe.TunnelNoProxy: otherFailure, observe.TunnelSilent: otherFailure,
}

func validityKinds(kind failureKind) map[observe.Validity]failureKind {
	return map[observe.Validity]failureKind{observe.Past: kind, observe.Future: kind}
}

var responseKinds = map[observe.Response]failureKind{
	observe.Unauthorized: unauthorized, observe.Anonymous: anonymousDenied,
	observe.Forbidden: otherFailure, observe.NotFound: otherFailure, observe.Throttled: otherFailure, observe.Initializing: otherFailure,
	observe.ServerError: otherFailure, observe.Foreign: otherFailure, observe.NoResponse: otherFailure,
}

// connection looks at the API's address. Where only some connections fail, the
// subject has what those show, and a client gets through.
func connection(seen observe.Set) failure {
	if failed, of := observe.APIFails.In(seen); failed < of {
		return failure{}
	}
	return requires(observe.APITCP, answerKinds)(seen)
}

func directConnection(seen observe.Set) failure {
	return requires(observe.APIDirect, answerKinds)(seen)
}

// nameConnection looks at the addresses of the name as far as they are others
// than the API's.
func nameConnection(seen observe.Set) failure {
	if seen.Saw(observe.NetName.Row) {
		return requires(observe.NetName, answerKinds)(seen)
	}
	return connection(seen)
}

// handshake knows that Go, unlike others, looks at the host before the chain. A
// chain that is merely out of its validity is for validity to judge.
func handshake(seen observe.Set) failure {
	if observe.TLSHandshake.In(seen) != observe.Unverified {
		return requires(observe.TLSHandshake, map[observe.Handshake]failureKind{
			observe.HandshakeSilent: tlsTimeout, observe.PlainHTTP: plainHTTP,
			observe.Alerted: otherFailure, observe.HandshakeClosed: otherFailure, observe.OtherBytes: otherFailure,
			observe.NoVersion: otherFailure, observe.NoConnection: otherFailure, observe.OtherHandshake: otherFailure,
		})(seen)
	}
	fault, kind := observe.TLSVerifyError.In(seen), badChain
	switch {
	case fault == observe.ChainFine || fault == observe.ChainExpired:
		return failure{}
	case observe.TLSServedCovers.No(seen):
		kind = foreignChain
	case observe.TLSServedCovers.Yes(seen) && fault == observe.ChainAuthority:
		kind = unknownSigner
	}
	if fault == "" {
		return failure{kind, reason(observe.TLSHandshake, observe.Unverified)}
	}
	return failure{kind, reason(observe.TLSVerifyError, fault)}
}
