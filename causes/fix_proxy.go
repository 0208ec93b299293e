package causes

// goDirectly lists in both spellings of NO_PROXY what is not for the proxy.
var goDirectly = []Step{
	look("which entries does the manifest have already? Only plain addresses and names are read alike by all clients", "echo \"OLD_NO_PROXY\"",
		when("all that the program has, or none", 2),
		whenThen("fewer than the program has", "they come from an image, a ConfigMap or Secret: add API_HOST and .svc there")),
	setEnv("sends what goes to the API server and into the cluster directly, besides the entries that its manifest has already",
		`NO_PROXY="API_HOST,kubernetes.default.svc,.svc,.cluster.local,OLD_NO_PROXY" no_proxy="API_HOST,kubernetes.default.svc,.svc,.cluster.local,OLD_NO_PROXY"`),
}
