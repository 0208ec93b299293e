package observe

// Variable is how a variable presents itself.
type Variable string

// The states of a variable.
const (
	VariableFine       Variable = "fine"
	VariableUnset      Variable = "unset"
	VariableEmpty      Variable = "empty"
	VariableMalformed  Variable = "malformed"
	VariableLink       Variable = "link"       // the address of a Service where a port is expected
	VariableOverridden Variable = "overridden" // not what the kubelet gave
)

// FirstProcess is what process 1, which has what the kubelet gave, says of the
// API server's variables.
type FirstProcess string

// The answers of process 1.
const (
	FirstSame       FirstProcess = "same"
	FirstHasIt      FirstProcess = "has-it"   // what is not set here
	FirstOther      FirstProcess = "other"    // another value than here
	FirstLacksIt    FirstProcess = "lacks-it" // what is set here
	FirstUnreadable FirstProcess = "unreadable"
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

// The subjects of the environment.
var (
	EnvHost         = symptom("env.host", "what KUBERNETES_SERVICE_HOST holds", "KUBERNETES_SERVICE_HOST is %s", 1, VariableFine, VariableUnset, VariableEmpty, VariableMalformed, VariableOverridden)
	EnvPort         = symptom("env.port", "what KUBERNETES_SERVICE_PORT holds", "KUBERNETES_SERVICE_PORT is %s", 1, VariableFine, VariableUnset, VariableEmpty, VariableMalformed, VariableLink, VariableOverridden)
	EnvHTTPSPort    = symptom("env.https-port", "what KUBERNETES_SERVICE_PORT_HTTPS holds, which curl of the guide reads", "KUBERNETES_SERVICE_PORT_HTTPS is %s", 1, VariableFine, VariableUnset, VariableMalformed, VariableOverridden)
	EnvFirstProcess = tells("env.first-process", "what process 1 has of the API server's variables", "process 1 has them: %s", 1, FirstSame, FirstHasIt, FirstOther, FirstLacksIt, FirstUnreadable)
	EnvPodTraces    = numberTells("env.pod-traces", "how many other traces of a kubelet are in this container: the volume's directory, a cluster domain, its hosts file", "%s other traces of a pod")
	EnvLink         = symptom("env.link", "whether a Service of this namespace sets KUBERNETES_SERVICE_PORT as well", "a Service's link: %s", 1, NoLink, LinkBeside, LinkOfKubernetes, LinkOfOtherService)
	EnvHostIsName   = flagTells("env.host-is-name", "whether the host is a DNS name, so that every client begins with a lookup", "the host is a name: %s", false)
	EnvHostValue    = text("env.host.value", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_HOST is %s")
	EnvPortValue    = text("env.port.value", "KUBERNETES_SERVICE_PORT", "KUBERNETES_SERVICE_PORT is %s")
	EnvKubeletHost  = text("env.kubelet-host.value", "KUBERNETES_PORT_443_TCP_ADDR, which the kubelet set beside it", "the kubelet gave %s")

	EnvProxy      = symptom("env.proxy", "what the proxy variables mean for the API server's address", "a proxy: %s", 2, NoProxySet, ProxyExcluded, ProxyDiffers, ProxyApplies, ProxyNotUsable)
	EnvProxySet   = flagTells("env.proxy-set", "whether HTTPS_PROXY or ALL_PROXY is set at all", "a proxy variable is set: %s", false)
	EnvClient     = flagSymptom("env.client", "whether something here beats the in-cluster configuration of some clients", "the in-cluster configuration is overridden: %s", false)
	EnvKubeconfig = flagTells("env.kubeconfig", "whether KUBECONFIG or ~/.kube/config is here", "a kubeconfig is here: %s", false)

	EnvGivenHandshake = handshakeTells("env.given.handshake", "what the address shows that the kubelet gave, where another one is set", "the kubelet's address: %s")
	EnvOwnService     = flagTells("env.own-service", "whether a Service named kubernetes of this namespace has the address in the environment", "it is a Service of this namespace: %s", false)
	EnvOwnHandshake   = handshakeTells("env.own-service.handshake", "what the address shows that DNS has for kubernetes.default.svc, where such a Service is there", "the address that DNS has: %s")
)

var envSubjects = []*Row{
	EnvHost.Row, EnvPort.Row, EnvHTTPSPort.Row, EnvFirstProcess.Row, EnvPodTraces.Row, EnvLink.Row, EnvHostIsName.Row, EnvHostValue.Row, EnvPortValue.Row, EnvKubeletHost.Row,
	EnvProxy.Row, EnvProxySet.Row, EnvClient.Row, EnvKubeconfig.Row, EnvGivenHandshake.Row, EnvOwnService.Row, EnvOwnHandshake.Row,
}
