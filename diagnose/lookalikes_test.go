package diagnose

import "testing"

// What a pod shows beside what is in question.
const (
	apiSilent   = " net.api.tcp=silent net.api.fails=1/1 net.again.connects=0/6"
	apiRefuses  = " net.api.tcp=refuses net.api.fails=1/1 net.api.refused=1/1 net.again.connects=0/6"
	apiNoRoute  = " net.api.tcp=no-route net.api.fails=1/1 net.again.connects=0/6"
	apiRejected = " net.api.tcp=prohibited net.api.fails=1/1 net.again.connects=0/6"
	apiLost     = " net.api.tcp=no-neighbour net.api.fails=1/1 net.again.connects=0/6"
	connected   = " net.api.tcp=answers net.api.fails=0/8 net.api.late=0/8"
	lateSYNs    = " net.api.tcp=answers net.api.fails=0/8 net.api.late=3/8 net.api.refused=0/8 net.again.late=1/6 net.again.connects=6/6"
	dnsAnswers  = " dns.resolver=cluster dns.udp=answers dns.tcp=answers net.control=answers net.control.tcp=answers net.control.udp=answers"
	noDNS       = " dns.resolver=cluster dns.udp=silent dns.tcp=silent net.control=silent net.control.tcp=silent net.control.udp=silent"
	dnsRefuses  = " dns.resolver=cluster dns.udp=refuses dns.tcp=refuses net.control=refuses net.control.tcp=refuses net.control.udp=refuses"
	dnsNoRoute  = " dns.resolver=cluster dns.udp=no-route dns.tcp=no-route net.control=no-route net.control.tcp=no-route net.control.udp=no-route"
	reset       = " net.api.refused-by=reset"
	routed      = " net.route=gateway net.next-hop=known"
	unassigned  = " net.unassigned.tcp=silent"
	refusesAll  = " net.unassigned.tcp=refuses"
	answersAll  = " net.unassigned.tcp=answers"
	stalled     = connected + " tls.handshake=silent tls.fresh.verified=0/6"
	closed      = connected + " tls.handshake=closed tls.fresh.verified=0/6"
	unverified  = connected + " tls.handshake=unverified tls.verify-error=authority tls.names-api=yes tls.fresh.certificates=alike tls.fresh.verified=0/6"
	refused401  = connected + " tls.handshake=verifies token.review=unauthorized token.time.server=now token.time.pod=now token.audience=usual token.pod=own token.kind=bound token.fresh=alike api.from-server=yes"
)

