package clients

import "github.com/k8sdoctor/k8sdoctor/observe"

const (
	pkix      = "PKIX path building failed: ... unable to find valid certification path to requested target"
	noEntry   = "No such file or directory (os error 2)"
	oldOkHTTP = "releases with OkHttp before 4.5 compare IPv6 addresses as strings, whatever the cluster, and print \"Hostname {host} not verified\"; newer ones work"
	javaRoots = "continues with the root certificates of the JVM, and does not trust the API server"
	// ignoresCADates is of programs that take a CA in ca.crt for a key and a name.
	ignoresCADates = "does not check the dates of a CA in ca.crt: works if the server's own certificate is valid"
	proxyFeature   = `configured proxy ... requires the disabled feature "kube/http-proxy"`
	kubeProxySeen  = "kube-rs/kube issue 1013; davidB/kubectl-view-allocations issue 251, not run"
	jvmPlain       = "the text is that of the JVM: no root of its own has signed the certificate"
)

// The clients of the JVM, of .NET and of Rust.
var compiledPrograms = []program{
	{
		name: "Java (fabric8)", since: "fabric8io/kubernetes-client 08b0e9f Config.java", proxy: proxyObeyed,
		errors: map[failureKind]string{badChain: pkix},
		config: []rule{
			noAgent,
			{when: hasKubeconfig, outcome: Unknown, reason: readsKubeconfig},
			{when: envUnset, outcome: Unknown, reason: "falls back to https://kubernetes.default.svc; that was not tried", since: "fabric8io/kubernetes-client 08b0e9f Config.java; issue 1086"},
			{when: tokenIs(fileDenied), outcome: Fails, text: "Error reading service account token from: [{token}]. Ignoring.", reason: "logs this and continues without a token, as system:anonymous"},
			{when: caIs(fileMissing), outcome: Fails, text: pkix, reason: javaRoots},
			{when: tokenIs(fileMissing), outcome: Fails, reason: "continues without a token, as system:anonymous"},
			{when: caOutdated, outcome: Unknown, reason: ignoresCADates, since: "OpenJDK 17, run"},
			{when: tokenIs(filePadded), outcome: Unknown, reason: "keeps white space around the token; not known whether its HTTP client rejects it"},
			{when: javaProxied, outcome: Unknown, reason: "JAVA_TOOL_OPTIONS sends requests to a proxy; whether this client uses it depends on its HTTP client"},
		},
		chain: fabric8Chain, hello: javaHello,
		remarks: []rule{
			{when: asterisk, outcome: Remark, text: "NO_PROXY URL contains invalid entry: '...'", reason: "fails since release 6.1, before it sends anything", since: "fabric8io/kubernetes-client issues 4373, 4418, not run"},
			{when: proxyBare, outcome: Remark, text: "Invalid proxy server configuration; or No protocol specified on proxy URL", reason: "fails with a proxy variable without a scheme, by its release", since: "fabric8io/kubernetes-client issue 1733, not run"},
			{when: severalCAs, outcome: Remark, text: pkix, reason: "reported to use only the first certificate in the file; put the active CA first", since: "fabric8io/kubernetes-client issues 1855, 3874"},
			{when: ipv6, outcome: Remark, reason: oldOkHTTP, since: "fabric8io/kubernetes-client issues 1991, 2632"},
			{when: proxyDiffers, outcome: Remark, reason: "interprets NO_PROXY differently and may use the proxy", since: "fabric8io/kubernetes-client issue 4832"},
		},
	},
	{
		name: "Java (official)", since: "kubernetes-client/java 0001a0b ClientBuilder.java",
		errors: map[failureKind]string{badChain: pkix, uncoveredHost: "Hostname {host} not verified: ..."},
		config: []rule{
			noAgent,
			{when: hasKubeconfig, outcome: Unknown, reason: readsKubeconfig, since: "kubernetes-client/java 0001a0b ClientBuilder.standard"},
			{when: portIs(observe.VariableUnset, observe.VariableEmpty), outcome: Fails, text: "java.lang.IllegalStateException: java.lang.NumberFormatException: ..."},
			{when: caIs(fileMissing), outcome: Fails, text: "java.nio.file.NoSuchFileException: {ca}", reason: "an error of ClientBuilder.cluster; ClientBuilder.standard silently falls back to localhost:8080"},
			{when: caIs(fileDenied), outcome: Fails, text: "java.nio.file.AccessDeniedException: {ca}"},
			{when: tokenIs(fileMissing, fileDenied), outcome: Fails, text: "Cannot read file: {token}", since: "kubernetes-client/java TokenFileAuthentication.java"},
			{when: caOutdated, outcome: Unknown, reason: ignoresCADates, since: "OpenJDK 17, run"},
			{when: javaProxied, outcome: Unknown, reason: "goes through the proxy of JAVA_TOOL_OPTIONS; that was not tried", since: "JDK Networking Properties; OkHttp uses the proxy selector of the JVM, not run"},
		},
		chain: javaChain, hello: javaHello,
		remarks: []rule{
			{when: ipv6, outcome: Remark, reason: oldOkHTTP, since: "kubernetes-client/java issues 1289, 1636"},
			{when: tokenIs(filePadded), outcome: Remark, reason: padsTrimmed, since: "kubernetes-client/java TokenFileAuthentication.java"},
			{when: proxyDiffers, outcome: Unknown, reason: notKnown},
		},
	},
	{
		name: "C#", since: "kubernetes-client/csharp 2ad5b96 KubernetesClientConfiguration.InCluster.cs",
		config: []rule{
			{when: envUnusable, outcome: Fails, text: notInCluster},
			{when: tokenIs(fileMissing), outcome: Fails, text: notInCluster, reason: "names the variables although the token is missing"},
			{when: caIs(fileMissing), outcome: Fails, text: notInCluster, reason: "names the variables although ca.crt is missing"},
		},
		chain: dotnetChain, hello: opensslHello("OpenSSL 3.5 release notes; .NET on Linux uses OpenSSL, not run"),
		remarks: []rule{
			{when: tokenIs(filePadded), outcome: Remark, reason: padsTrimmed, since: "kubernetes-client/csharp TokenFileAuth.cs"},
			{when: proxyDiffers, outcome: Unknown, reason: "reads HTTPS_PROXY; whether NO_PROXY covers the address for it was not run", since: "kubernetes-client/csharp issue 568, not run"},
			{when: hasKubeconfig, outcome: Remark, reason: loaderOfDefault},
		},
	},
	{
		name: "Rust (kube-rs)", since: "kube-rs/kube 03d49b7 config/mod.rs, 003f668 client/auth/mod.rs", proxy: proxyObeyed,
		config: []rule{
			{when: pastNoProxy, outcome: Unknown, text: proxyFeature, reason: "reads HTTPS_PROXY and no NO_PROXY: uses the proxy, which was not tried; built without that feature it does not start", since: kubeProxySeen},
			{when: hasKubeconfig, outcome: Unknown, reason: readsKubeconfig, since: "kube-rs/kube 03d49b7 Config::infer"},
			{when: envUnset, outcome: Fails, text: "failed to read an incluster environment variable: environment variable not found"},
			{when: portIs(observe.VariableEmpty), outcome: Fails, text: "failed to parse cluster port: cannot parse integer from empty string"},
			{when: func(in inputs) bool { return in.namespace == fileMissing }, outcome: Fails, text: "failed to read the default namespace: " + noEntry, reason: "needs the namespace file, unlike other clients"},
			{when: caIs(fileMissing), outcome: Fails, text: "failed to read a certificate bundle: " + noEntry},
			{when: tokenIs(fileMissing), outcome: Fails, text: `failed to read token file '"{token}"': ` + noEntry},
			{when: caOutdated, outcome: Unknown, reason: ignoresCADates, since: "rustls/webpki-roots issue 70"},
			{when: tokenIs(filePadded, fileControl), outcome: Fails, text: "invalid bearer token: failed to parse header value", reason: "keeps the newline after the token"},
		},
		chain: rustlsChain, hello: rule{outcome: Unknown, reason: rustHello, since: rustlsRun + "; rustls 0.23.27 release notes"},
		remarks: []rule{
			{when: proxyIs(observe.ProxyApplies), outcome: Remark, text: proxyFeature, reason: "does not start where it was built without that feature", since: kubeProxySeen},
			{when: nameUnusable, outcome: Remark, reason: "built with rustls, releases 0.59 to 0.76 use kubernetes.default.svc, which fails here; later ones use the address", since: "kube-rs/kube issues 587, 1003, 1109"},
		},
	},
}
