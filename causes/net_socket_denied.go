package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netSocketDenied() *Page {
	return &Page{
		Code:   "net.socket-denied",
		Alone:  Certain,
		Title:  "the kernel denies this container network sockets (AppArmor, seccomp, SELinux or BPF)",
		Remedy: "allow sockets in the profile or policy that denies them",
		Forms: []Form{
			{Prior: Rare, Proof: Predictions{observe.APITCP.Is(observe.NoSocket)}},
			{Prior: Rare, Proof: Predictions{observe.APIDirect.Is(observe.NoSocket)}},
			{Prior: Rare, Proof: Predictions{observe.DNSUDP.Is(observe.NoSocket)}},
		},
		Consequences: all(dnsToo(observe.NoSocket), Predictions{
			observe.DNSCache.Is(observe.NoSocket), observe.NetProxy.Is(observe.TunnelNoProxy), observe.TLSHandshake.Is(observe.NoConnection), observe.APIName.Is(observe.NoReply),
		}, noResponse),
		Sources: []string{
			"socket(2): EACCES",
			"https://kubernetes.io/docs/tutorials/security/seccomp/",
			"https://kubernetes.io/docs/tutorials/security/apparmor/",
		},
		Confirm: Confirm{Where: "on node NODE", Command: "journalctl --dmesg --since -1h --grep 'apparmor=\"DENIED\"|type=1326'", Text: "what is denied?"},
		Similar: "socket(2) itself fails, before there is an address, so no NetworkPolicy, firewall or route is the cause: with those " +
			"connect(2) or send(2) fails (net.policy-rejects, net.pod-firewall). Every address is denied alike, loopback as well. " +
			"Without file descriptors it fails with EMFILE (net.ports-exhausted).",
		Fix: steps(
			look("which profile does the pod ask for?",
				ofPod+`'{.metadata.annotations}{"\n"}{.spec.securityContext}{"\n"}{range .spec.containers[*]}{.name} {.securityContext}{"\n"}{end}'`,
				when("appArmorProfile or an annotation container.apparmor.security.beta.kubernetes.io, with a profile of your own", 2),
				when("seccompProfile of the type Localhost", 3),
				when("seLinuxOptions, or none of these", 4)),
			ask("the owner of that AppArmor profile", "let it allow sockets: network inet stream, network inet dgram, and the same with inet6"),
			ask("the owner of that seccomp profile", "let it allow the system calls socket and connect for AF_INET and AF_INET6"),
			ask(nodeAdmin, "what denies POD the system call socket? An SELinux policy, a profile that is the default on the node, or a BPF program of a security agent (bpftool cgroup tree): journalctl --dmesg --since -1h, ausearch -m avc -ts recent"),
		),
	}
}
