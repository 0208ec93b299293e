package causes

// goDirectly lists in both spellings of NO_PROXY what is not for the proxy.
var goDirectly = []Step{
	look("which entries does the manifest have already? All clients agree only on plain addresses and names", "echo \"OLD_NO_PROXY\"",
		when("those that the program has, or it has none", 2),
		whenThen("fewer than the program has", "the others are from the image, a ConfigMap or a Secret: add API_HOST and .svc there")),
	setEnv("connects to the API server and to cluster names directly, in addition to the entries that its manifest has already, in every container",
		`NO_PROXY="API_HOST,kubernetes.default.svc,.svc,.cluster.local,OLD_NO_PROXY" no_proxy="API_HOST,kubernetes.default.svc,.svc,.cluster.local,OLD_NO_PROXY"`),
}
