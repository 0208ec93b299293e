package observe

// Started is how far the kubelet and the scheduler came with a pod.
type Started string

// The states of a pod, in the order of its way to a running container.
const (
	NotAdmitted     Started = "not-admitted" // an admission plugin or webhook refuses to create it
	OverQuota       Started = "over-quota"   // a ResourceQuota does
	Unscheduled     Started = "unscheduled"  // no node takes it
	NodeLost        Started = "node-lost"    // its node does not report
	NoVolume        Started = "no-volume"    // a volume cannot be mounted
	NoSandbox       Started = "no-sandbox"   // the runtime or the CNI plugin makes no network namespace for it
	NoImage         Started = "no-image"     // the image is not there and cannot be pulled
	NoConfiguration Started = "no-config"    // what its variables refer to is missing
	CannotRun       Started = "cannot-run"   // the kubelet or the runtime cannot make or start a container
	StartsYet       Started = "starts-yet"   // and nothing is wrong so far
	StartedWell     Started = "started"
	Crashes         Started = "crashes" // a container ends again and again
	Ended           Started = "ended"   // and is not to run again
)

// Policies is what the NetworkPolicies that select a pod say of its egress to a Service:
// to the Service IP, and to the addresses behind it.
type Policies string

// The verdicts of policies. Whether egress is judged before or after the translation of
// Service IPs is not defined
// (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
const (
	NoneSelects   Policies = "none-selects" // or the pod is on the host network
	PoliciesAllow Policies = "allow"
	AllowSoFar    Policies = "allow-so-far" // and there are policies of other kinds, which were not read
	SidesDiffer   Policies = "sides-differ"
	WouldDeny     Policies = "would-deny" // and nothing is known to enforce NetworkPolicies
	PoliciesDeny  Policies = "deny"
	DenySoFar     Policies = "deny-so-far" // and there are policies of other kinds, which may allow it
)

// Backends is what stands behind a Service, by its EndpointSlices.
type Backends string

// The backends.
const (
	BackendsReady Backends = "ready"
	NoBackends    Backends = "none" // of the Service's own IP family that is ready
)

// Agent is the state of a program that each node has to run.
type Agent string

// The states of an agent on the pod's node.
const (
	AgentRuns   Agent = "runs"
	AgentDown   Agent = "down"   // its pod is there, and not ready
	AgentAbsent Agent = "absent" // other nodes have a pod of it, this one has none
)

// NodeState is what the node reports of itself.
type NodeState string

// The states of a node, by its conditions.
const (
	NodeReady     NodeState = "ready"
	NodeNoNetwork NodeState = "no-network" // NetworkUnavailable, or not ready because of its network
	NodeNotReady  NodeState = "not-ready"
	NodeSilent    NodeState = "silent" // its kubelet does not report
)

// Account is how the pod's ServiceAccount stands to the pod's token.
type Account string

// The accounts.
const (
	AccountThere   Account = "there"
	AccountOther   Account = "other" // one of the same name: the token is of an earlier one
	AccountMissing Account = "missing"
)

// Elsewhere is what becomes of a fault in another pod, which is like the failing one in all
// but one thing.
type Elsewhere string

// What becomes of it.
const (
	GoneThere Elsewhere = "gone"
	FailsToo  Elsewhere = "fails-too"
)

