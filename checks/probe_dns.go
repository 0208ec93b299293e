package checks

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/k8sdoctor/k8sdoctor/netprobe"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/panics"
	"github.com/k8sdoctor/k8sdoctor/pod"
	"github.com/k8sdoctor/k8sdoctor/pulse"
)

var probeSearch = &Check{
	ID:      "probe.search",
	Records: []*observe.Row{observe.DNSWildcard.Row},
	Title:   "what each search domain says to a name that cannot exist",
	Needs:   []string{"dns.config"},
	Probe:   true,
	Run:     runProbeSearch,
}

func runProbeSearch(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	domains := session.resolv.Search[:min(len(session.resolv.Search), netprobe.MaxCandidates)]
	if sys.NoExternalProbes {
		domains = slices.DeleteFunc(slices.Clone(domains), func(domain string) bool { return !session.resolv.InCluster(domain) })
	}
	if len(domains) == 0 || len(session.nameservers) == 0 {
		return notApplicable("no search domain, or no nameserver that answers")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	label := fmt.Sprintf("k8sdoctor-%08x", rand.Uint32())
	answers := make([]netprobe.PairAnswer, len(domains))
	var wait sync.WaitGroup
	for i, domain := range domains {
		wait.Go(panics.Guarded(ctx, func() {
			answers[i].Reply, answers[i].Err = netprobe.Ask(ctx, sys, "udp", session.nameservers[0], label+"."+domain+".", dnsmessage.TypeA)
		}))
	}
	wait.Wait()
	var e observe.Evidence
	var odd []string
	if some := slices.ContainsFunc(answers, netprobe.PairAnswer.HasAddress); some || !slices.ContainsFunc(answers, func(a netprobe.PairAnswer) bool { return a.Err != nil }) {
		observe.DNSWildcard.Saw(log, some)
	}
	for i, domain := range domains {
		said := answers[i].Wildcard()
		e.Add(domain, "%s", said)
		if said != "NXDOMAIN" {
			odd = append(odd, domain+": "+said)
		}
	}
	if len(odd) > 0 {
		return pass(e, "%s", strings.Join(odd, "; "))
	}
	return pass(e, "no search domain knows a name that cannot exist")
}

var probeZones = &Check{
	ID:      "probe.zones",
	Records: []*observe.Row{observe.DNSOutside.Row},
	Title:   "what the nameserver says of the cluster's zone and of a name outside",
	Needs:   []string{"dns.config"},
	Probe:   true,
	Run:     runProbeZones,
}

// outsideName is reserved and exists, see RFC 2606.
const outsideName = "example.com."

func runProbeZones(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if len(session.nameservers) == 0 {
		return notApplicable("no nameserver answers")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	questions := []observe.Fact{{Key: "cluster zone", Value: session.resolv.APIName()}}
	if !sys.NoExternalProbes {
		questions = append(questions, observe.Fact{Key: "outside", Value: outsideName})
	}
	answers := make([]string, len(questions))
	var wait sync.WaitGroup
	for i, q := range questions {
		wait.Go(panics.Guarded(ctx, func() {
			reply, err := netprobe.Ask(ctx, sys, "udp", session.nameservers[0], q.Value, recordFor(session.Host))
			answers[i] = replyOrError(reply, err)
			switch {
			case q.Value != outsideName || netprobe.CutOff(ctx, err):
			case err != nil:
				observe.DNSOutside.Saw(log, observe.NoReply)
			default:
				observe.DNSOutside.Saw(log, rcodeOf(reply))
			}
		}))
	}
	wait.Wait()
	var e observe.Evidence
	for i, q := range questions {
		e.Add(q.Key, "%s %s", q.Value, answers[i])
	}
	return pass(e, "%s", e[len(e)-1].Value)
}

var probeDNSTiming = &Check{
	ID:      "probe.dns-timing",
	Records: []*observe.Row{observe.DNSPairsStall.Row, observe.DNSSinglesStall.Row, observe.DNSStalls.Row},
	Title:   "how long pairs of A and AAAA questions take from one socket",
	Needs:   []string{"dns.config"},
	Probe:   true,
	Run:     runProbeDNSTiming,
}

// timedPairs is how many pairs of questions are sent, one pair after the other.
const timedPairs = 20

// stalledPair is from when on an answer counts as lost: resolvers would wait
// 2.5 s or 5 s for it.
const stalledPair = 100 * time.Millisecond

// runProbeDNSTiming compares pairs from one socket with single questions: loss
// strikes both, the race in the node's connection tracking the pairs only.
func runProbeDNSTiming(ctx context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	if len(session.nameservers) == 0 {
		return notApplicable("no nameserver answers")
	}
	ctx, cancel := probeContext(ctx)
	defer cancel()
	server, name := session.nameservers[0], session.resolv.APIName()
	pairs, stalledPairs, stalledSingles, slowest := 0, 0, 0, time.Duration(0)
	for range timedPairs {
		if ctx.Err() != nil {
			break
		}
		pairs++
		w := pulse.StartWatch(ctx)
		if !answeredSoon(ctx, func(ctx context.Context) bool {
			both := netprobe.AskBoth(ctx, sys, server, name)
			return both[0].Err == nil && both[1].Err == nil
		}) {
			stalledPairs++
		}
		slowest = max(slowest, w.Took())
		for range 2 { // of each kind the same number of datagrams
			if !answeredSoon(ctx, func(ctx context.Context) bool {
				_, err := netprobe.Ask(ctx, sys, "udp", server, name, dnsmessage.TypeA)
				return err == nil
			}) {
				stalledSingles++
			}
		}
	}
	observe.DNSPairsStall.Saw(log, stalledPairs, pairs)
	observe.DNSSinglesStall.Saw(log, stalledSingles, 2*pairs)
	observe.DNSStalls.Saw(log, stallsOf(stalledPairs, stalledSingles))
	var e observe.Evidence
	e.Add("pairs", "%d", pairs)
	e.Add("stalled", "%d", stalledPairs)
	e.Add("stalled singles", "%d", stalledSingles)
	e.Add("slowest", "%s", observe.FormatDuration(slowest))
	return pass(e, "%d of %d pairs of questions stall, and %d of %d single ones", stalledPairs, pairs, stalledSingles, 2*pairs)
}

// answeredSoon says whether a question is answered before stalledPair.
func answeredSoon(ctx context.Context, answered func(context.Context) bool) bool {
	ctx, cancel := pulse.Within(ctx, stalledPair)
	defer cancel()
	return answered(ctx)
}

// stallsOf knows the race by that it spares single questions: loss would hit every
// second pair that it hits a single question for.
func stallsOf(pairs, singles int) observe.Stalls {
	switch {
	case pairs+singles == 0:
		return observe.StallsNone
	case pairs > 0 && singles*10 <= pairs:
		return observe.StallsPairs
	}
	return observe.StallsAll
}
