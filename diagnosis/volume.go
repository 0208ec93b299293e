package diagnosis

// replaceToken takes away a volume that holds what the kubelet never writes.
var replaceToken = []Step{
	look("whose volume is it? The kubelet writes no such token", mounts,
		when("one of another name than kube-api-access-*: it can go", 2),
		whenThen("it has to stay", "who fills it must write the token alone: LC_ALL=C tr -cd 'A-Za-z0-9._-' <token >token.clean")),
	ownVolume,
}

// The files of the service account. What a file holds is certain; why it may
// not be read, and whether a date has passed, rests on more than the file.
var volumeCauses = []Cause{
	{
		Code: "volume.not-mounted", Confidence: Certain,
		Title: "no service-account volume is mounted in this container",
		Apart: "The kernel's mount table has no mount at the directory: automounting is off, or admission never added the volume. A " +
			"mount that is empty is volume.empty; one without only the token is volume.token-missing. Which of the two objects " +
			"switched it off, Pod or ServiceAccount, can only be read from the API.",
		Fix: steps(
			look("is automounting switched off?",
				`kubectl -n NAMESPACE get pod POD -o jsonpath='pod: {.spec.automountServiceAccountToken}{"\n"}'
kubectl -n NAMESPACE get serviceaccount SERVICE_ACCOUNT -o jsonpath='ServiceAccount: {.automountServiceAccountToken}{"\n"}'`,
				when("false, on either, and not to keep the program from the API", 2),
				whenThen("neither, and the container is one of kubectl debug", "those never get it: look at another container"),
				when("neither, in an ordinary container", 3)),
			changeTemplate("mounts the token in all its containers; this wins over the ServiceAccount", "spec:\n  automountServiceAccountToken: true"),
			ask(admin, "switch the admission plugin ServiceAccount of kube-apiserver on"),
		),
	},
	{
		Code: "volume.empty", Confidence: Likely,
		Title: "the service-account volume is mounted and holds nothing",
		Apart: "The mount table has the mount and its directory lists nothing. Without a mount it would be volume.not-mounted, with " +
			"ca.crt alone volume.token-missing.",
		Fix: func(Seen) []Step {
			return append(append([]Step{byHand(2, 3), ownVolume}, restart(3, "a new pod gets a fresh mount")...),
				ask(nodeAdmin, "where new pods have it empty, too: a kubelet that runs in a container needs \"shared\" here").
					with("findmnt -o TARGET,PROPAGATION -T /var/lib/kubelet").at(onNode))
		},
	},
	{
		Code: "volume.denied", Confidence: Possible,
		Title: "SELinux or AppArmor keeps this container from files that everybody may read",
		Apart: "The mode lets this user read the file and the kernel refuses all the same, so a security module does; the process " +
			"label is in the evidence. When the mode or the group forbids it, the cause is volume.token-denied.",
		Fix: steps(
			look("what was refused, by SELinux or by AppArmor?", "ausearch -m AVC -ts recent\njournalctl --dmesg --since -1h --grep 'apparmor=\"DENIED\"'").at(onNode),
			ask(nodeAdmin, "correct the policy that the line names (often: update container-selinux); then start the pod anew"),
		),
	},
	{
		Code: "volume.token-missing", Confidence: Certain,
		Title: "the service-account volume holds no token",
		Apart: "Other files of the volume are there, so it is mounted and was filled. volume.not-mounted and volume.empty have none of" +
			" them.",
		Fix: steps(
			look("which volume is mounted there, and what is in it?", mounts+"\nkubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.volumes}{\"\\n\"}'",
				when("one that somebody made, without a serviceAccountToken", 2)),
			ownVolume,
		),
	},
	{
		Code: "volume.token-denied", Confidence: Likely,
		Title: "the token's mode or group keeps this user from reading it",
		Apart: "The file's mode, owner and groups, compared with this process, forbid the read. When they would allow it, the refusal " +
			"comes from SELinux or AppArmor (volume.denied).",
		Fix: steps(
			look("as whom does each container run? With one runAsUser for all of them, the token is that user's",
				ofPod+"'{.spec.securityContext}{\"\\n\"}{range .spec.containers[*]}{.name}: {.securityContext}{\"\\n\"}{end}{.spec.volumes[*].persistentVolumeClaim.claimName}{\"\\n\"}'",
				whenThen("one user for all, and the program changes to another after the start", "start it as that one (runAsUser)"),
				when("several users or none, no fsGroup, and no claim in the last line", 2),
				when("a claim, or an fsGroup", 3)),
			// an fsGroup changes the files of volumes for good
			onlyIf(`[ -z "$(`+ofPod+`'{.spec.securityContext.fsGroup}{.spec.volumes[*].persistentVolumeClaim.claimName}')" ]`, changeTemplate("lets group 65532 read the token, and its containers be of that group", "spec:\n  securityContext:\n    fsGroup: 65532")),
			ask("who writes the manifest", "give all containers one runAsUser; an fsGroup would change the group of all files on the claims, for good"),
		),
	},
	{
		Code: "volume.token-empty", Confidence: Certain,
		Title: "the token file is empty",
		Apart: "The file was read and holds nothing but white space. A token that could not be read is volume.token-denied; curl with " +
			"an empty token is seen by the server as anonymous, which looks like token.stripped from the server's side.",
		Fix: func(Seen) []Step {
			return append([]Step{byHand(2, 3), ownVolume}, restart(3, "a new pod gets a new token")...)
		},
	},
	{
		Code: "volume.token-dirty", Confidence: Certain,
		Title: "the token file holds characters that belong to no token, such as a newline",
		Apart: "The bytes themselves show it, before any connection. The API server refuses such a token like any other bad one " +
			"(token.rejected); clients that trim white space, client-go and curl among them, work, and others fail before they send" +
			" anything.",
		Fix: steps(replaceToken...),
	},
	{
		Code: "volume.token-malformed", Confidence: Likely,
		Title: "the token file holds something that is not a service account's token",
		Apart: "The text has not the three parts or the claims of a service account's token. A well-formed token that the server " +
			"refuses is one of the token codes.",
		Fix: steps(replaceToken...),
	},
	{
		Code: "volume.ca-missing", Confidence: Certain,
		Title: "there is no ca.crt, so that Go clients trust the image's own roots instead",
		Apart: "The directory is there and ca.crt is not. A ca.crt without a certificate in it is volume.ca-invalid; both end in " +
			"\"certificate signed by unknown authority\" in Go clients, which looks like tls.unknown-ca.",
		Fix: steps(
			look("does the namespace have the cluster's CA?", "kubectl -n NAMESPACE get configmap kube-root-ca.crt",
				when("yes: the pod's volume lacks it", 2),
				when("NotFound", 3)),
			ownVolume,
			ask(admin, "kube-controller-manager publishes it in every namespace: is it up, and is its controller root-ca-certificate-publisher on?").
				with("kubectl -n kube-system logs -l component=kube-controller-manager --tail=50"),
		),
	},
	{
		Code: "volume.ca-invalid", Confidence: Likely,
		Title: "ca.crt holds no certificate",
		Apart: "The file was read and no certificate came out of it. A certificate that is only too old is volume.ca-expired, one of " +
			"another authority tls.ca-rekeyed or tls.unknown-ca.",
		Fix: func(Seen) []Step {
			return append([]Step{
				look("does the namespace have a CA that can be read, and whose volume is mounted in the pod?", publishedCA+"\n"+mounts,
					when("yes, and a volume of another name than kube-api-access-*", 2),
					when("yes, and kube-api-access-*", 3),
					when("no", 5)),
				ownVolume,
			}, append(restart(3, "a new pod gets the file as it is now"),
				ask(admin, "correct the file that --root-ca-file of kube-controller-manager names; it then writes every kube-root-ca.crt anew"))...)
		},
	},
	{
		Code: "volume.ca-expired", Confidence: Possible,
		Title: "every CA certificate in ca.crt is out of its validity",
		Apart: "The dates in ca.crt are compared with this pod's clock, so a wrong clock looks the same (token.clock-skew): the " +
			"server's Date header decides. An expired certificate of the server alone is tls.expired.",
		Fix: steps(
			byHand(2, 3), ownVolume,
			look("is the clock of node NODE right?", asksClocks,
				whenThen("no", "set it; the CA may be good"),
				when("yes", 4)).at(onNode),
			ask(admin, "the cluster's CA has to be renewed").with("kubeadm certs check-expiration").at(onControlPlane),
		),
	},
	{
		Code: "volume.ca-bundle", Confidence: Certain, Warning: true,
		Title: "ca.crt holds several certificates, of which some clients read only the first",
		Apart: "Only the number of certificates in the file is known; Go, Python and curl read all of them. It matters to clients that" +
			" read the first one, and then looks like tls.unknown-ca there and nowhere else.",
		Fix: steps(
			look("is a CA being replaced? Then several are right",
				`kubectl -n NAMESPACE get configmap kube-root-ca.crt -o jsonpath='{.data.ca\.crt}'`,
				whenThen("yes, or all clients read all of them (Go, Python, curl)", "leave it"),
				when("a client reads only the first", 2)),
			ask(admin, "in the file that --root-ca-file of kube-controller-manager names, put the CA first that signed the API server's certificate"),
		),
	},
	{
		Code: "volume.namespace-missing", Confidence: Certain, Warning: true,
		Title: "the service-account volume holds no readable namespace file",
		Apart: "The token names the namespace too, so requests work; only clients that need the file fail. A volume that lacks more " +
			"than this file is volume.token-missing or volume.ca-missing.",
		Fix: steps(
			look("whose volume is it? Kubernetes' own has the file",
				mounts,
				when("one of another name than kube-api-access-*", 2)),
			ownVolume,
		),
	},
	{
		Code: "volume.namespace-mismatch", Confidence: Likely, Warning: true,
		Title: "the namespace file and the token name different namespaces",
		Apart: "File and token were made for different namespaces, so at least one was copied. When they agree and the pod's name " +
			"differs, it is token.foreign-pod.",
		Fix: steps(
			look("whose volume is it? A token or namespace was copied from elsewhere",
				mounts,
				when("one of another name than kube-api-access-*", 2)),
			ownVolume,
		),
	},
}
