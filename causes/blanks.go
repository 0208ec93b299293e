package causes

import (
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/pattern"
)

// Blank is a word in capitals in the steps of a fix that stands for something
// which no run has seen. Where it occurs in a command it is a variable of the
// shell.
type Blank struct {
	Name string `json:"name"`
	// Type says what belongs there.
	Type BlankType `json:"type"`
	// Show is a command that prints it, or, where Choose is set, a list of
	// which one line is it.
	Show   string `json:"show"`
	Choose bool   `json:"choose,omitempty"`
}

// BlankType is what belongs into a blank.
type BlankType string

// The types, as Kubernetes' documentation calls them.
const (
	ObjectName BlankType = "object name"
	TypeName   BlankType = "type/name"
	LabelMap   BlankType = "labels"
	IPAddress  BlankType = "IP address"
	CIDR       BlankType = "CIDR"
	PortNumber BlankType = "port"
	PeerList   BlankType = "NetworkPolicy peers"
	NameList   BlankType = "object names"
	HostName   BlankType = "host"
	DNSZone    BlankType = "DNS zone"
	HostList   BlankType = "hosts, with commas between"
	// Expressions are matchExpressions of a label selector.
	Expressions BlankType = "label selector requirements"
	// Function is one of the shell that fails where pods may not be replaced.
	Function BlankType = "shell function"
)

const (
	ofService   = "kubectl -n default get service kubernetes -o jsonpath="
	ofEndpoints = "kubectl -n default get endpointslices -l kubernetes.io/service-name=kubernetes -o jsonpath="
	ofPod       = "kubectl -n NAMESPACE get pod POD -o jsonpath="
	// mounts lists the containers, and what is mounted where.
	mounts = ofPod + `'{range .spec.containers[*]}{.name}{range .volumeMounts[*]}{" "}{.mountPath}={.name}{end}{"\n"}{end}'`
	// asCIDR makes addresses into ranges that hold nothing else.
	asCIDR = ` | sed '/:/s|$|/128|; /:/!s|$|/32|'`
)

// blanks are all of them; each may use those before it.
var blanks = []Blank{
	{Name: "NAMESPACE", Type: ObjectName, Show: "kubectl get namespaces", Choose: true},
	{Name: "POD", Type: ObjectName, Show: "kubectl -n NAMESPACE get pods", Choose: true},
	{Name: "NODE", Type: ObjectName, Show: ofPod + "'{.spec.nodeName}'"},
	{Name: "SERVICE_ACCOUNT", Type: ObjectName, Show: ofPod + "'{.spec.serviceAccountName}'"},
	{Name: "CONTAINER", Type: ObjectName, Show: mounts + ` |
grep '/kubernetes.io/serviceaccount=' | grep -v '/serviceaccount=kube-api-access-' | sed 's/ .*//' | head -n 1`},
	{Name: "WORKLOAD", Type: TypeName, Show: `own='{range .metadata.ownerReferences[?(@.controller==true)]}{.kind}/{.name}{end}'
by=$(kubectl -n NAMESPACE get pod POD -o jsonpath="$own")
above=
case $by in (ReplicaSet/*|ReplicationController/*|Job/*) above=$(kubectl -n NAMESPACE get "$by" -o jsonpath="$own") ;; esac
echo "${above:-${by:-pod/POD}}"`},
	{Name: "MAY_REPLACE", Type: Function, Show: `kubectl -n NAMESPACE get serviceaccount SERVICE_ACCOUNT >/dev/null || return
claims=$(kubectl -n NAMESPACE get pvc 2>&1) || { echo "$claims"; return 1; }
if echo "$claims" | grep Terminating; then return 1; fi
case WORKLOAD in
(Deployment/*|StatefulSet/*|DaemonSet/*) ;;
(*) echo "not changed: for WORKLOAD, change its manifest and recreate it"; return 1 ;;
esac`},
	{Name: "LABELS", Type: LabelMap, Show: ofPod + `'{.metadata.labels}' |
sed -E 's/"(pod-template-hash|rollouts-pod-template-hash|controller-revision-hash|pod-template-generation|apps\.kubernetes\.io\/pod-index|statefulset\.kubernetes\.io\/pod-name|job-name|controller-uid|batch\.kubernetes\.io\/[a-z-]+)":"[^"]*",?//g; s/"app\.kubernetes\.io\/name":"k8sdoctor",?//; s/,\}/}/' |
grep :`}, // a pod of the doctor's own has its name besides the labels of the failing one
	{Name: "EGRESS_POLICIES", Type: NameList, Show: `for policy in $(kubectl -n NAMESPACE get networkpolicy -o name); do
  kubectl -n NAMESPACE get "$policy" -o jsonpath='{.spec.policyTypes}' | grep -q Egress || continue
  selector=$(kubectl -n NAMESPACE describe "$policy" | sed -n 's/^ *PodSelector: *//p' | head -n 1)
  case $selector in ('<none>'*) selector= ;; esac
  kubectl -n NAMESPACE get pods -l "$selector" --field-selector metadata.name=POD -o name | sed "s|.*|$policy|"
done`},
	{Name: "SELECTS", Type: Expressions, Show: `policy=$(echo "EGRESS_POLICIES" | head -n 1)
[ -z "$policy" ] || kubectl -n NAMESPACE get "$policy" -o jsonpath='{.spec.podSelector.matchLabels}{"\n"}{.spec.podSelector.matchExpressions}' |
sed -E "/^\{/s/\"([^\"]*)\":\"([^\"]*)\"/{key: '\1', operator: In, values: ['\2']}/g; s/^[[{]//; s/[]}]$/,/"`},
	{Name: "SERVICE_IP", Type: IPAddress, Show: ofService + "'{.spec.clusterIP}'"},
	{Name: "SERVICE_CIDR", Type: CIDR, Show: ofService + `'{.spec.clusterIP}{"\n"}'` + asCIDR},
	{Name: "API_HOST", Type: HostName, Show: ofService + "'{.spec.clusterIP}'"},
	{Name: "API_HOSTPORT", Type: HostName, Show: ofService + "'{.spec.clusterIP}:{.spec.ports[0].port}'"},
	{Name: "API_PORT", Type: PortNumber, Show: ofService + "'{.spec.ports[0].port}'"},
	{Name: "API_SERVER_PEERS", Type: PeerList, Show: ofEndpoints + `'{range .items[*].endpoints[*]}{.addresses[0]}{"\n"}{end}'` +
		asCIDR + ` | sed "s|.*|{ipBlock: {cidr: '&'}},|"`},
	{Name: "API_SERVER_PORT", Type: PortNumber, Show: ofEndpoints + "'{.items[0].ports[0].port}'"},
	{Name: "DNS_IP", Type: IPAddress, Show: "kubectl -n kube-system get service kube-dns -o jsonpath='{.spec.clusterIP}'"},
	{Name: "ZONE", Type: DNSZone, Show: `kubectl -n kube-system get configmap coredns -o jsonpath='{.data.Corefile}' | sed -n 's/^ *kubernetes  *\([^ ]*\).*/\1/p'`},
	{Name: "OLD_NO_PROXY", Type: HostList, Show: ofPod + `'{.spec.containers[*].env[?(@.name=="NO_PROXY")].value} {.spec.containers[*].env[?(@.name=="no_proxy")].value}' | sed 's/^ *//; s/ *$//; s/  */,/g'`},
	{Name: "DNS_CIDR", Type: CIDR, Show: `kubectl -n kube-system get service kube-dns -o jsonpath='{.spec.clusterIP}{"\n"}'` + asCIDR},
	{Name: "SECRET", Type: ObjectName, Show: "kubectl -n NAMESPACE get secrets --field-selector type=kubernetes.io/service-account-token", Choose: true},
	{Name: "APISERVICE", Type: ObjectName, Show: "kubectl get apiservices", Choose: true},
	{Name: "MEANT_ACCOUNT", Type: ObjectName, Show: "kubectl -n NAMESPACE get serviceaccounts", Choose: true},
	{Name: "FLOWSCHEMA_UID", Type: ObjectName, Show: "kubectl get flowschemas -o custom-columns=UID:.metadata.uid,NAME:.metadata.name", Choose: true},
}

