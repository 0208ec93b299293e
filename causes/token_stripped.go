package causes

var tokenStripped = Page{
	Code:  "token.stripped",
	Alone: Likely,
	Title: "the token was sent and did not arrive: something on the way removes the Authorization header",
	Apart: "The server saw system:anonymous although a clean token was sent. To the server an empty token (volume.token-empty) or " +
		"two blanks in the header look the same; k8sdoctor sends neither. A server that refuses anonymous requests answers 401 " +
		"instead, like token.rejected.",
	Fix: steps(aroundMesh...),
}
