package causes

var tokenLegacy = Page{
	Code:  "token.legacy",
	Alone: Possible,
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
}
