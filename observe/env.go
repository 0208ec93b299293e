package observe

import "slices"

// Variable is how a variable presents itself.
type Variable string

// The states of a variable.
const (
	VariableFine       Variable = "fine"
	VariableUnset      Variable = "unset"
	VariableEmpty      Variable = "empty"
	VariableMalformed  Variable = "malformed"
	VariableLink       Variable = "link"       // the address of a Service where a port is expected
	VariableOverridden Variable = "overridden" // not what process 1 or another variable has
	VariableElsewhere  Variable = "elsewhere"  // not what the kubelet gave the whole pod, which is no fault by itself
)

// FirstProcess is what process 1, which has what the kubelet gave, says of the
// API server's variables.
type FirstProcess string

// The answers of process 1.
const (
	FirstSame    FirstProcess = "same"
	FirstHasIt   FirstProcess = "has-it"   // what is not set here
	FirstOther   FirstProcess = "other"    // another value than here
	FirstLacksIt FirstProcess = "lacks-it" // what is set here
)

// Link is whether a Service of the namespace sets a variable of the API server's.
type Link string

// The links, see "Service environment variables" in the Kubernetes documentation.
const (
	NoLink             Link = "none"
	LinkBeside         Link = "beside"             // kubernetes-service sets the port as well; it is right here
	LinkOfKubernetes   Link = "kubernetes-service" // the port is its address, by its other variables
	LinkOfOtherService Link = "other"              // the port is an address, and nothing says whose
)

// ProxySetting is what the proxy variables mean for the API server's address.
type ProxySetting string

// The settings.
const (
	NoProxySet     ProxySetting = "none"
	ProxyExcluded  ProxySetting = "excluded" // NO_PROXY lists the address by itself
	ProxyDiffers   ProxySetting = "differs"  // by client: how NO_PROXY or ALL_PROXY is read
	ProxyApplies   ProxySetting = "applies"  // requests go through it
	ProxyNotUsable ProxySetting = "unusable" // the variable holds no URL
)

// ProxyURL is how HTTPS_PROXY is written, which some clients do not read as Go does.
type ProxyURL string

// The forms of it.
const (
	ProxyURLUnset ProxyURL = "unset"
	ProxyURLWhole ProxyURL = "scheme"
	ProxyURLBare  ProxyURL = "no-scheme" // Go puts http:// before it
)

// Bundle is whether the CA bundle that a variable names vouches for the server.
type Bundle string

// The bundles.
const (
	BundleVerifies Bundle = "verifies"
	BundleForeign  Bundle = "other-cas" // its certificates have not signed the server's
	BundleUnusable Bundle = "unusable"  // no such file, or no certificate in it
)