// TestLookAlikes takes the groups of failures that are hardest to distinguish from
// inside a pod: their members are distinguished, or stay possible together.
func TestLookAlikes(t *testing.T) {
	for _, tc := range []struct{ group, name, seen, want string }{
		{"1 API alone silent", "policy, firewall", dnsAnswers + apiSilent + routed, "net.api-blocked likely, net.policy-needs-endpoint possible"},
		{"1 API alone silent", "its own address is silent, too", dnsAnswers + apiSilent + routed + " net.endpoint.tcp=silent", "net.api-blocked likely, net.policy-needs-endpoint possible"},
		{"1 API alone silent", "its own address answers", dnsAnswers + apiSilent + routed + " net.endpoint.tcp=answers", "net.policy-needs-endpoint possible, net.api-down possible"},
		{"1 API alone silent", "on a node whose table is full", dnsAnswers + apiSilent + routed + " net.host-network=yes net.conntrack-full=yes", "net.api-blocked likely, net.policy-needs-endpoint possible"},
		{"1 API alone silent", "and no other Service IP was tried", " dns.resolver=node-cache" + apiSilent + routed, "net.egress-blocked possible, net.api-blocked possible, net.service-ips-dead possible, net.policy-needs-endpoint possible"},
		{"1 API alone silent", "a Service of the namespace answers", " dns.resolver=node-cache net.control=answers net.control.other-port=answers" + apiSilent + routed, "net.api-blocked likely, net.policy-needs-endpoint possible"},
		{"13 DNS silent", "datagrams of another address come in", connected + noDNS + unassigned + " dns.stray=yes", "net.reply-untranslated possible"},
		{"13 DNS silent", "over UDP alone", connected + " dns.resolver=cluster dns.udp=silent dns.tcp=answers net.control=answers" + unassigned, "dns.udp-blocked likely"},
		{"3 refused", "a balancer of the node", apiRefuses + " net.api.loopback=yes net.host-network=yes env.host=overridden", "net.node-proxy-down likely"},
		{"2 all Service IPs silent", "on a node whose table is full", noDNS + apiSilent + unassigned + routed + " net.host-network=yes net.conntrack-full=yes", "net.egress-blocked possible, net.conntrack-full possible, net.service-ips-dead possible"},
		{"1 API alone silent", "its own address refuses", dnsAnswers + apiSilent + routed + " net.endpoint.tcp=refuses", "net.api-blocked likely"},
		{"2 all Service IPs silent", "nothing else known", noDNS + apiSilent + unassigned + routed, "net.egress-blocked possible, net.service-ips-dead possible"},
		{"2 all Service IPs silent", "direct addresses answer", noDNS + apiSilent + routed + " net.endpoint.tcp=answers", "net.service-ips-dead likely"},
		{"2 all Service IPs silent", "direct addresses silent", noDNS + apiSilent + routed + " net.endpoint.tcp=silent", "net.egress-blocked likely"},
		{"2 all Service IPs fail", "silent and refused, direct addresses answer", dnsRefuses + apiSilent + routed + " net.endpoint.tcp=answers", "net.service-ips-dead likely"},
		{"2 all Service IPs fail", "refused and silent, direct addresses answer", noDNS + apiRefuses + routed + " net.endpoint.tcp=answers", "net.service-ips-dead likely"},
		{"2 all Service IPs fail", "refused, direct addresses answer", dnsRefuses + apiRefuses + routed + unassigned + " net.endpoint.tcp=answers net.control.other-port=refuses", "net.service-ips-dead likely"},
		{"2 all Service IPs fail", "no route, direct addresses answer", dnsNoRoute + apiNoRoute + routed + " net.endpoint.tcp=answers", "net.service-ips-dead likely"},
		{"2 all Service IPs fail", "no route, and direct addresses are silent", dnsNoRoute + apiNoRoute + " net.route=none net.endpoint.tcp=silent", "net.no-route likely"},
		{"3 refused", "its own address answers", dnsAnswers + apiRefuses + unassigned + routed + " net.endpoint.tcp=answers", "net.no-endpoints possible, net.policy-rejects possible, net.api-down possible"},
		{"3 refused", "API down", dnsAnswers + apiRefuses + unassigned + routed + reset + " net.control.other-port=answers", "net.api-down possible, net.policy-rejects possible"},
		{"3 refused", "no endpoint of the family", dnsAnswers + apiRefuses + unassigned + routed + " net.api.refused-by=icmp net.control.other-port=answers", "net.no-endpoints possible, net.policy-rejects possible, net.api-down possible"},
		{"3 refused", "and so does its own address", dnsAnswers + apiRefuses + unassigned + reset + " net.endpoint.tcp=refuses", "net.api-down likely"},
		{"3 refused", "everything is", dnsRefuses + apiRefuses + refusesAll + " net.control.other-port=refuses net.mesh=none", "net.policy-rejects possible, net.mesh-not-ready possible, net.service-ips-dead possible"},
		{"3 refused", "everything by TCP, and UDP is answered, in a mesh", " dns.resolver=cluster dns.udp=answers dns.tcp=refuses net.control=answers net.control.tcp=refuses net.control.udp=answers" + apiRefuses + refusesAll + " net.control.other-port=refuses net.mesh=not-listening", "net.mesh-not-ready likely"},
		{"4 no route to host", "slow", apiLost + " net.next-hop=no-answer net.route.range-has-service=no", "net.host-unreachable likely"},
		{"4 no route to host", "fast, from a machine that is up", dnsAnswers + apiRejected + routed + unassigned, "net.host-prohibited likely"},
		{"4 no route to host", "fast, where another program waits for it, too", apiRejected + " net.next-hop=no-answer net.route.range-has-service=no", "net.host-unreachable likely"},
		{"4 no route to host", "silent, where other programs get the errors", noDNS + apiSilent + " net.next-hop=no-answer net.route.range-has-service=no", "net.host-unreachable likely"},
		{"4 no route to host", "a neighbour that is not there", apiLost + " net.route.range-has-service=yes net.next-hop=no-answer net.host-network=no", "net.cidr-overlap likely"},
		{"5 handshake hangs", "small segments pass", stalled + " tls.segment.usual=silent tls.segment.small=verifies", "net.mtu likely"},
		{"5 handshake hangs", "small segments hang", stalled + " tls.segment.usual=silent tls.segment.small=silent", "net.handshake-stalled likely"},
		{"5 handshake hangs", "now and then", connected + " tls.handshake=silent tls.fresh.verified=3/6 tls.segment.usual=silent tls.segment.small=verifies", "net.some-endpoints-dead likely"},
		{"6 closed after the hello", "transparent proxy", closed + answersAll, "net.mesh-intercepts possible, net.sni-required possible"},
		{"6 closed after the hello", "now and then", connected + " tls.handshake=closed tls.fresh.verified=4/6 tls.with-name=verifies", "net.some-endpoints-dead likely"},
		{"6 closed after the hello", "a server name helps", closed + " tls.without-name=closed tls.with-name=verifies", "net.sni-required likely"},
		{"7 opaque 401", "keys not readable", refused401, "token.rejected likely, token.unknown-key possible, token.unknown-issuer possible"},
		{"7 opaque 401", "key and issuer are the server's", refused401 + " token.key=verifies token.issuer=own", "token.rejected likely"},
		{"7 opaque 401", "key and issuer are the server's, in the kubelet's volume", refused401 + " token.key=verifies token.issuer=own token.file=kubelet", "token.rejected likely, token.pod-terminating possible"},
		{"7 opaque 401", "and nobody renews it", refused401 + " token.key=verifies token.issuer=own token.file=kubelet token.overdue=yes", "token.pod-terminating possible, token.rejected possible"},
		{"7 opaque 401", "for an audience that nobody knows", connected + " tls.handshake=verifies token.review=unauthorized token.time.server=now token.audience=unknown token.kind=bound token.fresh=alike", "token.wrong-audience possible, token.rejected possible, token.unknown-key possible, token.unknown-issuer possible"},
		{"16 expired", "in the kubelet's volume", connected + " token.review=unauthorized token.time.server=past token.time.pod=past token.file=kubelet token.overdue=yes", "token.not-renewed certain"},
		{"16 expired", "in a copy", connected + " token.review=unauthorized token.time.server=past token.time.pod=past token.file=plain", "token.expired certain"},
		{"16 expired", "in a subPath", connected + " token.review=unauthorized token.time.server=past token.time.pod=past token.file=subpath", "token.expired certain"},
		{"16 expired", "in a file of which nothing is known", connected + " token.review=unauthorized token.time.server=past token.time.pod=past", "token.expired certain"},
		{"16 expired", "not yet, and not renewed", connected + " token.review=ok token.time.server=now token.time.pod=now token.file=kubelet token.overdue=yes clock.skew=agree", "token.not-renewed likely"},
		{"7 opaque 401", "foreign key", refused401 + " token.key=unknown", "token.unknown-key likely"},
		{"7 opaque 401", "foreign issuer", refused401 + " token.key=verifies token.issuer=other", "token.unknown-issuer likely"},
		{"8 by server", "keys differ", connected + " tls.handshake=verifies token.review=unauthorized token.fresh=differs", "token.intermittent likely"},
		{"8 by server", "one refuses", dnsAnswers + " net.api.tcp=refuses net.api.fails=3/8 net.api.refused=3/8 net.api.late=0/8 net.again.connects=4/6 net.again.late=0/6", "net.some-endpoints-dead likely"},
		{"9 unknown authority", "CA made anew", unverified + " tls.issuer=same-name-other-key" + unassigned, "tls.ca-rekeyed likely"},
		{"9 unknown authority", "servers differ", connected + " tls.handshake=unverified tls.issuer=unknown tls.fresh.certificates=some-verify", "tls.mixed-servers likely"},
		{"9 unknown authority", "a certificate of the past, by both clocks", connected + " tls.handshake=verifies tls.validity=past tls.server-clock=confirms", "tls.expired certain"},
		{"10 node's resolver", "by any way", connected + " dns.resolver=node dns.name=none", "dns.node-resolver likely"},
		{"10 node's resolver", "written again, for a VPN", connected + " dns.resolver=node dns.name=none dns.nameserver.at=vpn dns.config.comment=no dns.config.later=yes", "dns.rewritten certain"},
		{"10 node's resolver", "written again, with a comment", connected + " dns.resolver=node dns.name=none dns.nameserver.at=elsewhere dns.config.comment=yes dns.config.later=yes", "dns.rewritten certain"},
		{"10 node's resolver", "written once, with a comment", connected + " dns.resolver=node dns.name=none dns.nameserver.at=elsewhere dns.config.comment=yes dns.config.later=no", "dns.rewritten possible, dns.node-resolver possible"},
		{"10 node's resolver", "written once, for a VPN", connected + " dns.resolver=node dns.name=none dns.nameserver.at=vpn dns.config.comment=no dns.config.later=no", "dns.node-resolver possible, dns.rewritten possible"},
		{"10 node's resolver", "written once, for a VPN, on the host network", connected + " dns.resolver=node dns.name=none dns.nameserver.at=vpn dns.config.comment=no dns.config.later=no net.host-network=yes", "dns.node-resolver likely"},
		{"10 node's resolver", "of a file of which nothing is known", connected + " dns.resolver=node dns.name=none dns.nameserver.at=loopback", "dns.node-resolver possible, dns.rewritten possible"},
		{"10 node's resolver", "the stub of the node, with a comment", connected + " dns.resolver=node dns.name=none dns.nameserver.at=stub dns.config.comment=no dns.config.later=no", "dns.node-resolver likely"},
		{"10 node's resolver", "the cluster's, which is dead, and an option was added", connected + dnsRefuses + unassigned + " dns.nameserver.at=elsewhere dns.config.comment=no dns.config.later=yes", "dns.no-endpoints possible, dns.rewritten possible"},
		{"11 now and then", "pairs lose answers", connected + dnsAnswers + " dns.resent=yes dns.stalls=pairs dns.pairs-stall=4/20 dns.singles-stall=0/40", "dns.slow-race likely"},
		{"11 now and then", "SYNs get lost, and DNS questions as well", " dns.resolver=cluster dns.udp=answers net.api.tcp=answers net.api.fails=0/8 net.api.late=3/8 net.api.refused=0/8 net.again.late=1/6 net.again.connects=6/6 dns.resent=yes dns.stalls=all dns.pairs-stall=9/20 dns.singles-stall=5/40", "net.lossy likely"},
		{"11 now and then", "SYNs get lost on a node whose table is full", lateSYNs + " net.host-network=yes net.conntrack-full=yes", "net.conntrack-full possible, net.lossy possible"},
		{"11 now and then", "SYNs get lost on a node whose table has room", lateSYNs + " net.conntrack-full=no", "net.lossy possible, net.some-endpoints-dead possible"},
		{"11 now and then", "nothing gets lost on a node whose table is full", connected + " net.host-network=yes net.conntrack-full=yes", ""},
		{"11 now and then", "each SYN gets lost once", " dns.resolver=cluster dns.udp=answers net.api.tcp=answers net.api.fails=0/14 net.api.late=14/14 net.api.at-first=8/8 net.api.refused=0/14", "net.first-syn-dropped likely"},
		{"11 now and then", "the first connection alone fails", dnsAnswers + " net.api.tcp=silent net.api.fails=1/1 net.api.late=0/1 net.again.connects=6/6 net.again.late=0/6", "net.not-ready-yet possible, net.some-endpoints-dead possible"},
		{"12 SERVFAIL", "outside names resolve", connected + dnsAnswers + " dns.rcode=SERVFAIL dns.outside=NOERROR", "dns.servfail likely"},
		{"13 DNS silent", "the API answers", connected + noDNS + unassigned, "dns.silent likely"},
		{"14 file missing", "no mount", " volume.mount=absent", "volume.not-mounted certain"},
		{"15 anonymous", "the header gets lost", connected + " tls.handshake=verifies token.review=anonymous", "token.stripped likely"},
	} {
		t.Run(tc.group+"/"+tc.name, func(t *testing.T) {
			if got := outline(world(t, tc.seen)); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}
