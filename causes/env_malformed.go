package causes

var envMalformed = Page{
	Code:  "env.malformed",
	Alone: Certain,
	Title: "a variable of the API server is set to something that is no host or no port",
	Apart: "The variable is set, and its own text is no host or no port: empty, quoted, padded, with a scheme or with brackets. A " +
		"good text that names another place than the kubelet's is env.overridden; no variable at all is env.missing.",
	Fix: steps(
		look("who sets it?", "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.containers[*].env}{\"\\n\"}{.spec.containers[*].envFrom}{\"\\n\"}'",
			when("an entry KUBERNETES_SERVICE_HOST or _PORT in the first line", 2),
			when("none there: a ConfigMap or Secret of the second line, or the image", 3)),
		unsetService, unsetElsewhere,
	),
}