// The subjects of the environment.
var (
	EnvHost         = symptom("env.host", "what KUBERNETES_SERVICE_HOST holds", "KUBERNETES_SERVICE_HOST is %s", 2, VariableFine, VariableElsewhere, VariableUnset, VariableEmpty, VariableMalformed, VariableOverridden)
	EnvPort         = symptom("env.port", "what KUBERNETES_SERVICE_PORT holds", "KUBERNETES_SERVICE_PORT is %s", 1, VariableFine, VariableUnset, VariableEmpty, VariableMalformed, VariableLink, VariableOverridden)
	EnvHTTPSPort    = symptom("env.https-port", "what KUBERNETES_SERVICE_PORT_HTTPS holds; the curl of the Kubernetes guide reads it", "KUBERNETES_SERVICE_PORT_HTTPS is %s", 1, VariableFine, VariableUnset, VariableMalformed, VariableOverridden)
	EnvFirstProcess = tells("env.first-process", "which of the API server's variables process 1 has", "process 1 %s", 1, FirstSame, FirstHasIt, FirstOther, FirstLacksIt)
	EnvAdopted      = texts("env.adopted", "the proxy and KUBERNETES_* variables that process 1 has otherwise than a new process in the container; the checks take those of process 1; observed by kubectl k8sdoctor", "%s is process 1's")
	EnvPodTraces    = numberTells("env.pod-traces", "how many other signs of a pod are in this container: the directory of the service account volume, a cluster search domain, the kubelet's /etc/hosts", "%s other signs of a pod")
	EnvLink         = symptom("env.link", "whether a Service link variable of this namespace overwrites KUBERNETES_SERVICE_PORT", "Service link variables: %s", 1, NoLink, LinkBeside, LinkOfKubernetes, LinkOfOtherService)
	EnvHostIsName   = flagTells("env.host-is-name", "whether KUBERNETES_SERVICE_HOST is a DNS name, so that every client first needs DNS", "KUBERNETES_SERVICE_HOST is a DNS name", "KUBERNETES_SERVICE_HOST is an address", false)
	EnvHostValue    = text("env.host.value", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_HOST is %s")
	EnvPortValue    = text("env.port.value", "KUBERNETES_SERVICE_PORT", "KUBERNETES_SERVICE_PORT is %s")
	EnvKubeletHost  = text("env.kubelet-host.value", "KUBERNETES_PORT_443_TCP_ADDR, which the kubelet sets from the same Service", "the kubelet set %s")

	EnvProxy      = symptom("env.proxy", "what the proxy variables mean for the API server's address", "%s", 2, NoProxySet, ProxyExcluded, ProxyDiffers, ProxyApplies, ProxyNotUsable)
	EnvProxySet   = flagTells("env.proxy-set", "whether HTTPS_PROXY or ALL_PROXY is set at all", "a proxy variable is set", "no proxy variable is set", false)
	EnvProxyURL   = tells("env.proxy.url", "whether HTTPS_PROXY is set, and has a scheme", "HTTPS_PROXY is %s", 2, ProxyURLUnset, ProxyURLWhole, ProxyURLBare)
	EnvHTTPProxy  = flagTells("env.http-proxy", "whether HTTP_PROXY is set, which some clients use for https as well", "HTTP_PROXY is set", "HTTP_PROXY is not set", false)
	EnvAsterisk   = flagTells("env.no-proxy.asterisk", "where a proxy is set: whether NO_PROXY has an entry with an asterisk before one that lists the API server's address", "NO_PROXY has an entry with an asterisk first", "NO_PROXY has no entry with an asterisk first", false)
	EnvClient     = flagSymptom("env.client", "whether a setting here overrides the in-cluster configuration of some clients", "a setting overrides the in-cluster configuration", "no setting overrides the in-cluster configuration", false)
	EnvKubeconfig = flagTells("env.kubeconfig", "whether there is a KUBECONFIG or a ~/.kube/config", "there is a kubeconfig", "there is no kubeconfig", false)

	EnvGoFIPS         = flagSymptom("env.go.fips-only", "whether GODEBUG allows only algorithms of FIPS 140, with which programs built with Go 1.25 fail; not observed where it is not set", "GODEBUG has fips140=only", "GODEBUG does not have fips140=only", false)
	EnvNodeModule     = flagSymptom("env.node.module-missing", "whether NODE_OPTIONS names a module that is not there; not observed where it is not set", "NODE_OPTIONS names a missing module", "NODE_OPTIONS names no missing module", false)
	EnvJavaAgent      = flagSymptom("env.java.agent-missing", "whether JAVA_TOOL_OPTIONS names an agent that is not there; not observed where it is not set", "JAVA_TOOL_OPTIONS names a missing agent", "JAVA_TOOL_OPTIONS names no missing agent", false)
	EnvJavaProxy      = flagSymptom("env.java.proxy", "whether JAVA_TOOL_OPTIONS sends requests to the API server to a proxy; not observed where it is not set", "JAVA_TOOL_OPTIONS sends requests to the API server to a proxy", "JAVA_TOOL_OPTIONS sends no request to the API server to a proxy", false)
	EnvRequestsBundle = symptom("env.requests-bundle", "whether the bundle of REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE verifies the server; not observed where none is set", "the CA bundle of REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE %s", 1, BundleVerifies, BundleForeign, BundleUnusable)
	EnvOpenSSLLevel   = flagSymptom("env.openssl-level", "whether OPENSSL_CONF sets a security level that a key of the server's chain is too weak for; not observed where it sets none", "OPENSSL_CONF asks for stronger keys than the server's", "OPENSSL_CONF accepts the server's keys", false)

	EnvElsewhere      = flagTells("env.host.elsewhere", "that KUBERNETES_SERVICE_HOST is not KUBERNETES_PORT_443_TCP_ADDR, which the kubelet has set; observed only where it is so", "KUBERNETES_SERVICE_HOST is not what the kubelet set", "KUBERNETES_SERVICE_HOST is what the kubelet set", false)
	EnvGivenHandshake = symptom("env.given.handshake", "the TLS handshake with the address that the kubelet set, where another one is set now that fails", "TLS with the kubelet's address: %s", len(handshakes)-1, append(slices.Clone(handshakes[1:]), Verifies)...)
	EnvOwnService     = flagTells("env.own-service", "whether the address in the environment is that of a Service named kubernetes in this namespace", "the address is that of a Service in this namespace", "the address is not that of a Service in this namespace", false)
	EnvOwnHandshake   = handshakeTells("env.own-service.handshake", "where there is such a Service: the TLS handshake with the address that DNS has for kubernetes.default.svc", "TLS with the address in DNS: %s")
)

var envSubjects = []*Row{
	EnvHost.Row, EnvPort.Row, EnvHTTPSPort.Row, EnvFirstProcess.Row, EnvAdopted.Row, EnvPodTraces.Row, EnvLink.Row, EnvElsewhere.Row, EnvHostIsName.Row, EnvHostValue.Row, EnvPortValue.Row, EnvKubeletHost.Row,
	EnvProxy.Row, EnvProxySet.Row, EnvProxyURL.Row, EnvHTTPProxy.Row, EnvAsterisk.Row, EnvClient.Row, EnvKubeconfig.Row, EnvGoFIPS.Row, EnvNodeModule.Row, EnvJavaAgent.Row, EnvJavaProxy.Row, EnvRequestsBundle.Row, EnvOpenSSLLevel.Row, EnvGivenHandshake.Row, EnvOwnService.Row, EnvOwnHandshake.Row,
}