// The subjects of the cluster's API: what no process in the pod can see.
var (
	PodStartedSays = text("cluster.pod.started.says", "what the pod's status or an event says of it", "%s")
	PodStarted     = symptom("cluster.pod.started", "how far the pod came, by its status and events", "%s", 4, StartedWell, StartsYet, Crashes, Ended, NotAdmitted, OverQuota, Unscheduled, NodeLost, NoVolume, NoSandbox, NoImage, NoConfiguration, CannotRun).with(PodStartedSays.Row)
	PodDeleted     = flagTells("cluster.pod.deleted", "whether the pod's grace period is over, and it is still there", "the pod has been deleted, and is still there", "the pod is not being deleted", false)

	PolicyAPISays  = texts("cluster.policy.api.says", "what each of those policies says, alone", "%s")
	PolicyAPI      = tells("cluster.policy.api", "what the NetworkPolicies that select this pod say of its egress to the API server: all together, for the Service IP and for the addresses behind it", "egress to the API server %s", 3, NoneSelects, PoliciesAllow, AllowSoFar, PoliciesDeny, DenySoFar, WouldDeny, SidesDiffer).with(PolicyAPISays.Row)
	PolicyDNSSays  = texts("cluster.policy.dns.says", "what each of those policies says, alone", "%s")
	PolicyDNS      = tells("cluster.policy.dns", "the same for the cluster's DNS servers; policies of theirs may deny it as well", "egress to the DNS servers %s", 3, NoneSelects, PoliciesAllow, AllowSoFar, PoliciesDeny, DenySoFar, WouldDeny, SidesDiffer).with(PolicyDNSSays.Row)
	PolicyEnforcer = text("cluster.policy.enforcer", "what enforces NetworkPolicies on this node, as far as it is known", "NetworkPolicies are enforced by %s")
	PolicyNames    = texts("cluster.policy.names", "the NetworkPolicies that select this pod for egress", "NetworkPolicy %s selects this pod")
	PolicySelects  = text("cluster.policy.selects", "what the first of them selects, as matchExpressions", "it selects %s")
	PodLabels      = text("cluster.pod.labels", "the labels of the pod, without those of its revision and its place in its workload", "the pod has the labels %s")

	APIBackendsAre = texts("cluster.api.endpoints.value", "the API servers' own addresses, by the EndpointSlices", "an API server is at %s")
	APIBackends    = tells("cluster.api.endpoints", "whether the Service kubernetes has an endpoint that is ready, by its EndpointSlices", "the Service kubernetes %s", 1, BackendsReady, NoBackends)
	APIServiceIPs  = texts("cluster.api.service-ip", "the IPs of the Service kubernetes", "the Service kubernetes has %s")
	DNSBackends    = tells("cluster.dns.endpoints", "whether a DNS server is ready behind the Service kube-dns, by its EndpointSlices", "the Service of DNS %s", 1, BackendsReady, NoBackends)

	ServiceProxyIs = text("cluster.kube-proxy.pod", "that pod, and its state", "%s")
	ServiceProxy   = tells("cluster.kube-proxy", "whether kube-proxy runs on the pod's node; not observed where no node has a pod of it", "on this node, kube-proxy %s", 1, AgentRuns, AgentDown, AgentAbsent).with(ServiceProxyIs.Row)
	PodNetworkIs   = text("cluster.pod-network.pod", "that pod, and its state", "%s")
	PodNetwork     = tells("cluster.pod-network", "whether the agent of the CNI plugin runs on the pod's node: a pod of a DaemonSet that mounts the node's CNI configuration; not observed where no node has one", "on this node, the agent of the pod network %s", 1, AgentRuns, AgentDown, AgentAbsent).with(PodNetworkIs.Row)
	PodNode        = tells("cluster.node", "what the conditions of the pod's node say", "the node %s", 1, NodeReady, NodeNoNetwork, NodeNotReady, NodeSilent)

	InNewPod         = tells("cluster.elsewhere.pod", "whether a new pod on the same node, like this one in all that a copy has, fails as well", "a new pod like this one, on the same node, %s", 0, GoneThere, FailsToo)
	WithoutLabelsAre = text("cluster.elsewhere.labels.value", "the labels without which a pod does not fail, and with any of which it does", "what decides is %s")
	WithoutLabels    = tells("cluster.elsewhere.labels", "the same of a pod without these labels", "a pod without the labels of this one %s", 0, GoneThere, FailsToo).with(WithoutLabelsAre.Row)
	WithOtherAccount = tells("cluster.elsewhere.account", "the same of a pod of the default ServiceAccount", "a pod of the ServiceAccount default %s", 0, GoneThere, FailsToo)
	OnOtherNode      = tells("cluster.elsewhere.node", "the same of a pod on another node", "a pod on another node %s", 0, GoneThere, FailsToo)
	OnHostNetwork    = tells("cluster.elsewhere.host-network", "the same of a pod on the host network of the node", "a pod on the host network of this node %s", 0, GoneThere, FailsToo)
	WithoutMesh      = tells("cluster.elsewhere.mesh", "the same of a pod without the sidecar of the mesh", "a pod without the sidecar of the mesh %s", 0, GoneThere, FailsToo)
	WithoutVariables = tells("cluster.elsewhere.environment", "the same of a pod without the variables that the container sets", "a pod without the variables of the container %s", 0, GoneThere, FailsToo)

	PodAccount   = tells("cluster.account", "whether the ServiceAccount that the pod's token was issued for is there, by its uid; not observed of a token of another account than the pod's", "the pod's ServiceAccount %s", 1, AccountThere, AccountOther, AccountMissing)
	AutomountOff = text("cluster.account.automount", "which object has automountServiceAccountToken: false, the pod or its ServiceAccount; not observed where none has", "automountServiceAccountToken is false on %s")
)

var clusterSubjects = fromCluster(
	PodStarted.Row, PodStartedSays.Row, PodDeleted.Row,
	PolicyAPI.Row, PolicyAPISays.Row, PolicyDNS.Row, PolicyDNSSays.Row, PolicyEnforcer.Row, PolicyNames.Row, PolicySelects.Row, PodLabels.Row,
	APIBackends.Row, APIBackendsAre.Row, APIServiceIPs.Row, DNSBackends.Row,
	ServiceProxy.Row, ServiceProxyIs.Row, PodNetwork.Row, PodNetworkIs.Row, PodNode.Row, PodAccount.Row, AutomountOff.Row,
	InNewPod.Row, WithoutLabels.Row, WithoutLabelsAre.Row, WithOtherAccount.Row, OnOtherNode.Row, OnHostNetwork.Row, WithoutMesh.Row, WithoutVariables.Row,
)

func fromCluster(rows ...*Row) []*Row {
	for _, r := range rows {
		r.Source = Cluster
	}
	return rows
}

// with says which texts say more of the word.
func (s Word[W]) with(detail *Row) Word[W] {
	s.Detail = detail
	return s
}
