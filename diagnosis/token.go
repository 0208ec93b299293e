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
		Fix: func(Seen) []Step {
			return append([]Step{byHand(2, 3), ownVolume}, append(restart(3, "a new pod gets a new token"),
				ask(nodeAdmin, "where it happens again: the kubelet cannot renew tokens").with("journalctl -u kubelet --since -1h | grep -i token").at(onNode))...)
		},
	},
	{
		Code: "token.not-yet-valid", Confidence: Likely,
		Title: "the token begins later than the server's clock: it was made by a clock that was ahead",
		Apart: "The token begins later than the server's Date header says. When only this pod's clock is behind, the server accepts it" +
			" and it is token.clock-skew.",
		Fix: func(Seen) []Step {
			return append([]Step{
				byHand(2, 3), ownVolume,
				ask(admin, "set the clock of the control-plane node that is wrong").with(asksClocks).at(onEachServer),
			}, restart(4, "then, a new pod gets a new token")...)
		},
	},
	{
		Code: "token.clock-skew", Confidence: Likely, Warning: true,
		Title: "the clocks of this node and of the API server differ by more than a minute",
		Apart: "Both clocks were read in one answer. An expired or too early token by the server's clock is token.expired or " +
			"token.not-yet-valid; a certificate that fails by this pod's clock alone is counted here.",
		Fix: steps(
			look("which clock is wrong?", asksClocks, when("one is not synchronized", 2)).at("on node NODE and on each control-plane node"),
			ask(nodeAdmin, "set it").with("timedatectl set-ntp true"),
		),
	},
	{
		Code: "token.wrong-audience", Confidence: Possible,
		Title: "the token was made for another system than the API server",
		Apart: "The audience in the token is neither the issuer nor a name of the API's Service. A well-known foreign one (Vault, STS," +
			" a mesh) makes it likely; with another one the server's list decides. When the server accepts the token, there is no " +
			"fault.",
		Fix: steps(
			look("which audience does the volume ask for? For the API it must ask for none",
				ofPod+"'{.spec.volumes[*].projected.sources[*].serviceAccountToken}{\"\\n\"}'\n"+mounts,
				when("one, at the path that the API's clients read", 2),
				whenThen("the token is at a path of its own", "it is for another system: have the program read the other token")),
			ownVolume,
		),
	},
	{
		Code: "token.foreign-pod", Confidence: Likely,
		Title: "the token belongs to another pod, and dies with it",
		Apart: "The pod named in the token is not this one by the downward API. A host name proves nothing; without POD_NAME or " +
			"POD_UID this cannot be told from token.rejected.",
		Fix: steps(
			look("whose volume is it? The token was copied from another pod",
				mounts,
				when("one of another name than kube-api-access-*", 2)),
			ownVolume,
		),
	},
	{
		Code: "token.legacy", Confidence: Possible,
		Title: "the token comes from a Secret and never expires; Kubernetes invalidates such tokens when unused",
		Apart: "The token comes from a Secret and has no expiry. Refused, it was invalidated for disuse or its Secret is gone; the " +
			"label on the Secret decides. A bound token is one of the other codes.",
		Fix: steps(
			look("was it made invalid, as nobody used it?", "kubectl -n NAMESPACE get secret SECRET -L kubernetes.io/legacy-token-invalid-since",
				when("it has that label", 2), when("NotFound: the Secret is gone", 3), when("no label", 3)),
			change("the token of Secret SECRET is valid again, for everybody who has it, until it is unused for a year once more",
				"kubectl -n NAMESPACE label secret SECRET kubernetes.io/legacy-token-invalid-since=$(date +%F)",
				"kubectl -n NAMESPACE label secret SECRET kubernetes.io/legacy-token-invalid-since-"),
			ownVolume,
		),
	},
	{
		Code: "token.unknown-key", Confidence: Likely,
		Title: "the token is signed with a key that the API server does not have",
		Apart: "The token's key id is not in the server's published keys, or the signature fails with it. Where the keys may not be " +
			"read this stays token.rejected; when some servers accept it, it is token.intermittent.",
		Fix: func(Seen) []Step {
			return append(append([]Step{byHand(2, 3), ownVolume}, restart(3, "a new pod gets a token of the present key")...),
				ask(admin, "where new pods are refused, too: the key has to be the same on every server").with(signingKeys).at(onEachServer))
		},
	},
	{
		Code: "token.unknown-issuer", Confidence: Likely,
		Title: "the token names an issuer that is not the API server's",
		Apart: "The issuer in the token is not the one that the server publishes. Where that document may not be read it stays " +
			"token.rejected. An old issuer that the server still lists second is accepted, and no fault.",
		Fix: func(Seen) []Step {
			return append([]Step{
				look("which issuer does the server have?", "kubectl get --raw /.well-known/openid-configuration", when("another than the token: it was changed, or the token is another cluster's", 2)),
				byHand(3, 4), ownVolume,
			}, append(restart(4, "a new pod gets a token of the present issuer"),
				ask(admin, "or give kube-apiserver the old --service-account-issuer as a second one, until all tokens are new"))...)
		},
	},
	{
		Code: "token.rejected", Confidence: Possible,
		Title: "the API server refuses a token that looks right: account deleted or made anew, key or issuer changed",
		Apart: "The claims look right and the server says 401, and every bad token gets the same bare answer. An account deleted or made anew, " +
			"another key (token.unknown-key), another issuer (token.unknown-issuer), a deleted pod (token.foreign-pod) and an " +
			"authentication webhook that is down look alike from here: the server's log names it.",
		Fix: func(Seen) []Step {
			return []Step{
				look("is the ServiceAccount still there, and older than the pod?",
					"kubectl -n NAMESPACE get serviceaccount/SERVICE_ACCOUNT pod/POD -o custom-columns=KIND:.kind,NAME:.metadata.name,SINCE:.metadata.creationTimestamp",
					when("NotFound: it was deleted, and every token of it died", 2),
					when("younger than the pod: it was made anew, and the token is of the old one", 3),
					when("older", 5)),
				change("the ServiceAccount is there again, and bindings that name it hold; pull secrets and annotations that it had are not (take it from its manifest where it had any)",
					"only if it said created: kubectl -n NAMESPACE delete serviceaccount SERVICE_ACCOUNT",
					"kubectl -n NAMESPACE create serviceaccount SERVICE_ACCOUNT"),
				restart(3, "")[0], restart(3, "a new pod gets a new token")[1],
				byHand(6, 7), ownVolume,
				ask(admin, "the API server's log has the reason").with(serverSays),
			}
		},
	},
	{
		Code: "token.intermittent", Confidence: Possible,
		Title: "some API servers accept the token and others refuse it: they have different keys",
		Apart: "Of several fresh connections some get 401 and others are accepted, with the same token. A steady 401 is token.rejected" +
			" or one of the named causes.",
		Fix: steps(
			look("is the key the same on every server?", signingKeys, when("one differs", 2)).at(onEachServer),
			ask(admin, "give that server the key of the others; its log has the reason of each refusal").with(serverSays),
		),
	},
	{
		Code: "token.stripped", Confidence: Likely,
		Title: "the token was sent and did not arrive: something on the way removes the Authorization header",
		Apart: "The server saw system:anonymous although a clean token was sent. To the server an empty token (volume.token-empty) or " +
			"two blanks in the header look the same; k8sdoctor sends neither. A server that refuses anonymous requests answers 401 " +
			"instead, like token.rejected.",
		Fix: steps(aroundMesh...),
	},
	{
		Code: "token.other-account", Confidence: Certain, Warning: true,
		Title: "the API server or the token names another account than was expected",
		Apart: "The account is known and accepted, and it is not the one that was expected. A refused request of the right account is " +
			"api.forbidden.",
		Fix: steps(
			look("as which account does the pod run?", ofPod+"'{.spec.serviceAccountName}{\"\\n\"}'\nkubectl -n NAMESPACE get serviceaccounts",
				whenThen("the one that is meant", "the program sends another token: look where it reads it"),
				when("another", 2)),
			change("WORKLOAD runs as the account MEANT_ACCOUNT, without the rights, pull secrets and cloud role of the one that it has"+replaced, rollBack, replace+"kubectl -n NAMESPACE set serviceaccount WORKLOAD MEANT_ACCOUNT"),
		),
	},
}
