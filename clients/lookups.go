package clients

import "github.com/k8sdoctor/k8sdoctor/observe"

// nameLookup looks whether kubernetes.default.svc has the API's address. What the
// nameservers say counts where the lookup itself was not tried.
func nameLookup(seen observe.Set) failure {
	if !seen.Saw(observe.DNSName.Row) {
		return firstFailure(seen, resolver, nameservers,
			requiresFlag(observe.DNSTruncated, false, noSuchHost), requires(observe.DNSRcode, rcodeKinds))
	}
	none := noSuchHost
	if observe.DNSResent.Yes(seen) {
		none = resolverSilent
	}
	return requires(observe.DNSName, map[observe.Lookup]failureKind{observe.NoAddress: none, observe.OtherAddress: otherFailure})(seen)
}

// hostLookup looks whether a host that is a name has an address; a proxy may
// resolve it where the pod cannot.
func hostLookup(seen observe.Set) failure {
	if observe.EnvProxy.In(seen) == observe.ProxyApplies {
		return failure{}
	}
	return requires(observe.APIName, rcodeKinds)(seen)
}

var resolver = requires(observe.DNSResolver, map[observe.Resolver]failureKind{observe.NoNameserver: noSuchHost, observe.NotReadable: noSuchHost})

// nameservers looks for one that answers by UDP, be it the node's cache.
func nameservers(seen observe.Set) failure {
	if observe.DNSUDP.In(seen) == observe.Answers || observe.DNSCache.In(seen) == observe.Answers {
		return failure{}
	}
	return firstFailure(seen, requires(observe.DNSUDP, nameserverKinds), requires(observe.DNSCache, nameserverKinds))
}

var nameserverKinds = map[observe.Answer]failureKind{
	observe.Silent:  resolverSilent,
	observe.Refuses: noSuchHost, observe.NoRoute: noSuchHost, observe.Prohibited: noSuchHost, observe.NoNeighbour: noSuchHost,
	observe.Unreachable: noSuchHost, observe.Denied: noSuchHost, observe.NoSocket: noSuchHost, observe.NoPort: noSuchHost, observe.NoResource: noSuchHost, observe.OtherError: noSuchHost,
}

var rcodeKinds = map[observe.Rcode]failureKind{
	observe.NXDomain: noSuchHost, observe.NoData: noSuchHost, observe.RcodeRefused: noSuchHost,
	observe.ServFail: noSuchHost, observe.OtherRcode: noSuchHost, observe.NoReply: resolverSilent,
}
