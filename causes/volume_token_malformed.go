package causes

var volumeTokenMalformed = Page{
	Code:  "volume.token-malformed",
	Alone: Likely,
	Title: "the token file holds something that is not a service account's token",
	Apart: "The text has not the three parts or the claims of a service account's token. A well-formed token that the server " +
		"refuses is one of the token codes.",
	Fix: steps(replaceToken...),
}
