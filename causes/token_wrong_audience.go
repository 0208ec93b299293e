package causes

var tokenWrongAudience = Page{
	Code:  "token.wrong-audience",
	Alone: Possible,
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
}
