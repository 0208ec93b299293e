package causes

import (
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pattern"
)

func netPodRoutes() *Page {
	return &Page{
		Code:   "net.pod-routes",
		Alone:  Possible,
		Title:  "a route or an address inside this pod sends packets for the API server elsewhere",
		Remedy: "exclude the Service IP and the pod CIDR from the VPN or the Docker network in this pod",
		Forms: []Form{
			{
				Prior: Rare, // somebody in the pod has to set routes, as VPN clients and Docker do
				Proof: Predictions{observe.NetRoute.Is(observe.OwnAddress, observe.OtherDevice, observe.RejectRoute)},
				Needs: Predictions{observe.NetRoute.Is(observe.OwnAddress, observe.OtherDevice, observe.RejectRoute), observe.APITCP.Not(observe.Answers, observe.NoSocket)},
				Must:  Predictions{observe.APIFails.Every(), observe.AgainConnects.None()},
			},
			{ // somebody answers there
				Prior: Rare,
				Proof: Predictions{observe.NetRoute.Is(observe.OwnAddress, observe.OtherDevice)},
				Needs: Predictions{observe.NetRoute.Is(observe.OwnAddress, observe.OtherDevice), observe.TLSHandshake.Not(observe.Verifies)},
				Must:  Predictions{observe.FreshVerified.None()},
			},
		},
		Consequences: all(dnsToo(anyFailure...), Predictions{
			observe.TLSIssuer.Not(observe.IssuerTrusted), observe.TLSVerifyError.Not(observe.ChainFine), observe.TLSServedCovers.Is(false), observe.TLSCoversHost.Is(false),
		}),
		Sources: []string{
			"https://github.com/tailscale/tailscale/issues/19876",
			"https://docs.docker.com/engine/daemon/default-address-pools/",
			"rtnetlink(7): the kernel's own answer for the address",
		},
		Confirm: Confirm{Where: "in the container", Command: "ip route get API_HOST; ip rule; ip -br addr", Text: "which program set the route?"},
		Similar: "The kernel of this pod was asked which route packets for the address take. If they leave by eth0 and the CIDR of " +
			"that link contains Service IPs, it is net.cidr-overlap; if there is no route at all, it is net.no-route. A rule that " +
			"drops them instead is net.pod-firewall.",
		Fix: func(in Input) []Step {
			question := "which interface has the route, and which rule or address leads there?"
			if route := observe.NetRouteIs.In(in.Seen); routeForm().MatchString(route) {
				question = "the kernel takes the route \"" + route + "\": which program has set it?"
			}
			return []Step{
				look(question, "ip route get API_HOST; ip rule; ip -br addr; ip route show table all | grep -v 'table local'",
					when("a tunnel (tun, wg, tailscale)", 2),
					when("a bridge of Docker (docker0, br-*), or the address itself", 3),
					when("unreachable, blackhole or prohibit: often the kill switch of a VPN client", 2)).at(inContainer + ", or in one of the pod that has ip"),
				ask("the owner of the VPN client in POD", "exclude SERVICE_CIDR and the pod CIDR from what it routes: its allowed or accepted subnets are too wide"),
				ask("the owner of the Docker daemon in POD", "give it ranges that no pod and no Service has: bip and default-address-pools in /etc/docker/daemon.json, or --bip and --default-address-pool"),
			}
		},
	}
}

// routeForm is what pod.Route reads like.
var routeForm = pattern.Lazy(`^((local|default|[0-9a-f.:]+/[0-9]{1,3})( via [0-9a-f.:]+)? dev [0-9A-Za-z._-]{1,15}( table [0-9]+)?|a route that rejects)$`)
