package causes

import (
	"slices"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Consequences that several causes have in common.

// The answers of packets that do not arrive, as several causes have them.
var (
	refusals = []observe.Answer{observe.Refuses, observe.Prohibited, observe.Denied}
	// The same where the second SYN may be the one that is answered: hosts limit how many ICMP
	// messages they send.
	lateRefusals = append(refusals, observe.Unreachable)
	anyFailure   = []observe.Answer{observe.Refuses, observe.Silent, observe.Denied, observe.NoRoute, observe.NoPort, observe.Prohibited, observe.NoNeighbour, observe.Unreachable, observe.NoResource, observe.OtherError}
	silences     = []observe.Answer{observe.Silent, observe.NoRoute, observe.NoNeighbour, observe.Prohibited, observe.Unreachable}
)

// What says that nothing in the pod's own network namespace keeps packets from the API
// server: no route and no rule, and no redirect either; nor, where that was read, a
// NetworkPolicy or a Service without endpoints.
var (
	leavesPod = notKeptBy(observe.PoliciesDeny)
	notKept   = Predictions{observe.APILoopback.Is(false), observe.NetRoute.Not(observe.OwnAddress, observe.OtherDevice, observe.RejectRoute), observe.NetSend.Is(observe.Sent), observe.NetDropped.Is(false)}
)

// notKeptBy is what a pod shows whose packets leave, and of whose policies none say this.
func notKeptBy(policies ...observe.Policies) Predictions {
	return all(notKept, Predictions{observe.RefusedBy.Is(observe.ByReset, observe.ByICMP), observe.PolicyAPI.Not(policies...), observe.APIBackends.Is(observe.BackendsReady)})
}

// atServiceIP says that the API server was used at its Service IP.
var atServiceIP = Predictions{observe.EnvHost.Is(observe.VariableFine), observe.APILoopback.Is(false)}

// dnsToo is what DNS shows where packets to it do not arrive either.
func dnsToo(answers ...observe.Answer) Predictions {
	return Predictions{
		observe.DNSUDP.Is(answers...), observe.DNSTCP.Is(answers...), observe.DNSSome.Is(answers...), observe.DNSSomeTCP.Is(answers...),
		observe.DNSName.Is(observe.NoAddress), observe.NetName.Is(answers...),
	}
}

// apiGone is what shows elsewhere where nothing reaches the API server: CoreDNS may
// be cut off from it as well.
var apiGone = Predictions{
	observe.DNSRcode.Is(observe.ServFail), observe.DNSName.Is(observe.NoAddress),
	observe.NetName.Not(observe.Answers),
}

// noResponse is what requests come to whose connections fail.
var noResponse = Predictions{
	observe.TokenReview.Is(observe.NoResponse), observe.APIVersionsAnswer.Is(observe.NoResponse),
	observe.APIReady.Is(observe.NoResponse), observe.APILive.Is(observe.NoResponse), observe.APIVersionAnswer.Is(observe.NoResponse),
	observe.APIAccess.Is(observe.NoResponse),
}

func all(lists ...Predictions) Predictions { return slices.Concat(lists...) }

// givenWorks is what the kubelet's address shows where another one is set, which fails now
// and then or for a reason of its own.
var givenWorks = Predictions{observe.EnvGivenHandshake.Is(observe.Verifies)}
