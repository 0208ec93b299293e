package diagnosis

// ownVolume is the volume that Kubernetes adds to a pod by itself.
const ownVolume = `# in the pod's spec, the volume as Kubernetes itself would add it:
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
    readOnly: true`

const (
	showPod    = "kubectl -n NAMESPACE get pod POD -o yaml"
	restartPod = "kubectl -n NAMESPACE delete pod POD"
)

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
			"# is automountServiceAccountToken false, on the pod or on its ServiceAccount?",
			"kubectl -n NAMESPACE get pod/POD serviceaccount/SERVICE_ACCOUNT -o yaml | grep -n automount",
			`# in the workload's pod template; it wins over the ServiceAccount:
spec:
  automountServiceAccountToken: true`,
			"# (a kubectl debug container never gets it: look at /proc/1/root/var/run/secrets)",
		),
	},
	{
		Code: "volume.empty", Confidence: Likely,
		Title: "the service-account volume is mounted and holds nothing",
		Apart: "The mount table has the mount and its directory lists nothing. Without a mount it would be volume.not-mounted, with " +
			"ca.crt alone volume.token-missing.",
		Fix: steps(
			"# a new pod gets a fresh mount (its controller makes one):",
			restartPod,
			"# if it stays empty, on node NODE: a kubelet in a container needs \"shared\" here",
			"findmnt -o TARGET,PROPAGATION -T /var/lib/kubelet",
		),
	},
	{
		Code: "volume.denied", Confidence: Possible,
		Title: "SELinux or AppArmor keeps this container from files that everybody may read",
		Apart: "The mode lets this user read the file and the kernel refuses all the same, so a security module does; the process " +
			"label is in the evidence. When the mode or the group forbids it, the cause is volume.token-denied.",
		Fix: steps(
			"# on node NODE, what was refused, by SELinux or by AppArmor:",
			"ausearch -m AVC -ts recent",
			`journalctl --dmesg --since -1h --grep 'apparmor="DENIED"'`,
			"# then mend the policy (often: update container-selinux) and restart the pod",
		),
	},
	{
		Code: "volume.token-missing", Confidence: Certain,
		Title: "the service-account volume holds no token",
		Apart: "Other files of the volume are there, so it is mounted and was filled. volume.not-mounted and volume.empty have none of" +
			" them.",
		Fix: steps(
			"# see which volume is mounted there; it lacks a serviceAccountToken source:",
			showPod,
			ownVolume,
		),
	},
	{
		Code: "volume.token-denied", Confidence: Likely,
		Title: "the token's mode or group keeps this user from reading it",
		Apart: "The file's mode, owner and groups, compared with this process, forbid the read. When they would allow it, the refusal " +
			"comes from SELinux or AppArmor (volume.denied).",
		Fix: steps(
			"# compare inside the container:",
			"id; ls -lL /var/run/secrets/kubernetes.io/serviceaccount/token",
			`# in the pod's spec: a group that may read it, whatever its number
securityContext:
  fsGroup: 65532`,
			"# (a process that changes its user or groups after the start must keep that group)",
		),
	},
	{
		Code: "volume.token-empty", Confidence: Certain,
		Title: "the token file is empty",
		Apart: "The file was read and holds nothing but white space. A token that could not be read is volume.token-denied; curl with " +
			"an empty token is seen by the server as anonymous, which looks like token.stripped from the server's side.",
		Fix: steps(
			"# a new pod gets a new token (its controller makes one):",
			restartPod,
			"# if it stays empty, it is a volume made by hand; see what is mounted there:",
			showPod,
		),
	},
	{
		Code: "volume.token-dirty", Confidence: Certain,
		Title: "the token file holds characters that belong to no token, such as a newline",
		Apart: "The bytes themselves show it, before any connection. The API server refuses such a token like any other bad one " +
			"(token.rejected); clients that trim white space, client-go and curl among them, work, and others fail before they send" +
			" anything.",
		Fix: steps(
			"# the kubelet writes none of them: the file was made by hand; clean its source:",
			"LC_ALL=C tr -cd 'A-Za-z0-9._-' < token > token.clean",
			ownVolume,
		),
	},
	{
		Code: "volume.token-malformed", Confidence: Likely,
		Title: "the token file holds something that is not a service account's token",
		Apart: "The text has not the three parts or the claims of a service account's token. A well-formed token that the server " +
			"refuses is one of the token codes.",
		Fix: steps(
			"# see what is mounted at /var/run/secrets/kubernetes.io/serviceaccount:",
			showPod,
			ownVolume,
		),
	},
	{
		Code: "volume.ca-missing", Confidence: Certain,
		Title: "there is no ca.crt, so that Go clients trust the image's own roots instead",
		Apart: "The directory is there and ca.crt is not. A ca.crt without a certificate in it is volume.ca-invalid; both end in " +
			"\"certificate signed by unknown authority\" in Go clients, which looks like tls.unknown-ca.",
		Fix: steps(
			"# kube-controller-manager publishes it in every namespace:",
			"kubectl -n NAMESPACE get configmap kube-root-ca.crt",
			"# if it is there, the pod's volume lacks it:",
			ownVolume,
		),
	},
	{
		Code: "volume.ca-invalid", Confidence: Likely,
		Title: "ca.crt holds no certificate",
		Apart: "The file was read and no certificate came out of it. A certificate that is only too old is volume.ca-expired, one of " +
			"another authority tls.ca-rekeyed or tls.unknown-ca.",
		Fix: steps(
			`kubectl -n NAMESPACE get configmap kube-root-ca.crt -o jsonpath='{.data.ca\.crt}' | openssl x509 -noout -subject -dates`,
			"# if it is wrong there too, have it written anew from --root-ca-file:",
			"kubectl -n NAMESPACE delete configmap kube-root-ca.crt",
		),
	},
	{
		Code: "volume.ca-expired", Confidence: Possible,
		Title: "every CA certificate in ca.crt is out of its validity",
		Apart: "The dates in ca.crt are compared with this pod's clock, so a wrong clock looks the same (token.clock-skew): the " +
			"server's Date header decides. An expired certificate of the server alone is tls.expired.",
		Fix: steps(
			"# first make sure that the clock of node NODE is right:",
			"timedatectl",
			"# on a control-plane node (kubeadm):",
			"kubeadm certs check-expiration",
		),
	},
	{
		Code: "volume.ca-bundle", Confidence: Certain, Warning: true,
		Title: "ca.crt holds several certificates, of which some clients read only the first",
		Apart: "Only the number of certificates in the file is known; Go, Python and curl read all of them. It matters to clients that" +
			" read the first one, and then looks like tls.unknown-ca there and nowhere else.",
		Fix: steps(
			"# while a CA is being replaced this is right. The order is that of --root-ca-file of",
			"# kube-controller-manager: put the CA first that signed the API server's certificate",
			"kubectl -n NAMESPACE get configmap kube-root-ca.crt -o yaml",
		),
	},
	{
		Code: "volume.namespace-missing", Confidence: Certain, Warning: true,
		Title: "the service-account volume holds no readable namespace file",
		Apart: "The token names the namespace too, so requests work; only clients that need the file fail. A volume that lacks more " +
			"than this file is volume.token-missing or volume.ca-missing.",
		Fix: steps(
			`# for a program that reads a variable, in the container's spec:
env:
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}`,
			ownVolume,
		),
	},
	{
		Code: "volume.namespace-mismatch", Confidence: Likely, Warning: true,
		Title: "the namespace file and the token name different namespaces",
		Apart: "File and token were made for different namespaces, so at least one was copied. When they agree and the pod's name " +
			"differs, it is token.foreign-pod.",
		Fix: steps(
			"# a token copied from elsewhere; see what is mounted there and use the pod's own:",
			showPod,
			ownVolume,
		),
	},
}
