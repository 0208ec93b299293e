package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func envClientOverride() *Page {
	return &Page{
		Code:  "env.client-override",
		Alone: Certain, Warning: true,
		Title:  "a kubeconfig or a variable overrides the in-cluster configuration for some clients",
		Remedy: "remove the variable or ~/.kube/config, unless it is there on purpose",
		Forms: []Form{
			{Prior: Common, Proof: Predictions{observe.EnvClient.Is(true)}},
			{Prior: Common, Proof: Predictions{observe.EnvRequestsBundle.Is(observe.BundleForeign, observe.BundleUnusable)}},
			{Prior: Uncommon, Proof: Predictions{observe.EnvOpenSSLLevel.Is(true)}},
			{Prior: Uncommon, Proof: Predictions{observe.EnvJavaProxy.Is(true)}},
			{Prior: Rare, Proof: Predictions{observe.EnvJavaAgent.Is(true)}},
			{Prior: Rare, Proof: Predictions{observe.EnvNodeModule.Is(true)}},
			{Prior: Rare, Proof: Predictions{observe.EnvGoFIPS.Is(true)}},
		},
		Sources: []string{
			"https://github.com/kubernetes-client/javascript/issues/321",
			"https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/",
		},
		Similar: "k8sdoctor ignores these settings, so its requests can succeed; only clients that read them fail or connect elsewhere. " +
			"Such a client fails while this report passes, often with an address that is not the API server's.",
		Fix: func(in Input) []Step {
			if !observe.EnvClient.Yes(in.Seen) {
				return ofVariables
			}
			return ofKubeconfig
		},
	}
}

var ofKubeconfig = []Step{
	look("are these settings intended?", "env | grep -E '^(KUBECONFIG|KUBERNETES_MASTER)='; ls -l ~/.kube/config",
		whenThen("the program should use another cluster", "leave them"),
		when("they are variables, and not intended", 2),
		when("it is a file of the image", 3)).at(inContainer),
	setEnv("no longer sets them, and uses this cluster", "KUBECONFIG- KUBERNETES_MASTER-"),
	ask("the builders of the image", "remove ~/.kube/config"),
}

// ofVariables does not take a variable away: it may be there for other servers.
var ofVariables = []Step{
	look("where is it set, and for what?", "kubectl -n NAMESPACE set env --list WORKLOAD | grep -E 'CA_BUNDLE|OPENSSL_CONF|JAVA_TOOL_OPTIONS|NODE_OPTIONS|GODEBUG'",
		when("in the manifest, and nothing else needs it", 2),
		when("in the manifest, for other servers", 3),
		when("nowhere: in the image, a ConfigMap or a Secret", 3)),
	ask("the owner of WORKLOAD", "remove the variable that the finding names from its manifest"),
	ask("the developers of the program", "keep it and let the API server be: for requests, pass verify=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt with each request; for Java, add API_HOST to -Dhttp.nonProxyHosts; correct a path that does not exist"),
}