var capitals = pattern.Lazy(`\b[A-Z][A-Z_]*[A-Z]\b`)

func blankNamed(name string) (Blank, bool) {
	i := slices.IndexFunc(blanks, func(b Blank) bool { return b.Name == name })
	if i < 0 {
		return Blank{}, false
	}
	return blanks[i], true
}

// Fill puts what was seen into a text.
func (in Input) Fill(text string) string { return in.fill(text, false) }

// fill puts what was seen into a text; in a command, what was not is left to a
// variable of the shell.
func (in Input) fill(text string, command bool) string {
	return capitals().ReplaceAllStringFunc(text, func(word string) string {
		if value := in.known(word); value != "" {
			return value
		}
		if b, blank := blankNamed(word); blank && command && b.Type != Function {
			return "$" + word
		}
		return word
	})
}

// open lists the blanks that commands leave, in an order in which each can be
// filled.
func (in Input) open(commands []string) []Blank {
	wanted := map[string]bool{}
	want := func(text string) {
		for _, word := range capitals().FindAllString(text, -1) {
			if _, blank := blankNamed(word); blank && in.known(word) == "" {
				wanted[word] = true
			}
		}
	}
	for _, command := range commands {
		want(command)
	}
	for _, b := range slices.Backward(blanks) {
		if wanted[b.Name] {
			want(b.Show)
		}
	}
	list := []Blank{}
	for _, b := range blanks {
		if wanted[b.Name] {
			b.Show = in.fill(b.Show, true)
			list = append(list, b)
		}
	}
	return list
}

// paste is a line that sets the variable of the shell, and runs as it is; one
// that somebody has to choose begins as its own name, which no object has.
func (b Blank) paste() string {
	if b.Choose {
		return b.Name + "=" + b.Name + " # choose one from: " + b.Show
	}
	if b.Type == Function {
		return b.Name + "() {\n" + b.Show + "\n}"
	}
	if strings.Contains(b.Show, "\n") {
		return b.Name + "=$(\n" + b.Show + "\n)"
	}
	return b.Name + "=$(" + b.Show + ")"
}
