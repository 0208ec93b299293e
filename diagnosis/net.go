package diagnosis

// aroundMesh keeps the API server out of a mesh.
var aroundMesh = []Step{
	look("does the pod have the proxy of a mesh?",
		ofPod+"'{.spec.initContainers[*].name} {.spec.containers[*].name}{\"\\n\"}{.metadata.annotations}{\"\\n\"}'",
		when("istio-proxy or linkerd-proxy, and no range is excluded yet", 2),
		whenThen("ranges are excluded", "add SERVICE_CIDR to them, in the manifest"),
		when("none", 3)),
	changeTemplate("keeps what goes to the API server out of the mesh; ranges that these annotations exclude now are replaced", `metadata:
  annotations:
    traffic.sidecar.istio.io/excludeOutboundIPRanges: 'SERVICE_CIDR'
    config.linkerd.io/skip-subnets: 'SERVICE_CIDR'`),
	ask(network, "which proxy or firewall stands between node NODE and SERVICE_IP? Let it pass what goes there as it is"),
}

// allowOrAsk opens the way to the API server in the policies of the namespace, or
// asks for what none of them explains.
func allowOrAsk(s Seen) []Step { return []Step{isolated(2, 3), allowAPI(s), onThePath()} }

// The network path. From inside the pod a silence and a refusal have many
// authors, so hardly anything here is more than possible: each fix begins with
// the look that decides.
var netCauses = []Cause{
	{
		Code: "net.no-route", Confidence: Likely,
		Title: "this pod has no route to the API server's address, or no address of that family",
		Apart: "The kernel refuses at once with ENETUNREACH or EADDRNOTAVAIL, before a packet leaves. EHOSTUNREACH is net.host-" +
			"unreachable or net.host-prohibited, and silence is a policy or a dead path.",
		Fix: steps(
			look("is the Service of the pod's address family?",
				"kubectl -n default get service kubernetes -o jsonpath='{.spec.ipFamilies} {.spec.clusterIPs}{\"\\n\"}'\n"+ofPod+"'{.status.podIPs}{\"\\n\"}'",
				when("no", 3), when("yes", 2)),
			look("is the pod network healthy on node NODE?", "kubectl get pods -A -o wide --field-selector spec.nodeName=NODE",
				when("its pod is not, or is missing", 3)),
			ask(network, "give pods of node NODE a route to SERVICE_IP"),
		),
	},
	{
		Code: "net.host-unreachable", Confidence: Possible,
		Title: "the next hop, or the machine behind the API server's address, does not exist or is down",
		Apart: "The error comes after about three seconds, the time that an unanswered neighbour lookup takes. A live machine that " +
			"rejects answers within milliseconds (net.host-prohibited).",
		Fix: steps(
			look("is every address here that of a control-plane node which is up?", listEndpoints+"\nkubectl get nodes -o wide",
				when("one is not", 2),
				whenThen("all are", "ask "+network+" what is between node NODE and them")),
			ask(admin, "correct --advertise-address of that API server; the address of one that is gone for good leaves the slice when its lease ends"),
		),
	},
	{
		Code: "net.host-prohibited", Confidence: Possible,
		Title: "a firewall on a machine that is up rejects the connection",
		Apart: "EHOSTUNREACH within milliseconds is a reject by a machine that is up, firewalld for example. A dead next hop takes " +
			"about three seconds (net.host-unreachable); a reset or port-unreachable reads \"connection refused\" (net.policy-" +
			"rejects, net.api-down). Such rejects are rate-limited, so that a few in a row can look like silence.",
		Fix: steps(
			look("which rule rejects?", "firewall-cmd --list-all || nft list ruleset | grep -n reject",
				when("one on a control-plane node, or on node NODE", 2)).at("on node NODE and on each control-plane node"),
			ask(admin, "open port API_SERVER_PORT/tcp there; on node NODE put the pod network's interface into the trusted zone").
				with("firewall-cmd --add-port=API_SERVER_PORT/tcp && firewall-cmd --permanent --add-port=API_SERVER_PORT/tcp"),
		),
	},
	{
		Code: "net.egress-blocked", Confidence: Possible,
		Title: "nothing leaves this pod: an egress policy without exceptions, or a dead pod network",
		Apart: "The nameserver's service IP and the API server are both silent. When another service IP answers it is net.api-blocked;" +
			" when the API server's own address answers it is net.service-ips-dead. A policy that denies all egress and a dead pod " +
			"network look the same from inside: a pod without that policy on the same node decides.",
		Fix: allowOrAsk,
	},
	{
		Code: "net.service-ips-dead", Confidence: Possible,
		Title: "no service IP works from this node: kube-proxy, or what replaces it, does not do its work",
		Apart: "Every service IP is silent while a machine's own address answers, which a default-deny policy (net.egress-blocked) " +
			"would silence as well. When only the API server's service IP is silent it is net.api-blocked.",
		Fix: func(Seen) []Step { return kubeProxy(1) },
	},
	{
		Code: "net.api-blocked", Confidence: Possible,
		Title: "an egress policy, a firewall or a security group drops what this pod sends to the API server",
		Apart: "Another service IP, the nameserver's, answers from this pod, so the node's rules work and only the API server is " +
			"silent. With net.service-ips-dead no service IP answers, with net.policy-needs-endpoint the server's own address " +
			"decides. A policy, a cloud firewall, an old entry in the kube-proxy replacement and a machine that is off behind a " +
			"silent router look the same from inside: the same connection from a pod on the host network decides.",
		Fix: allowOrAsk,
	},
	{
		Code: "net.policy-needs-endpoint", Confidence: Possible,
		Title: "an egress policy allows only one of the service IP and the API server's own address",
		Apart: "Of the service IP and the API server's own address one answers and the other does not, while other service IPs work. " +
			"When none answers it is net.api-blocked; when no service IP works at all, net.service-ips-dead. An old address behind " +
			"the service IP (net.api-down) looks the same: the EndpointSlice decides.",
		Fix: allowOrAsk,
	},
	{
		Code: "net.policy-rejects", Confidence: Possible,
		Title: "a policy or firewall refuses whatever this pod sends",
		Apart: "An address that belongs to nobody is refused at once as well, so what refuses is on the way and not an API server that" +
			" is down (net.api-down). A transparent proxy would connect instead (net.mesh-intercepts); one that is not up yet refuses " +
			"everything as well (net.mesh-not-ready). EPERM from the pod's own kernel can also be Cilium's word for a Service without " +
			"endpoints (net.api-down).",
		Fix: func(s Seen) []Step {
			return []Step{
				isolated(2, 3), allowAPI(s),
				ask(network, "which policy or firewall rejects what POD sends? On node NODE: nft list ruleset | grep -n reject"),
			}
		},
	},
	{
		Code: "net.api-down", Confidence: Possible,
		Title: "no API server listens behind the service IP",
		Apart: "The API server's address refuses while an address that belongs to nobody stays silent, so it is not a policy that " +
			"rejects everything (net.policy-rejects). A sidecar that is not listening yet (net.mesh-not-ready) refuses other " +
			"addresses too and leaves closed proxy ports on loopback.",
		Fix: func(s Seen) []Step {
			return []Step{
				look("does it answer from elsewhere?", askReady+"\n"+listEndpoints,
					when("no", 2),
					when("yes: something refuses this pod", 3),
					whenThen("yes, and an address here is not that of a server which is up", "its API server has to be corrected or removed")),
				ask(admin, "start the API server").with("crictl ps -a --name kube-apiserver; journalctl -u kubelet --since -10min | grep -i apiserver").at(onControlPlane),
				isolated(4, 5), allowAPI(s), onThePath(),
			}
		},
	},
	{
		Code: "net.some-endpoints-dead", Confidence: Possible,
		Title: "one of the API servers behind the service IP is dead, and connections still go to it",
		Apart: "Of several fresh connections some fail and some succeed at once. Loss (net.lossy) makes nearly all of them succeed, " +
			"after one, three or seven seconds. A SYN dropped on this node may be sent again to another server and then looks like " +
			"one second of delay.",
		Fix: func(Seen) []Step {
			return append([]Step{
				look("is every address here that of a control-plane node which is up?", listEndpoints+"\nkubectl get nodes -o wide",
					whenThen("no", "ask "+admin+" to correct that API server, or to remove it"),
					when("yes: the rules of node NODE may be old", 2)),
			}, kubeProxy(2)...)
		},
	},
	{
		Code: "net.lossy", Confidence: Possible,
		Title: "packets to the API server get lost, so that connections take seconds",
		Apart: "Connections succeed after one, three or seven seconds, the times at which a SYN is sent again. Connections that fail " +
			"for good while others are quick are net.some-endpoints-dead; a quick connection with a slow answer is api.slow.",
		Fix: steps(
			look("is the table of connections full (a count near the maximum)? Do links lose packets?",
				"sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max\ndmesg | grep -c 'nf_conntrack: table full'\nip -s link",
				when("full, or errors are counted", 2)).at(onNode),
			ask(nodeAdmin, "raise net.netfilter.nf_conntrack_max, or look after the link that counts errors"),
		),
	},
	{
		Code: "net.half-open", Confidence: Likely, Warning: true,
		Title: "a connection that this pod has open is dead, and the program that waits on it was never told",
		Apart: "The kernel sends the connection's data again and again without an answer, while fresh connections succeed at once, " +
			"which they would not with net.lossy or net.api-blocked. It happens when an API server or a load balancer goes away " +
			"without closing; the kernel gives up after about 15 minutes.",
		Fix: func(Seen) []Step {
			return append(restart(1, "new processes open new connections"),
				ask("who writes the program", "ask idle connections for a sign of life (client-go does since 1.20), so that it mends itself"))
		},
	},
	{
		Code: "net.cidr-overlap", Confidence: Possible,
		Title: "the ranges of pods, Services and nodes overlap, so that packets go astray",
		Apart: "A service IP is nobody's neighbour: where the range of this pod's link holds it, packets for it look for one there, and " +
			"nobody or the wrong machine answers. Behind a gateway the same error is net.host-unreachable. Where only the answers go " +
			"astray, as the API server takes the pod for a neighbour, the pod sees silence like that of net.api-blocked, and the " +
			"three ranges decide.",
		Fix: steps(
			look("do the ranges of nodes, pods and Services overlap?",
				"kubectl get nodes -o custom-columns=NAME:.metadata.name,IP:.status.addresses[0].address,PODS:.spec.podCIDR\n"+
					"kubectl get servicecidrs || kubectl -n kube-system get pods -l component=kube-controller-manager -o yaml | grep -E 'cluster-cidr|service-cluster-ip-range'",
				when("yes", 2)),
			ask(network, "ranges that overlap have to be changed: in the pod network's configuration, or with a new cluster"),
		),
	},
	{
		Code: "net.mtu", Confidence: Likely,
		Title: "the path carries smaller packets than this pod's interface believes, and big ones vanish",
		Apart: "The handshake is answered when this side announces small segments and not otherwise. A server that is too busy to " +
			"answer stays silent with both (net.handshake-stalled). An ICMP message that got through hides the fault for minutes.",
		Fix: steps(
			look("what does the pod believe? The path has less by the overlay's header (VXLAN 50 bytes, WireGuard 60 to 80)", "cat /sys/class/net/eth0/mtu",
				when("as much as the node's own interface, or more than the path has", 2)).at(inContainer),
			ask(network, "lower the MTU of the pod network; until then, limit the segments of connections through node NODE (the same line with -D takes it back)").
				with("iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1200").at(onNode),
		),
	},
	{
		Code: "net.handshake-stalled", Confidence: Possible,
		Title: "something accepts the connection and no API server answers on it: overload, or a load balancer before a dead one",
		Apart: "TCP connects and no certificate comes, with usual and with small segments alike; small ones would help with net.mtu. A" +
			" closed connection instead of silence is net.mesh-intercepts or net.sni-required.",
		Fix: steps(
			look("is the API server slow for everybody?", askReady+"\nkubectl -n kube-system top pods -l component=kube-apiserver",
				when("yes, or it does not answer", 2)),
			ask(admin, "relieve the API server; a load balancer before several has to check /readyz, not the TCP port alone"),
		),
	},
	{
		Code: "net.mesh-not-ready", Confidence: Possible,
		Title: "a mesh redirects all connections to a proxy that does not listen yet",
		Apart: "Connections to any address are refused, and the known proxy ports on loopback have no listener although the pod has a " +
			"mesh's variables. With the listener there, it is net.mesh-intercepts; without traces of a mesh, net.policy-rejects or " +
			"net.api-down.",
		Fix: steps(
			look("is the mesh's proxy up?", `kubectl -n NAMESPACE get pod POD -o jsonpath='{range .status.initContainerStatuses[*]}{.name} {.ready}{"\n"}{end}{range .status.containerStatuses[*]}{.name} {.ready}{"\n"}{end}'`,
				when("not yet, and the program is", 2),
				whenThen("not at all", "its own log says why: kubectl -n NAMESPACE logs POD -c istio-proxy --tail=20")),
			changeTemplate("starts the program only when the proxy listens (Istio)", "metadata:\n  annotations:\n    proxy.istio.io/config: 'holdApplicationUntilProxyStarts: true'"),
		),
	},
	{
		Code: "net.mesh-intercepts", Confidence: Possible,
		Title: "a transparent proxy answers in the API server's place and breaks its TLS",
		Apart: "An address that belongs to nobody connects at once, so a proxy answers in everybody's place. A firewall that wants a " +
			"server name (net.sni-required) lets the handshake pass when one is sent. Such a proxy takes every connection, so that an " +
			"API server which is down behind it (net.api-down) looks the same.",
		Fix: steps(aroundMesh...),
	},
	{
		Code: "net.sni-required", Confidence: Possible,
		Title: "a firewall on the path lets TLS through only when the client sends a server name",
		Apart: "The handshake with a server name succeeds and the one without fails on the same address. Clients send none to an " +
			"address, so that curl by name works and others do not; a proxy that closes both is net.mesh-intercepts.",
		Fix: steps(
			ask(network, "let the firewall pass API_HOST, port API_PORT, without a server name: clients send none to an address"),
			changeTemplate("on AKS has clients dial a name", "metadata:\n  annotations:\n    kubernetes.azure.com/set-kube-service-host-fqdn: 'true'"),
		),
	},
}
