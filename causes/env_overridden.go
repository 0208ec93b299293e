package causes

var envOverridden = Page{
	Code:  "env.overridden",
	Alone: Likely,
	Title: "a variable of the API server is not what the kubelet derived from the Service",
	Apart: "The kubelet derives all these variables from one Service, so KUBERNETES_PORT_443_TCP_ADDR or the environment of " +
		"process 1 shows what it gave; a difference proves that somebody set another value. Whether that value works is shown " +
		"by the later checks: on AKS it is set on purpose and works.",
	Fix: steps(
		look("who sets it, and what does the Service say?",
			showService+"\nkubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.containers[*].env}{\"\\n\"}'",
			whenThen("a platform sets it on purpose, with a name that works (AKS does)", "leave it: this is not the cause"),
			when("an entry of the workload's own", 2),
			when("none there: envFrom, or the image", 3)),
		unsetService, unsetElsewhere,
	),
}
