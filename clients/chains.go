package clients

import (
	"slices"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// The predicates for chains that Go accepts, and for a ca.crt that it reads.
var (
	keyOfOther  = func(in inputs) bool { return observe.TLSIssuerKey.No(in.seen) }
	weakKey     = func(in inputs) bool { return weakErrors[observe.TLSWeakKey.In(in.seen)] != "" }
	strict      = func(in inputs) bool { return in.strictRule() != "" }
	unrooted    = func(in inputs) bool { return unrootedErrors[observe.TLSAnchor.In(in.seen)] != "" }
	leafTrusted = func(in inputs) bool { return observe.TLSAnchor.In(in.seen) == observe.AnchorServer }
	halfTrusted = func(in inputs) bool { return observe.TLSAnchor.In(in.seen) == observe.AnchorIntermediate }
	notForTLS   = usageIs(observe.UsageAnyOnly, observe.UsageNetscape)
	damaged     = besideIs(observe.BesideBrokenFirst, observe.BesideBrokenLater)
)

// strictRule is the first that is broken; older reports have that of the server's
// certificate alone.
func (in inputs) strictRule() observe.StrictRule {
	if observe.TLSAuthorityKey.No(in.seen) && !in.seen.Saw(observe.TLSUsage.Row) {
		return observe.RuleAuthorityKey
	}
	return observe.TLSStrictRule.First(in.seen)
}

func usageIs(words ...observe.Usage) func(inputs) bool {
	return func(in inputs) bool { return slices.Contains(words, observe.TLSUsage.In(in.seen)) }
}

func besideIs(words ...observe.Beside) func(inputs) bool {
	return func(in inputs) bool { return slices.Contains(words, observe.VolumeCABeside.In(in.seen)) }
}

func breaks(rule observe.StrictRule) func(inputs) bool {
	return func(in inputs) bool {
		return slices.ContainsFunc(in.seen[observe.TLSStrictRule.ID], func(e observe.Entry) bool { return e.Word == string(rule) })
	}
}

func allOf(rules ...func(inputs) bool) func(inputs) bool {
	return func(in inputs) bool {
		return !slices.ContainsFunc(rules, func(r func(inputs) bool) bool { return !r(in) })
	}
}

// The errors of OpenSSL 3.0.
const (
	noIssuer    = "unable to get local issuer certificate"
	wrongUse    = "unsuitable certificate purpose"
	oldWrongUse = "unsupported certificate purpose" // of OpenSSL 1.1
)

// strictErrors are those of X509_V_FLAG_X509_STRICT.
var strictErrors = map[observe.StrictRule]string{
	observe.RuleNotCA:        "invalid CA certificate",
	observe.RulePathOfServer: "Path length invalid for non-CA cert",
	observe.RulePathLength:   "Path length given without key usage keyCertSign",
	observe.RuleNotCritical:  "Basic Constraints of CA cert not marked critical",
	observe.RuleKeyUsage:     "CA cert does not include key usage extension",
	observe.RuleNoIssuer:     "Issuer name empty",
	observe.RuleNoSubject:    "Subject empty and Subject Alt Name extension not critical",
	observe.RuleAuthorityKey: "Missing Authority Key Identifier",
	observe.RuleSubjectKey:   "Missing Subject Key Identifier",
}

// unrootedErrors are those without X509_V_FLAG_PARTIAL_CHAIN.
var unrootedErrors = map[observe.Anchor]string{
	observe.AnchorIntermediate: "unable to get issuer certificate",
	observe.AnchorServer:       noIssuer,
}

// weakErrors are those of security level 2.
var weakErrors = map[observe.Certificate]string{
	observe.CertServer:       "EE certificate key too weak",
	observe.CertIntermediate: "CA certificate key too weak",
	observe.CertCA:           "CA certificate key too weak",
}
