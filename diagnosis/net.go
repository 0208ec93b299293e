package diagnosis

const (
	listPolicies  = "kubectl -n NAMESPACE get networkpolicy"
	listEndpoints = "kubectl -n default get endpointslices -l kubernetes.io/service-name=kubernetes"

	// allowAPI names both sides of the Service, as some policy engines match
	// before and some after the translation of the service IP.
	allowAPI = `# only if an egress policy selects this pod: the first one cuts off
# everything that it does not allow
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-api-server, namespace: "NAMESPACE"}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to: [{ipBlock: {cidr: "SERVICE_CIDR"}}]
    ports: [{protocol: TCP, port: API_PORT}]
  - to: [{ipBlock: {cidr: "API_SERVER_CIDR"}}]
    ports: [{protocol: TCP, port: API_SERVER_PORT}]`

	outsideMesh = `# in the pod template: keep the API server out of the mesh
metadata:
  annotations:
    traffic.sidecar.istio.io/excludeOutboundIPRanges: "SERVICE_CIDR"
    config.linkerd.io/skip-outbound-ports: "API_PORT"`
)

// The network path. From inside the pod a silence and a refusal have many
// authors, so hardly anything here is more than possible: each fix begins with
// the look that decides.
var netCauses = []Cause{
	{
		Code: "net.no-route", Confidence: Likely,
		Title: "this pod has no route to the API server's address, or no address of that family",
		Fix: steps(
			"# the pod network of node NODE sets the routes; is its pod there healthy?",
			"kubectl get pods -A -o wide --field-selector spec.nodeName=NODE",
			"# is the Service of the pod's address family?",
			"kubectl -n default get service kubernetes -o jsonpath='{.spec.ipFamilies} {.spec.clusterIPs}{\"\\n\"}'",
		),
	},
	{
		Code: "net.host-unreachable", Confidence: Possible,
		Title: "the next hop, or the machine behind the API server's address, does not exist or is down",
		Fix: steps(
			"# is every address here that of a control-plane node which is up?",
			listEndpoints,
			"kubectl get nodes -o wide",
			"# an old address: correct --advertise-address of that API server, or delete its slice",
		),
	},
	{
		Code: "net.host-prohibited", Confidence: Possible,
		Title: "a firewall on a machine that is up rejects the connection",
		Fix: steps(
			"# on the control-plane nodes and on node NODE:",
			"firewall-cmd --list-all || nft list ruleset | grep -n reject",
			"firewall-cmd --permanent --add-port=API_SERVER_PORT/tcp && firewall-cmd --reload",
			"# (on node NODE also put the pod network's interface in the trusted zone)",
		),
	},
	{
		Code: "net.egress-blocked", Confidence: Possible,
		Title: "nothing leaves this pod: an egress policy without exceptions, or a dead pod network",
		Fix: steps(
			"# does a policy with policyTypes Egress select this pod?",
			listPolicies+" -o yaml",
			allowAPI,
			"# if not, look at the pod network's pod on node NODE: kubectl get pods -A -o wide",
		),
	},
	{
		Code: "net.service-ips-dead", Confidence: Possible,
		Title: "no service IP works from this node: kube-proxy, or what replaces it, does not do its work",
		Fix: steps(
			"# on node NODE (with Cilium or OVN instead of kube-proxy: their pod):",
			"kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide --field-selector spec.nodeName=NODE",
			"kubectl -n kube-system logs --tail=50 -l k8s-app=kube-proxy",
			"kubectl -n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=NODE",
		),
	},
	{
		Code: "net.api-blocked", Confidence: Possible,
		Title: "an egress policy, a firewall or a security group drops what this pod sends to the API server",
		Fix: steps(
			"# policies, firewalls and security groups must allow the service IP and the server's own:",
			listPolicies+" -o yaml",
			listEndpoints,
			allowAPI,
		),
	},
	{
		Code: "net.policy-needs-endpoint", Confidence: Possible,
		Title: "an egress policy allows only one of the service IP and the API server's own address",
		Fix: steps(
			"# the own address is listed here; the policy must allow both:",
			listEndpoints,
			listPolicies+" -o yaml",
			allowAPI,
		),
	},
	{
		Code: "net.policy-rejects", Confidence: Possible,
		Title: "a policy or firewall refuses whatever this pod sends",
		Fix: steps(
			"# does a policy with policyTypes Egress select this pod?",
			listPolicies+" -o yaml",
			allowAPI,
			"# if not, a firewall on node NODE rejects: nft list ruleset | grep -n reject",
		),
	},
	{
		Code: "net.api-down", Confidence: Possible,
		Title: "no API server listens behind the service IP",
		Fix: steps(
			"# does it answer from elsewhere? Then an egress policy may refuse this pod:",
			askReady,
			listPolicies+" -o yaml",
			listEndpoints,
		),
	},
	{
		Code: "net.some-endpoints-dead", Confidence: Possible,
		Title: "one of the API servers behind the service IP is dead, and connections still go to it",
		Fix: steps(
			"# is every address here that of a control-plane node which is up?",
			listEndpoints,
			"# if they are right, the rules of node NODE are old:",
			"kubectl -n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=NODE",
		),
	},
	{
		Code: "net.lossy", Confidence: Possible,
		Title: "packets to the API server get lost, so that connections take seconds",
		Fix: steps(
			"# on node NODE: a count near the maximum means a full connection table",
			"sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max",
			"dmesg | grep -c 'nf_conntrack: table full'",
			"# full: raise nf_conntrack_max; else look for errors on its links: ip -s link",
		),
	},
	{
		Code: "net.cidr-overlap", Confidence: Possible,
		Title: "the ranges of pods, Services and nodes overlap, so that answers go astray",
		Fix: steps(
			"# compare the three:",
			"kubectl get nodes -o custom-columns=NAME:.metadata.name,IP:.status.addresses[0].address,PODS:.spec.podCIDR",
			"kubectl cluster-info dump | grep -m2 -E 'cluster-cidr|service-cluster-ip-range'",
			"# ranges that overlap must be changed: in the pod network's configuration, or a new cluster",
		),
	},
	{
		Code: "net.mtu", Confidence: Likely,
		Title: "the path carries smaller packets than this pod's interface believes, and big ones vanish",
		Fix: steps(
			"# the pod's MTU must fit the path less the overlay's header (VXLAN 50, WireGuard 60 to 80 bytes):",
			"cat /sys/class/net/eth0/mtu",
			"# on node NODE, until the pod network's MTU is lowered:",
			"iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1200",
		),
	},
	{
		Code: "net.handshake-stalled", Confidence: Possible,
		Title: "something accepts the connection and no API server answers on it: overload, or a load balancer before a dead one",
		Fix: steps(
			"# from elsewhere: is the API server slow for everybody?",
			askReady,
			"kubectl -n kube-system top pods -l component=kube-apiserver",
			"# a load balancer must check /readyz, not the TCP port alone",
		),
	},
	{
		Code: "net.mesh-not-ready", Confidence: Possible,
		Title: "a mesh redirects all connections to a proxy that does not listen yet",
		Fix: steps(
			"# is the mesh's proxy up?",
			"kubectl -n NAMESPACE get pod POD -o jsonpath='{range .status.containerStatuses[*]}{.name} {.ready}{\"\\n\"}{end}'",
			`# in the pod template (Istio): start the program only when the proxy listens
metadata:
  annotations:
    proxy.istio.io/config: '{"holdApplicationUntilProxyStarts": true}'`,
		),
	},
	{
		Code: "net.mesh-intercepts", Confidence: Possible,
		Title: "a transparent proxy answers in the API server's place and breaks its TLS",
		Fix: steps(
			"# does the pod have the proxy of a mesh?",
			"kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.initContainers[*].name} {.spec.containers[*].name}{\"\\n\"}'",
			outsideMesh,
		),
	},
	{
		Code: "net.sni-required", Confidence: Possible,
		Title: "a firewall on the path lets TLS through only when the client sends a server name",
		Fix: steps(
			"# let the firewall pass API_HOSTPORT by address, or on AKS have clients dial the name:",
			`# in the pod template:
metadata:
  annotations:
    kubernetes.azure.com/set-kube-service-host-fqdn: "true"`,
		),
	},
}
