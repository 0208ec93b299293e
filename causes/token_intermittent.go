package causes

var tokenIntermittent = Page{
	Code:  "token.intermittent",
	Alone: Possible,
	Title: "some API servers accept the token and others refuse it: they have different keys",
	Apart: "Of several fresh connections some get 401 and others are accepted, with the same token. A steady 401 is token.rejected" +
		" or one of the named causes.",
	Fix: steps(
		look("is the key the same on every server?", signingKeys, when("one differs", 2)).at(onEachServer),
		ask(admin, "give that server the key of the others; its log has the reason of each refusal").with(serverSays),
	),
}
