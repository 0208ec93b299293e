package causes

var tokenForeignPod = Page{
	Code:  "token.foreign-pod",
	Alone: Likely,
	Title: "the token belongs to another pod, and dies with it",
	Apart: "The pod named in the token is not this one by the downward API. A host name proves nothing; without POD_NAME or " +
		"POD_UID this cannot be told from token.rejected.",
	Fix: steps(
		look("whose volume is it? The token was copied from another pod",
			mounts,
			when("one of another name than kube-api-access-*", 2)),
		ownVolume,
	),
}
