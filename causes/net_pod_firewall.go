package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netPodFirewall() *Page {
	return &Page{
		Code:   "net.pod-firewall",
		Alone:  Possible,
		Title:  "a firewall rule inside this pod drops packets to or from the API server or DNS",
		Remedy: "allow the API server and DNS in the firewall of the container that sets it, such as a VPN client",
		Forms: []Form{
			{
				Prior: Rare, // somebody in the pod needs NET_ADMIN for it, as the kill switch of a VPN client has
				Proof: Predictions{observe.NetSend.Is(observe.SendDenied)},
				Needs: Predictions{observe.NetSend.Is(observe.SendDenied), observe.APITCP.Is(observe.Silent, observe.Refuses, observe.Denied, observe.Prohibited)},
				Must:  Predictions{observe.APIFails.Every(), observe.AgainConnects.None()},
			},
			{
				Prior: Rare,
				Proof: Predictions{observe.DNSSend.Is(observe.SendDenied)},
				Needs: Predictions{observe.DNSSend.Is(observe.SendDenied), observe.DNSUDP.Is(observe.Denied)},
			},
			{ // a rule for what comes in
				Prior: Rare,
				Proof: Predictions{observe.NetDropped.Is(true)},
				Needs: Predictions{observe.NetDropped.Is(true), observe.APITCP.Is(observe.Silent)},
				Must:  Predictions{observe.APIFails.Every(), observe.AgainConnects.None()},
			},
			{
				Prior: Rare,
				Proof: Predictions{observe.NetDropped.Is(true)},
				Needs: Predictions{observe.NetDropped.Is(true), observe.DNSUDP.Is(observe.Silent)},
			},
		},
		Consequences: dnsToo(observe.Denied, observe.Silent, observe.Refuses, observe.Prohibited),
		Sources: []string{
			"https://github.com/qdm12/gluetun-wiki/blob/main/setup/options/firewall.md",
			"https://github.com/tailscale/tailscale/issues/20232",
			"send(2): EPERM",
			"RFC 4293: ipSystemStatsInReceives and ipSystemStatsInDelivers",
		},
		Confirm: Confirm{Where: "in a container of POD with NET_ADMIN", Command: "iptables -S; nft list ruleset", Text: "what do they drop?"},
		Similar: "Sending fails with EPERM before a datagram leaves the pod, or answers come in and no socket takes them, so " +
			"nothing outside has dropped them, as with net.egress-blocked and net.api-blocked. On the host network EPERM can be a full " +
			"connection tracking table (net.conntrack-full), so there it is not looked at.",
		Fix: steps(
			look("which container may change rules, and what is it?",
				ofPod+`'{range .spec.initContainers[*]}{.name} {.image} {.securityContext.capabilities.add} {.securityContext.privileged}{"\n"}{end}{range .spec.containers[*]}{.name} {.image} {.securityContext.capabilities.add} {.securityContext.privileged}{"\n"}{end}'`,
				when("a VPN client with NET_ADMIN: its kill switch drops what does not use the tunnel", 2),
				when("another one with NET_ADMIN, or a privileged one", 3),
				whenThen("none", "a program outside sets rules for the pod: ask "+network)),
			ask("the owner of the VPN client in POD", "let its firewall allow SERVICE_CIDR and the pod CIDR (gluetun: FIREWALL_OUTBOUND_SUBNETS, a list with commas)"),
			ask("the owner of that container", "let its rules for OUTPUT and INPUT accept connections to API_HOST, port API_PORT, and to the nameservers, port 53, and their answers (Tailscale drops what comes from 100.64.0.0/10: --netfilter-mode=off, or another range)"),
		),
	}
}
