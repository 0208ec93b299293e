package causes

import (
	"slices"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func dnsRewritten() *Page {
	return &Page{
		Code:   "dns.rewritten",
		Alone:  Possible,
		Best:   Possible, // but for a proof: the pod's own dnsConfig, or its node, may say the same
		Title:  "a program in this pod, such as a VPN client or a sidecar, has rewritten resolv.conf",
		Reach:  OnlyThisPod,
		Remedy: "configure that program to leave resolv.conf alone, then replace the pod",
		Forms: slices.Concat(
			// the runtime writes no comment, and writes once
			withoutCluster(Form{
				Prior: Common, Proof: Predictions{observe.DNSLater.Is(true)},
				Needs: Predictions{observe.DNSLater.Is(true), observe.DNSComment.Is(true)},
			}),
			withoutCluster(Form{
				Prior: Common, Proof: Predictions{observe.DNSLater.Is(true)},
				Needs: Predictions{observe.DNSLater.Is(true), observe.DNSFirst.Is(observe.NameserverLoopback, observe.NameserverVPN)},
			}),
			// within seconds, or copied from the node as it is
			withoutCluster(Form{
				Prior: Uncommon,
				Needs: Predictions{observe.DNSComment.Is(true)},
				Must:  Predictions{observe.DNSFirst.Is(observe.NameserverElsewhere, observe.NameserverLoopback, observe.NameserverVPN)},
			}),
			// what was added may be harmless
			withoutCluster(Form{
				Prior: Common,
				Needs: Predictions{observe.DNSLater.Is(true)},
			}),
			// within seconds; or the pod's own dnsConfig, or a node without a resolver, has it
			withoutCluster(Form{
				Prior: Uncommon,
				Needs: Predictions{observe.DNSFirst.Is(observe.NameserverLoopback, observe.NameserverVPN)},
				Must:  Predictions{observe.HostNetwork.Is(false)},
			}),
		),
		Consequences: ofOtherResolver,
		Confirm:      Confirm{Command: asksDNSPolicy, Text: "does its dnsConfig have that nameserver? If so, this is not the cause"},
		Sources: []string{
			"https://github.com/netbirdio/kubernetes-operator/issues/312",
			"https://github.com/passteque/gluetun/issues/188",
			"https://github.com/tailscale/tailscale/issues/6651",
		},
		Similar: "The kubelet has resolv.conf written once, without comments, and all containers of a pod share the file. With " +
			"dnsPolicy Default or the host network, it has the nameservers of the node, such as 127.0.0.53: dns.node-resolver. A " +
			"dnsConfig that names a sidecar is no rewriting; then the sidecar does not answer.",
		Fix: steps(append([]Step{
			look("which container rewrites resolv.conf? A comment in the file may name the program. And does the pod itself ask for that nameserver?",
				ofPod+`'{.spec.dnsPolicy} {.spec.dnsConfig}{"\n"}{range .spec.containers[*]}{.name}{" "}{.image}{"\n"}{end}{range .spec.initContainers[*]}{.name}{" "}{.image}{"\n"}{end}'`,
				when("a VPN client, a resolver or a network manager is among the images", 2),
				whenThen("dnsConfig has the nameserver", "the container that provides it does not answer, or does not forward the cluster's names: see its log"),
				whenThen("neither, and dnsPolicy is Default or None", "see dns.node-resolver")),
			ask("who maintains that container", "have it leave resolv.conf alone, or forward the cluster's names to the cluster DNS: "+
				"TS_ACCEPT_DNS=false (Tailscale), --disable-dns (NetBird), no line DNS= (wg-quick), "+
				"pull-filter ignore \"dhcp-option DNS\" and no script that calls resolvconf (OpenVPN), DNS_KEEP_NAMESERVER=on (gluetun)"),
		}, restart(3, "afterwards, a new pod has the cluster's resolv.conf (a new container of the old pod has not)")...)...),
	}
}

// withoutCluster are forms like form, of which each needs another symptom of a pod whose
// nameserver is not the cluster's.
func withoutCluster(form Form) []Form {
	return eachNeeds(form, append(Predictions{observe.DNSResolver.Is(observe.OfNode, observe.NoNameserver)}, unresolved...))
}

// unresolved are the answers of a nameserver that does not have the API server's name.
var unresolved = Predictions{
	observe.DNSUDP.Is(anyFailure...),
	observe.DNSRcode.Is(observe.NXDomain, observe.RcodeRefused, observe.ServFail, observe.OtherRcode),
}
