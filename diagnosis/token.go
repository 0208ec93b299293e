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
		Apart: "The server's Date header is later than the expiry in the token. When only this pod's clock is, the server accepts the " +
			"token and it is token.clock-skew. A program can hold an expired token in memory while the file has a new one.",
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
		Apart: "The token begins later than the server's Date header says. When only this pod's clock is behind, the server accepts it" +
			" and it is token.clock-skew.",
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
		Apart: "Both clocks were read in one answer. An expired or too early token by the server's clock is token.expired or " +
			"token.not-yet-valid; a certificate that fails by this pod's clock alone is counted here.",
		Fix: steps(
			"# on node NODE and on each control-plane node; mend the one that is wrong:",
			asksClocks,
			"timedatectl set-ntp true",
		),
	},
	{
		Code: "token.wrong-audience", Confidence: Possible,
		Title: "the token was made for another system than the API server",
		Apart: "The audience in the token is neither the issuer nor a name of the API's Service. A well-known foreign one (Vault, STS," +
			" a mesh) makes it likely; with another one the server's list decides. When the server accepts the token, there is no " +
			"fault.",
		Fix: steps(
			"# the volume's serviceAccountToken names an audience; for the API it must name none:",
			"kubectl -n NAMESPACE get pod POD -o yaml | grep -n -B3 -A3 audience",
			ownVolume,
		),
	},
	{
		Code: "token.foreign-pod", Confidence: Likely,
		Title: "the token belongs to another pod, and dies with it",
		Apart: "The pod named in the token is not this one by the downward API. A host name proves nothing; without POD_NAME or " +
			"POD_UID this cannot be told from token.rejected.",
		Fix: steps(
			"# a token copied from elsewhere; see what is mounted there and use the pod's own:",
			showPod,
			ownVolume,
		),
	},
	{
		Code: "token.legacy", Confidence: Possible,
		Title: "the token comes from a Secret and never expires; Kubernetes invalidates such tokens when unused",
		Apart: "The token comes from a Secret and has no expiry. Refused, it was invalidated for disuse or its Secret is gone; the " +
			"label on the Secret decides. A bound token is one of the other codes.",
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
		Apart: "The token's key id is not in the server's published keys, or the signature fails with it. Where the keys may not be " +
			"read this stays token.rejected; when some servers accept it, it is token.intermittent.",
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
		Apart: "The issuer in the token is not the one that the server publishes. Where that document may not be read it stays " +
			"token.rejected. An old issuer that the server still lists second is accepted, and no fault.",
		Fix: steps(
			"kubectl get --raw /.well-known/openid-configuration",
			"# the issuer was changed: give kube-apiserver the old --service-account-issuer as second, or",
			restartPod,
		),
	},
	{
		Code: "token.rejected", Confidence: Possible,
		Title: "the API server refuses a token that looks right: account made anew, key or issuer changed",
		Apart: "The claims look right and the server says 401, and every bad token gets the same bare answer. An account made anew, " +
			"another key (token.unknown-key), another issuer (token.unknown-issuer), a deleted pod (token.foreign-pod) and an " +
			"authentication webhook that is down look alike from here: the server's log names it.",
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
		Apart: "Of several fresh connections some get 401 and others are accepted, with the same token. A steady 401 is token.rejected" +
			" or one of the named causes.",
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
		Apart: "The server saw system:anonymous although a clean token was sent. To the server an empty token (volume.token-empty) or " +
			"two blanks in the header look the same; k8sdoctor sends neither. A server that refuses anonymous requests answers 401 " +
			"instead, like token.rejected.",
		Fix: steps(
			"# does the pod have the proxy of a mesh?",
			"kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.initContainers[*].name} {.spec.containers[*].name}{\"\\n\"}'",
			outsideMesh,
		),
	},
	{
		Code: "token.other-account", Confidence: Certain, Warning: true,
		Title: "the API server or the token names another account than was expected",
		Apart: "The account is known and accepted, and it is not the one that was expected. A refused request of the right account is " +
			"api.forbidden.",
		Fix: steps(
			`# in the workload's pod template, the account that is meant:
spec:
  serviceAccountName: MEANT_ACCOUNT`,
		),
	},
}
