package causes

var volumeTokenDirty = Page{
	Code:  "volume.token-dirty",
	Alone: Certain,
	Title: "the token file holds characters that belong to no token, such as a newline",
	Apart: "The bytes themselves show it, before any connection. The API server refuses such a token like any other bad one " +
		"(token.rejected); clients that trim white space, client-go and curl among them, work, and others fail before they send" +
		" anything.",
	Fix: steps(replaceToken...),
}
