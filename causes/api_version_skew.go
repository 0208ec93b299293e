package causes

var apiVersionSkew = Page{
	Code:  "api.version-skew",
	Alone: Certain, Warning: true,
	Title: "the server's version is more than three minor versions away from this client's; requests usually work",
	Apart: "Both versions are known from the server's own answer. Requests usually work; one that fails has another cause.",
	Fix: steps(
		look("how far apart are they? Most programs do not mind", "kubectl version", whenThen("a request fails for it", "use a client of the server's version")),
	),
}
