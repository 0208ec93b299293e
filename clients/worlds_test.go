package clients_test

import (
	"maps"
	"slices"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

const (
	tokenFile = "/var/run/secrets/kubernetes.io/serviceaccount/token"
	caFile    = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
)

// healthy is what is observed of a pod in which all is well.
func healthy(log *observe.Log) {
	observe.EnvHost.Saw(log, observe.VariableFine)
	observe.EnvPort.Saw(log, observe.VariableFine)
	observe.EnvHostValue.Saw(log, "10.96.0.1")
	observe.EnvPortValue.Saw(log, "443")
	observe.EnvProxy.Saw(log, observe.NoProxySet)
	observe.EnvKubeconfig.Saw(log, false)
	observe.VolumeMount.Saw(log, observe.Mounted)
	observe.VolumeToken.Saw(log, observe.FileFine)
	observe.VolumeCA.Saw(log, observe.FileFine)
	observe.VolumeBundle.Saw(log, false)
	observe.VolumeCAValidity.Saw(log, observe.Now)
	observe.VolumeNamespace.Saw(log, observe.FileFine)
	observe.DNSResolver.Saw(log, observe.OfCluster)
	observe.DNSUDP.SawAt(log, "10.96.0.10:53", observe.Answers)
	observe.DNSRcode.Saw(log, observe.NoError)
	observe.DNSTruncated.Saw(log, false)
	observe.DNSName.Saw(log, observe.OfService)
	observe.DNSResent.Saw(log, false)
	observe.DNSAddress.Saw(log, "10.96.0.1")
	observe.APITCP.Saw(log, observe.Answers)
	observe.APIFails.Saw(log, 0, 8)
	observe.TLSHandshake.Saw(log, observe.Verifies)
	observe.TLSVerifyError.Saw(log, observe.ChainFine)
	observe.TLSServedCovers.Saw(log, true)
	observe.TLSCoversHost.Saw(log, true)
	observe.TLSCoversService.Saw(log, true)
	observe.TLSSANs.Saw(log, "kubernetes", "kubernetes.default", "kubernetes.default.svc", "10.96.0.1")
	observe.TLSValidity.Saw(log, observe.Now)
	observe.TLSAuthorityKey.Saw(log, true)
	observe.TLSUsage.Saw(log, observe.UsageFine)
	observe.TLSIssuerKey.Saw(log, true)
	observe.TLSWeakKey.Saw(log, observe.NoCertificate)
	observe.TLSAnchor.Saw(log, observe.AnchorRoot)
	observe.VolumeCABeside.Saw(log, observe.BesideNothing)
	observe.TokenReview.Saw(log, observe.OK)
	observe.TokenTimeServer.Saw(log, observe.Now)
	observe.APIVersionsAnswer.Saw(log, observe.OK)
	observe.APIStale.Saw(log, 0)
	observe.SidecarAnswer.Saw(log, observe.SidecarAbsent)
}

// What is not observed when a check before it fails.
var (
	noAPI    = []*observe.Row{observe.APIVersionsAnswer.Row, observe.APIStale.Row}
	noToken  = append([]*observe.Row{observe.TokenReview.Row, observe.TokenTimeServer.Row}, noAPI...)
	noChain  = append([]*observe.Row{observe.TLSSANs.Row, observe.TLSCoversHost.Row, observe.TLSCoversService.Row, observe.TLSValidity.Row}, noToken...)
	noTLS    = append([]*observe.Row{observe.TLSHandshake.Row, observe.TLSVerifyError.Row, observe.TLSServedCovers.Row, observe.TLSAuthorityKey.Row}, slices.Concat(noPath, noChain)...)
	noPath   = []*observe.Row{observe.TLSStrictRule.Row, observe.TLSUsage.Row, observe.TLSIssuerKey.Row, observe.TLSWeakKey.Row, observe.TLSAnchor.Row}
	noTCP    = append([]*observe.Row{observe.APITCP.Row, observe.APIFails.Row}, noTLS...)
	noLookup = []*observe.Row{observe.DNSName.Row, observe.DNSResent.Row, observe.DNSAddress.Row}
	noVolume = append([]*observe.Row{observe.VolumeToken.Row, observe.VolumeCA.Row, observe.VolumeBundle.Row, observe.VolumeCAValidity.Row, observe.VolumeNamespace.Row}, noTLS...)
	noEnv    = append([]*observe.Row{observe.EnvProxy.Row}, noTCP...)
)

// but is what is observed of a healthy pod but for what is recorded, which takes
// the place of what was there, and for what is not observed.
func but(record func(*observe.Log), without ...[]*observe.Row) observe.Set {
	all := maps.Clone(observe.Collect(healthy))
	for _, list := range without {
		for _, subject := range list {
			delete(all, subject.ID)
		}
	}
	maps.Copy(all, observe.Collect(record))
	return all
}

// faults are what is observed of the lab's faults, by their codes.
var faults = map[string]observe.Set{
	"env.missing": but(func(log *observe.Log) {
		observe.EnvHost.Saw(log, observe.VariableUnset)
		observe.EnvPort.Saw(log, observe.VariableUnset)
	}, []*observe.Row{observe.EnvHostValue.Row, observe.EnvPortValue.Row}, noEnv),
	"env.links-collision": but(func(log *observe.Log) {
		observe.EnvPort.Saw(log, observe.VariableLink)
		observe.EnvPortValue.Saw(log, "tcp://10.96.8.140:80")
	}, noEnv),
	"env.client-override":  but(func(log *observe.Log) { observe.EnvKubeconfig.Saw(log, true) }),
	"volume.not-mounted":   but(func(log *observe.Log) { observe.VolumeMount.Saw(log, observe.MountAbsent) }, noVolume),
	"volume.empty":         but(func(log *observe.Log) { observe.VolumeMount.Saw(log, observe.MountEmpty) }, noVolume),
	"volume.token-missing": but(func(log *observe.Log) { observe.VolumeToken.Saw(log, observe.FileMissing) }, noToken),
	"volume.token-empty":   but(func(log *observe.Log) { observe.VolumeToken.Saw(log, observe.FileEmpty) }, noToken),
	"volume.token-dirty":   but(func(log *observe.Log) { observe.VolumeToken.Saw(log, observe.FilePadded) }),
	"volume.ca-missing": but(func(log *observe.Log) { observe.VolumeCA.Saw(log, observe.FileMissing) },
		[]*observe.Row{observe.VolumeBundle.Row, observe.VolumeCAValidity.Row}, noTLS),
	"volume.ca-bundle":   but(func(log *observe.Log) { observe.VolumeBundle.Saw(log, true) }),
	"volume.ca-expired":  but(func(log *observe.Log) { observe.VolumeCAValidity.Saw(log, observe.Past) }, noTLS),
	"volume.ca-not-root": but(func(log *observe.Log) { observe.TLSAnchor.Saw(log, observe.AnchorIntermediate) }),
	"volume.ca-dirty":    but(func(log *observe.Log) { observe.VolumeCABeside.Saw(log, observe.BesideBehind) }),
	"tls.strict-clients": but(func(log *observe.Log) {
		observe.TLSAuthorityKey.Saw(log, false)
		observe.TLSStrictRule.SawAt(log, "server", observe.RuleAuthorityKey)
	}),
	"volume.namespace-missing": but(func(log *observe.Log) { observe.VolumeNamespace.Saw(log, observe.FileMissing) }),
	"dns.servfail":             but(func(log *observe.Log) { observe.DNSRcode.Saw(log, observe.ServFail) }, noLookup),
	"net.api-down":             but(func(log *observe.Log) { observe.APITCP.Saw(log, observe.Refuses); observe.APIFails.Saw(log, 1, 1) }, noTLS),
	"proxy.in-path": but(func(log *observe.Log) {
		observe.EnvProxy.Saw(log, observe.ProxyApplies)
		observe.APIDirect.Saw(log, observe.Answers)
		observe.NetProxy.Saw(log, observe.TunnelRefused)
	}, noTCP),
	"api.forbidden":          but(func(log *observe.Log) { observe.APIVersionsAnswer.Saw(log, observe.Forbidden) }),
	"proxy.client-dependent": but(func(log *observe.Log) { observe.EnvProxy.Saw(log, observe.ProxyDiffers) }),
	"tls.unknown-ca": but(func(log *observe.Log) {
		observe.TLSHandshake.Saw(log, observe.Unverified)
		observe.TLSVerifyError.Saw(log, observe.ChainAuthority)
	}, noChain),
	"tls.self-signed": but(func(log *observe.Log) {
		observe.TLSHandshake.Saw(log, observe.Unverified)
		observe.TLSVerifyError.Saw(log, observe.ChainAuthority)
	}, noChain),
	"tls.foreign-server": but(func(log *observe.Log) {
		observe.TLSHandshake.Saw(log, observe.Unverified)
		observe.TLSVerifyError.Saw(log, observe.ChainAuthority)
		observe.TLSServedCovers.Saw(log, false)
	}, noChain),
	"tls.host-not-covered": but(func(log *observe.Log) {
		observe.TLSServedCovers.Saw(log, false)
		observe.TLSCoversHost.Saw(log, false)
		observe.TLSSANs.Saw(log, "kubernetes", "kubernetes.default", "kubernetes.default.svc", "172.18.0.2")
	}, noToken),
	"tls.name-not-covered": but(func(log *observe.Log) {
		observe.TLSCoversService.Saw(log, false)
		observe.TLSSANs.Saw(log, "control-plane", "10.96.0.1")
	}),
	"tls.expired": but(func(log *observe.Log) {
		observe.TLSVerifyError.Saw(log, observe.ChainExpired)
		observe.TLSValidity.Saw(log, observe.Past)
	}, noToken),
	"tls.not-tls": but(func(log *observe.Log) { observe.TLSHandshake.Saw(log, observe.PlainHTTP) }, noChain, []*observe.Row{observe.TLSVerifyError.Row, observe.TLSServedCovers.Row, observe.TLSAuthorityKey.Row}),
	"token.expired": but(func(log *observe.Log) {
		observe.TokenReview.Saw(log, observe.Unauthorized)
		observe.TokenTimeServer.Saw(log, observe.Past)
	}, noAPI),
	"token.rejected": but(func(log *observe.Log) { observe.TokenReview.Saw(log, observe.Unauthorized) }, noAPI),
	"token.stripped": but(func(log *observe.Log) { observe.TokenReview.Saw(log, observe.Anonymous) }, noAPI),
	"api.aggregation-broken": but(func(log *observe.Log) {
		observe.APIStale.Saw(log, 1)
		observe.APIStaleNames.Saw(log, "metrics.k8s.io/v1beta1")
	}),
	"kubectl-proxy.down": but(func(log *observe.Log) { observe.SidecarAnswer.Saw(log, observe.SidecarClosed) }),
}
