package causes

var netPolicyNeedsEndpoint = Page{
	Code:  "net.policy-needs-endpoint",
	Alone: Possible,
	Title: "an egress policy allows only one of the service IP and the API server's own address",
	Apart: "Of the service IP and the API server's own address one answers and the other does not, while other service IPs work. " +
		"When none answers it is net.api-blocked; when no service IP works at all, net.service-ips-dead. An old address behind " +
		"the service IP (net.api-down) looks the same: the EndpointSlice decides.",
	Fix: allowOrAsk,
}
