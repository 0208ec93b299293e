package causes

var tlsMixedServers = Page{
	Code:  "tls.mixed-servers",
	Alone: Possible,
	Title: "the API servers behind the service IP have certificates of different CAs",
	Apart: "Fresh connections to the same address meet certificates of which some verify and some do not. One and the same failing" +
		" certificate every time is one of the other tls codes.",
	Fix: steps(
		look("are both lines the same everywhere?",
			"openssl x509 -noout -fingerprint -sha256 -in /etc/kubernetes/pki/ca.crt\nopenssl x509 -noout -issuer -in /etc/kubernetes/pki/apiserver.crt", when("one server differs", 2)).at(onEachServer),
		ask(admin, "give that server the CA and a certificate of the others"),
	),
}
