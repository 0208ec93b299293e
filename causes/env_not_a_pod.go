package causes

var envNotAPod = Page{
	Code:  "env.not-a-pod",
	Alone: Likely,
	Title: "this process does not run in a pod",
	Apart: "A real pod whose variables are missing (env.missing) still has a service-account directory, a cluster search domain or" +
		" the kubelet's /etc/hosts; here nothing of that is there. A container that was stripped of all of them by hand looks " +
		"the same.",
	Fix: steps(
		look("is there a pod of the program at all?", "kubectl get pods -A",
			whenThen("yes", "run k8sdoctor in that pod, or in one like it"),
			when("no, the program runs outside the cluster", 2)),
		look("which API server does kubectl use? A program outside a pod can use the same kubeconfig", "kubectl config view --minify"),
	),
}
