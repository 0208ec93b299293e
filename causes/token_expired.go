package causes

var tokenExpired = Page{
	Code:  "token.expired",
	Alone: Likely,
	Title: "the token has expired, and nobody has put a new one into the file",
	Apart: "The server's Date header is later than the expiry in the token. When only this pod's clock is, the server accepts the " +
		"token and it is token.clock-skew. A program can hold an expired token in memory while the file has a new one.",
	Fix: func(Input) []Step {
		return append([]Step{byHand(2, 3), ownVolume}, append(restart(3, "a new pod gets a new token"),
			ask(nodeAdmin, "where it happens again: the kubelet cannot renew tokens").with("journalctl -u kubelet --since -1h | grep -i token").at(onNode))...)
	},
}
