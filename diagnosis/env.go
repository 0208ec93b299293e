package diagnosis

// The variables that the kubelet injects. A process's own environment cannot
// lie about itself, so most of these are certain; what it cannot show is what
// the kubelet once gave.
var envCauses = []Cause{
	{
		Code: "env.not-a-pod", Confidence: Likely,
		Title: "this process does not run in a pod",
		Apart: "A real pod whose variables are missing (env.missing) still has a service-account directory, a cluster search domain or" +
			" the kubelet's /etc/hosts; here nothing of that is there. A container that was stripped of all of them by hand looks " +
			"the same.",
		Fix: steps(
			"# to look at a pod, run k8sdoctor inside the cluster:",
			"kubectl -n NAMESPACE run k8sdoctor --rm -i --restart=Never --image=IMAGE",
			"# for a program outside the cluster, a kubeconfig names the API server:",
			"kubectl config view --minify",
		),
	},
	{
		Code: "env.missing", Confidence: Likely,
		Title: "this container lacks a variable that the kubelet gives to every container",
		Apart: "Process 1 lacks the variable too: had it been there, a shell or cron had dropped it (env.scrubbed). Something else of " +
			"a pod is here, which rules out a plain machine (env.not-a-pod). Set to an empty text, it would be env.malformed.",
		Fix: steps(
			"# a new container gets them (the pod's controller makes a new pod):",
			"kubectl -n NAMESPACE delete pod POD",
			`# if they stay away, set them in the container's spec:
env:
- {name: KUBERNETES_SERVICE_HOST, value: kubernetes.default.svc}
- {name: KUBERNETES_SERVICE_PORT, value: "443"}
- {name: KUBERNETES_SERVICE_PORT_HTTPS, value: "443"}`,
		),
	},
	{
		Code: "env.scrubbed", Confidence: Certain,
		Title: "a login shell, cron, su or sudo has dropped the variables that the container has",
		Apart: "Process 1 of the same container has the variable and this process does not, so the kubelet gave it and something in " +
			"between dropped it. With env.missing process 1 lacks it as well.",
		Fix: steps(
			"# in this shell, take them from the container's first process:",
			`export $(tr '\0' '\n' < /proc/1/environ | grep '^KUBERNETES_')`,
			"# for every login and cron job (read by PAM), as root, at the container's start:",
			"env | grep '^KUBERNETES_' >> /etc/environment",
		),
	},
	{
		Code: "env.malformed", Confidence: Certain,
		Title: "a variable of the API server is set to something that is no host or no port",
		Apart: "The variable is set, and its own text is no host or no port: empty, quoted, padded, with a scheme or with brackets. A " +
			"good text that names another place than the kubelet's is env.overridden; no variable at all is env.missing.",
		Fix: steps(
			"# find who sets it: the pod's env or envFrom, else ENV in the image:",
			"kubectl -n NAMESPACE get pod POD -o yaml | grep -n -A1 KUBERNETES_SERVICE_",
			"# then delete that entry from the workload: the kubelet sets the variable by itself",
		),
	},
	{
		Code: "env.overridden", Confidence: Likely,
		Title: "a variable of the API server is not what the kubelet derived from the Service",
		Apart: "The kubelet derives all these variables from one Service, so KUBERNETES_PORT_443_TCP_ADDR or the environment of " +
			"process 1 shows what it gave; a difference proves that somebody set another value. Whether that value works is shown " +
			"by the later checks: on AKS it is set on purpose and works.",
		Fix: steps(
			"# compare who sets it with the Service:",
			"kubectl -n NAMESPACE get pod POD -o yaml | grep -n -A1 KUBERNETES_SERVICE_",
			"kubectl -n default get service kubernetes",
			"# then delete the entry, unless the platform set it on purpose (AKS does, with a public name)",
		),
	},
	{
		Code: "env.client-override", Confidence: Certain, Warning: true,
		Title: "settings are here that some clients prefer to the in-cluster configuration",
		Apart: "Requests of this program ignore these settings and can work; only clients that read them go elsewhere. Such a client " +
			"fails while this report passes, often with an address that is not the API server's.",
		Fix: steps(
			"# start the program without them, unless they are meant:",
			"env -u KUBECONFIG -u KUBERNETES_MASTER PROGRAM",
			"# and look whether a kubeconfig came with the image:",
			"ls -l ~/.kube/config",
		),
	},
	{
		Code: "env.links-collision", Confidence: Likely, Warning: true,
		Title: "a Service of this namespace has variables of the same name as the API server's",
		Apart: "Those of kubernetes-service take KUBERNETES_SERVICE_PORT in some containers and not in others, by chance: " +
			"KUBERNETES_SERVICE_SERVICE_HOST gives it away, without which it is env.malformed. Those of a Service kubernetes agree with " +
			"each other, and DNS has another address for kubernetes.default.svc; where no such Service is in this namespace, that is " +
			"dns.wrong-answer. Variables of Services of other names harm no client of Kubernetes.",
		Fix: steps(
			"kubectl -n NAMESPACE get services kubernetes kubernetes-service --ignore-not-found",
			"# give it another name; or, in the pod template, keep the variables of\n"+
				"# Services out of the pod; those of the API server stay:\nspec:\n  enableServiceLinks: false",
			"# containers that run keep what they have:",
			"kubectl -n NAMESPACE delete pod POD",
		),
	},
}
