package diagnosis

import (
	"strings"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
)

const compareRanges = "kubectl get nodes -o custom-columns=IP:.status.addresses[0].address,PODS:.spec.podCIDR: is an address of one in the range of another?"

// judgeRoute weighs that the kernel takes the API server for a neighbour on the
// pod's own link. A service IP is nobody's neighbour; an API server's own address
// is one in flat networks, where pods and nodes share a range.
func judgeRoute(s Seen, r checks.Result, fits []fit) []fit {
	if n, _ := s.count("probe.fresh", "connected"); n > 0 {
		return fits
	}
	server := s.Evidence("probe.route", "API server in the pod's own range")
	switch {
	case s.linkOfService() != "":
		return judgeNeighbour(s, r, fits)
	case server != "" && !s.onNode() && s.ownAddress() == unreachable:
		return append([]fit{
			as("net.cidr-overlap").sure(causes.Possible).because("the API server's own address is in %s, which is the range of this pod's link", server).until(compareRanges),
		}, unsure(fits)...)
	}
	return fits
}

// judgeNeighbour weighs a service IP in the range of the pod's link by who
// answers for it there.
func judgeNeighbour(s Seen, r checks.Result, fits []fit) []fit {
	overlap := overlapped(s)
	switch {
	case s.onNode() && s.nobodyOnLink(): // kube-proxy's rules would have translated it before
		return []fit{
			as("net.service-ips-dead").sure(causes.Possible).because("the node looks for the service IP on a link, which kube-proxy's rules would not let it"),
			overlap.sure(causes.Possible).until(compareRanges),
		}
	case s.onNode():
	case s.stranger(), s.nobodyOnLink(), r.Code == "net.host-unreachable" && strings.HasSuffix(s.nextHop(), "not known"):
		return append([]fit{overlap.sure(causes.Likely).because("next hop: %s", s.nextHop())}, unsure(fits)...)
	}
	return append(fits, overlap.sure(causes.Possible).although("next hop: %s", s.nextHop()).until(compareRanges))
}

func overlapped(s Seen) fit {
	return as("net.cidr-overlap").because("the service IP is in %s, the range of a link of this pod, which takes it for a neighbour", s.linkOfService())
}

// linkOfService is the range on this pod's link that holds the API's service IP.
func (s Seen) linkOfService() string {
	return s.Evidence("probe.route", "service IP in the pod's own range")
}

// stranger says that another machine on the link has the API's service IP.
func (s Seen) stranger() bool {
	return s.linkOfService() != "" && !s.onNode() && strings.HasSuffix(s.nextHop(), "not the gateway")
}

func (s Seen) onNode() bool { return s.Evidence("probe.host-network", "host network") == "yes" }

// nextHop is who on the link takes packets for the API server.
func (s Seen) nextHop() string { return s.Evidence("probe.route", "next hop") }

// nobodyOnLink says that packets for the API server do not leave: nobody takes
// them.
func (s Seen) nobodyOnLink() bool { return strings.HasSuffix(s.nextHop(), "nobody answers for it") }

// unsure are the first of the fits, as far as they go beside a better one.
func unsure(fits []fit) []fit { return []fit{fits[0].sure(causes.Possible)} }
