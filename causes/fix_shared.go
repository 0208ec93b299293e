package causes

import (
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Steps that the fixes of several causes have in common. Those that take a
// number are written for that place in the fix.

const (
	listPolicies  = "kubectl -n NAMESPACE get networkpolicy"
	listEndpoints = "kubectl -n default get endpointslices -l kubernetes.io/service-name=kubernetes"
	showService   = "kubectl -n default get service kubernetes -o wide"
	listDNS       = "kubectl -n kube-system get pods,endpointslices -l k8s-app=kube-dns -o wide"
	logsDNS       = "kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50"
	askReady      = "kubectl get --raw='/readyz?verbose'"

	replaced = "; its pods are replaced by its update strategy (Recreate stops all of them first), and the contents of emptyDir volumes are lost"
	rollBack = "only if it said patched, updated or restarted: kubectl -n NAMESPACE rollout undo WORKLOAD"
	replace  = "MAY_REPLACE &&\n"

	admin     = "the cluster administrator"
	nodeAdmin = "the administrator of node NODE"
	network   = "the network administrator"
)

// YAML stands between double quotes, and without any in it: it may be copied
// from a report with the indent that it has there, which no here-document bears.

// patchTemplate changes the pod template of the workload by a strategic merge
// patch, given as YAML below "template".
func patchTemplate(yaml string) string {
	return "kubectl -n NAMESPACE patch WORKLOAD -p \"\nspec:\n  template:\n    " + strings.ReplaceAll(yaml, "\n", "\n    ") + "\""
}

// changeTemplate is a change of the workload's pod template.
func changeTemplate(text, yaml string) Step {
	return change("WORKLOAD "+text+replaced, rollBack, replace+patchTemplate(yaml))
}

// onlyIf keeps a change from where a test of the shell fails.
func onlyIf(test string, s Step) Step {
	s.Command = test + " && " + s.Command
	return s
}

// setEnv is a change of variables in the workload's pod template; "KEY-" takes
// one away.
func setEnv(text, variables string) Step {
	return change("WORKLOAD "+text+replaced, rollBack, replace+"kubectl -n NAMESPACE set env WORKLOAD "+variables)
}

// restart replaces the pods of the workload once it is seen that new ones can
// start and that nothing is lost with the old ones.
func restart(number int, why string) []Step {
	return []Step{
		look("can a new pod start, and does the old one hold a volume that is being deleted?",
			"kubectl -n NAMESPACE get serviceaccount SERVICE_ACCOUNT\nkubectl -n NAMESPACE get pvc",
			when("the ServiceAccount is listed, and no PVC is Terminating", number+1),
			whenThen("the ServiceAccount is NotFound", "no new pod starts: recreate it from its manifest; existing bindings then apply again"),
			whenThen("a PVC is Terminating", "its data is deleted with the last pod that uses it: copy the data first")),
		change(why+": WORKLOAD gets new pods"+strings.TrimPrefix(replaced, "; its pods are replaced"), "",
			replace+"kubectl -n NAMESPACE rollout restart WORKLOAD"),
	}
}

// ownVolume gives the container the volume that Kubernetes adds by itself, in
// place of what somebody has mounted there.
var ownVolume = change("WORKLOAD mounts the standard service account volume in the container CONTAINER"+replaced, rollBack,
	`if [ -z "CONTAINER" ]; then echo "not changed: no container of POD has another volume there"; else `+replace+patchTemplate(`spec:
  volumes:
  - name: api-access
    projected:
      sources:
      - serviceAccountToken: {path: token, expirationSeconds: 3607}
      - configMap:
          name: kube-root-ca.crt
          items: [{key: ca.crt, path: ca.crt}]
      - downwardAPI:
          items:
          - path: namespace
            fieldRef: {fieldPath: metadata.namespace}
  containers:
  - name: CONTAINER
    volumeMounts:
    - name: api-access
      mountPath: /var/run/secrets/kubernetes.io/serviceaccount
      readOnly: true`)+"; fi")

// byHand looks whether the volume is the one that Kubernetes adds.
func byHand(yes, no int) Step {
	return look("what is mounted at, or below, /var/run/secrets/kubernetes.io/serviceaccount, in which container?", mounts,
		when("a volume that is not named kube-api-access-*", yes),
		when("kube-api-access-*, which the kubelet manages", no),
		whenThen("nothing", "see volume.not-mounted"))
}

// isolated looks which policies keep the pod from sending.
func isolated(yes, no int) Step {
	return look("which egress policies select POD? (what none of them allows is dropped)",
		"echo \"EGRESS_POLICIES\"\n"+listPolicies+" -o custom-columns=NAME:.metadata.name,PODS:.spec.podSelector,TYPES:.spec.policyTypes",
		when("a policy is named at the top", yes),
		when("none is, and policies are listed: no NetworkPolicy isolates this pod, and a new one would block all its other traffic", no),
		whenThen("Forbidden", "ask somebody who may list them"),
		when("POD uses the host network: policies do not apply to it", no))
}

const (
	toAPI = `
  - to: [{ipBlock: {cidr: 'SERVICE_CIDR'}}]
    ports: [{protocol: TCP, port: API_PORT}]
  - to: [API_SERVER_PEERS]
    ports: [{protocol: TCP, port: API_SERVER_PORT}]`
	toDNS = `
  - ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
    to:
    - ipBlock: {cidr: 'DNS_CIDR'}
    - namespaceSelector:
        matchLabels: {kubernetes.io/metadata.name: kube-system}
      podSelector:
        matchLabels: {k8s-app: kube-dns}
  - ports: [{protocol: UDP, port: 5353}, {protocol: TCP, port: 5353}]
    to:
    - namespaceSelector:
        matchLabels: {kubernetes.io/metadata.name: openshift-dns}`
)

// allow adds a policy for pods with the labels of the failing one, as far as the
// policy that isolates that one selects them: no pod is isolated by it that was not.
// It names both sides of the Service, as policy engines match before or after the
// translation of the Service IP. Nothing is created where no egress policy selects
// the pod, or where an address is missing: an empty list of peers allows all.
func allow(in Input, name, what, rules string, needs ...string) Step {
	name += "-for-POD"
	create := `echo "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ` + name + `}
spec:
  podSelector: {matchLabels: LABELS, matchExpressions: [SELECTS]}
  policyTypes: [Egress]
  egress:` + rules + `" | kubectl -n NAMESPACE create -f -`
	var conditions []string
	for _, blank := range append([]string{"EGRESS_POLICIES", "LABELS"}, needs...) {
		if in.known(blank) == "" {
			conditions = append(conditions, `[ -n "`+blank+`" ]`)
		}
	}
	if len(conditions) > 0 {
		create = "if " + strings.Join(conditions, " && ") + "; then\n" + create + `
else echo "not created: no egress policy selects POD, or its labels or an address are not readable"; fi`
	}
	return change("pods with the labels of POD, and no others, may reach "+what+" in addition to what they may reach now (Cilium ignores ipBlock for nodes of the cluster: if it is still blocked, see the last step)",
		"only if it said created: kubectl -n NAMESPACE delete networkpolicy "+name,
		create)
}

// allowAPI allows connections to the API server, and to DNS where that does not
// answer either.
func allowAPI(in Input) Step {
	if observe.DNSUDP.In(in.Seen) == observe.Answers || observe.DNSCache.In(in.Seen) == observe.Answers {
		return allow(in, "allow-api-server", "the API server", toAPI, "SERVICE_CIDR", "API_SERVER_PEERS", "API_SERVER_PORT")
	}
	return allow(in, "allow-api-server", "the API server and DNS", toAPI+toDNS, "SERVICE_CIDR", "API_SERVER_PEERS", "API_SERVER_PORT", "DNS_CIDR")
}

func allowDNS(in Input) Step { return allow(in, "allow-dns", "DNS", toDNS, "DNS_CIDR") }

// onThePath asks for what no NetworkPolicy of the namespace explains.
func onThePath(in Input) Step {
	return ask(network, "allow POD on node NODE to reach SERVICE_IP, port API_PORT, and the API servers behind it: "+
		"policies of the CNI plugin (Calico, Cilium), cluster-wide policies, firewalls and security groups"+pinnedOn(in))
}

// pinnedOn says what other pods have shown the block to go by.
func pinnedOn(in Input) string {
	gone := func(subject observe.Word[observe.Elsewhere]) bool { return subject.In(in.Seen) == observe.GoneThere }
	switch {
	case gone(observe.WithoutLabels):
		are, one := choose(labelList().MatchString, "that the report names", observe.WithoutLabelsAre.In(in.Seen)), "the label "
		if strings.Contains(are, ",") {
			one = "one of the labels "
		}
		return "; what blocks it goes by " + one + are
	case gone(observe.WithOtherAccount):
		return "; what blocks it goes by its ServiceAccount"
	case gone(observe.OnOtherNode):
		return "; what blocks it is on this node, or on its way"
	}
	return ""
}

// kubeProxy checks what makes Service IPs work on the node, and restarts it.
func kubeProxy(number int) []Step {
	return []Step{
		look("does kube-proxy run on node NODE?",
			"kubectl -n kube-system get daemonset kube-proxy -o wide\nkubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide --field-selector spec.nodeName=NODE",
			whenThen("no DaemonSet", "something else replaces it on node NODE: a pod (Cilium, OVN, a static kube-proxy) or a service (k3s: journalctl -u k3s)"),
			when("the DaemonSet is there, and no pod on node NODE", number+1),
			when("a pod is there", number+2)),
		look("which nodes does the DaemonSet select, and does node NODE have a taint that it does not tolerate?",
			"kubectl -n kube-system get daemonset kube-proxy -o jsonpath='{.spec.template.spec.nodeSelector} {.spec.template.spec.tolerations}{\"\\n\"}'\n"+
				"kubectl get node NODE -o jsonpath='{.metadata.labels} {.spec.taints}{\"\\n\"}'",
			whenThen("a label is missing, or a taint is not tolerated", "ask "+admin+" to correct it")),
		look("does the log of kube-proxy have errors?",
			"kubectl -n kube-system logs --tail=50 \"$(kubectl -n kube-system get pods -l k8s-app=kube-proxy --field-selector spec.nodeName=NODE -o name)\"",
			whenThen("it cannot reach the API server", "fix that first, from node NODE"),
			when("it has other errors, or none", number+3)),
		ask(admin, "restart kube-proxy on node NODE: it writes its rules again; existing rules and connections stay in the meantime").
			with("kubectl -n kube-system delete pod -l k8s-app=kube-proxy --field-selector spec.nodeName=NODE"),
	}
}
