package diagnosis

// What takes the API server's variables out of the way of the kubelet's own.
var (
	unsetService = setEnv("sets none of them any more: the kubelet does by itself",
		"KUBERNETES_SERVICE_HOST- KUBERNETES_SERVICE_PORT- KUBERNETES_SERVICE_PORT_HTTPS-")
	unsetElsewhere = ask("who made the ConfigMap, the Secret or the image", "take KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT out")
)

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
			look("is there a pod of the program at all?", "kubectl get pods -A",
				whenThen("yes", "run k8sdoctor in that pod, or in one like it"),
				when("no, the program runs outside the cluster", 2)),
			look("which API server does kubectl use? A program outside a pod can use the same kubeconfig", "kubectl config view --minify"),
		),
	},
	{
		Code: "env.missing", Confidence: Likely,
		Title: "this container lacks a variable that the kubelet gives to every container",
		Apart: "Process 1 lacks the variable too: had it been there, a shell or cron had dropped it (env.scrubbed). Something else of " +
			"a pod is here, which rules out a plain machine (env.not-a-pod). Set to an empty text, it would be env.malformed.",
		Fix: steps(
			look("what starts the program, and with which variables?",
				`kubectl -n NAMESPACE get pod POD -o jsonpath='{range .spec.containers[*]}{.name}: {.command} {.args} {.env[*].name}{"\n"}{end}'`,
				whenThen("it is started with env -i, su, or the like", "have that keep KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT"),
				whenThen("a static pod, which began before the Service was known", "start it anew, from the file in /etc/kubernetes/manifests of its node"),
				when("by nothing of the kind", 2)),
			setEnv("sets the variables by itself",
				"KUBERNETES_SERVICE_HOST=SERVICE_IP KUBERNETES_SERVICE_PORT=API_PORT KUBERNETES_SERVICE_PORT_HTTPS=API_PORT"),
		),
	},
	{
		Code: "env.scrubbed", Confidence: Certain,
		Title: "a login shell, cron, su or sudo has dropped the variables that the container has",
		Apart: "Process 1 of the same container has the variable and this process does not, so the kubelet gave it and something in " +
			"between dropped it. With env.missing process 1 lacks it as well.",
		Fix: steps(
			change("this shell takes them from the container's first process", "exit", `v=$(tr '\0' '\n' </proc/1/environ | grep '^KUBERNETES_') && export $v`).at(inContainer),
			ask("who builds the image", "for logins and cron jobs (read by PAM), have the container's start run as root").
				with("env | grep '^KUBERNETES_' >> /etc/environment"),
		),
	},
	{
		Code: "env.malformed", Confidence: Certain,
		Title: "a variable of the API server is set to something that is no host or no port",
		Apart: "The variable is set, and its own text is no host or no port: empty, quoted, padded, with a scheme or with brackets. A " +
			"good text that names another place than the kubelet's is env.overridden; no variable at all is env.missing.",
		Fix: steps(
			look("who sets it?", "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.containers[*].env}{\"\\n\"}{.spec.containers[*].envFrom}{\"\\n\"}'",
				when("an entry KUBERNETES_SERVICE_HOST or _PORT in the first line", 2),
				when("none there: a ConfigMap or Secret of the second line, or the image", 3)),
			unsetService, unsetElsewhere,
		),
	},
	{
		Code: "env.overridden", Confidence: Likely,
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
	},
	{
		Code: "env.client-override", Confidence: Certain, Warning: true,
		Title: "settings are here that some clients prefer to the in-cluster configuration",
		Apart: "Requests of this program ignore these settings and can work; only clients that read them go elsewhere. Such a client " +
			"fails while this report passes, often with an address that is not the API server's.",
		Fix: steps(
			look("are they meant?", "env | grep -E '^(KUBECONFIG|KUBERNETES_MASTER)='; ls -l ~/.kube/config",
				whenThen("the program shall use another cluster", "leave them"),
				when("they are variables, and not meant", 2),
				when("it is a file that came with the image", 3)).at(inContainer),
			setEnv("sets them no more, and uses this cluster", "KUBECONFIG- KUBERNETES_MASTER-"),
			ask("who builds the image", "leave ~/.kube/config out"),
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
			look("is there such a Service?", "kubectl -n NAMESPACE get services kubernetes kubernetes-service --ignore-not-found",
				when("yes", 2), whenThen("no", "it was there when the pod began: a new pod is free of it")),
			changeTemplate("gets no variables of Services any more, such as REDIS_SERVICE_HOST, but those of the API server", "spec:\n  enableServiceLinks: false"),
		),
	},
}
