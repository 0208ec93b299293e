package diagnosis

const (
	asksClocks  = "timedatectl"
	serverSays  = "kubectl -n kube-system logs -l component=kube-apiserver --tail=200 | grep 'invalid bearer token'"
	signingKeys = "sha256sum /etc/kubernetes/pki/sa.pub"
)

// The bearer token. A server that refuses one never says why, so the claims are
// hints, and its log has the answer.
var tokenCauses = []Cause{
	{
		Code: "token.expired", Confidence: Likely,
		Title: "the token has expired, and nobody has put a new one into the file",
		Fix: steps(
			"# a new pod gets a new token (its controller makes one):",
			restartPod,
			"# if it happens again: the kubelet of node NODE cannot renew tokens",
			"journalctl -u kubelet --since -1h | grep -i token",
		),
	},
	{
		Code: "token.not-yet-valid", Confidence: Likely,
		Title: "the token begins later than the server's clock: it was made by a clock that was ahead",
		Fix: steps(
			"# on each control-plane node; mend the clock that is wrong:",
			asksClocks,
			"# then have a new token made:",
			restartPod,
		),
	},
	{
		Code: "token.clock-skew", Confidence: Likely, Warning: true,
		Title: "the clocks of this node and of the API server differ by more than a minute",
		Fix: steps(
			"# on node NODE and on each control-plane node; mend the one that is wrong:",
			asksClocks,
			"timedatectl set-ntp true",
		),
	},
	{
		Code: "token.wrong-audience", Confidence: Possible,
		Title: "the token was made for another system than the API server",
		Fix: steps(
			"# the volume's serviceAccountToken names an audience; for the API it must name none:",
			"kubectl -n NAMESPACE get pod POD -o yaml | grep -n -B3 -A3 audience",
			ownVolume,
		),
	},
	{
		Code: "token.foreign-pod", Confidence: Likely,
		Title: "the token belongs to another pod, and dies with it",
		Fix: steps(
			"# a token copied from elsewhere; see what is mounted there and use the pod's own:",
			showPod,
			ownVolume,
		),
	},
	{
		Code: "token.legacy", Confidence: Possible,
		Title: "the token comes from a Secret and never expires; Kubernetes invalidates such tokens when unused",
		Fix: steps(
			"kubectl -n NAMESPACE get secret SECRET -L kubernetes.io/legacy-token-invalid-since",
			"# if it has that label, make it valid again for now:",
			"kubectl -n NAMESPACE label secret SECRET kubernetes.io/legacy-token-invalid-since-",
			ownVolume,
		),
	},
	{
		Code: "token.unknown-key", Confidence: Likely,
		Title: "the token is signed with a key that the API server does not have",
		Fix: steps(
			"# a new pod gets a token of the present key (its controller makes one):",
			restartPod,
			"# if it happens again, on each control-plane node; it must be the same everywhere:",
			signingKeys,
		),
	},
	{
		Code: "token.unknown-issuer", Confidence: Likely,
		Title: "the token names an issuer that is not the API server's",
		Fix: steps(
			"kubectl get --raw /.well-known/openid-configuration",
			"# the issuer was changed: give kube-apiserver the old --service-account-issuer as second, or",
			restartPod,
		),
	},
	{
		Code: "token.rejected", Confidence: Possible,
		Title: "the API server refuses a token that looks right: account made anew, key or issuer changed",
		Fix: steps(
			"# the server's log has the reason:",
			serverSays,
			"# account made anew, or key changed: a new pod gets a new token (its controller makes one)",
			restartPod,
		),
	},
	{
		Code: "token.intermittent", Confidence: Possible,
		Title: "some API servers accept the token and others refuse it: they have different keys",
		Fix: steps(
			"# on each control-plane node; it must be the same everywhere:",
			signingKeys,
			"# the log of the server that refuses has the reason:",
			serverSays,
		),
	},
	{
		Code: "token.stripped", Confidence: Likely,
		Title: "the token was sent and did not arrive: something on the way removes the Authorization header",
		Fix: steps(
			"# does the pod have the proxy of a mesh?",
			"kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.initContainers[*].name} {.spec.containers[*].name}{\"\\n\"}'",
			outsideMesh,
		),
	},
	{
		Code: "token.other-account", Confidence: Certain, Warning: true,
		Title: "the API server or the token names another account than was expected",
		Fix: steps(
			`# in the workload's pod template, the account that is meant:
spec:
  serviceAccountName: MEANT_ACCOUNT`,
		),
	},
}
