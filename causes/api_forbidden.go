package causes

var apiForbidden = Page{
	Code:  "api.forbidden",
	Alone: Likely,
	Title: "the API server knows this account and does not allow it what was asked",
	Apart: "The server names this account in its 403, so the token is accepted. A 403 for system:anonymous is token.stripped; one " +
		"without the form of an API server is api.not-kubernetes.",
	Fix: forbiddenFix,
}
