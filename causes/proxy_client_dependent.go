package causes

var proxyClientDependent = Page{
	Code:  "proxy.client-dependent",
	Alone: Likely, Warning: true,
	Title: "some clients read the proxy variables so that they go through the proxy, others do not",
	Apart: "Go reads the variables so that it goes directly, and other clients read them otherwise; nothing fails in this report. " +
		"When Go's reading leads into the proxy it is proxy.in-path.",
	Fix: steps(goDirectly...),
}
