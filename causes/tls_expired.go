package causes

var tlsExpired = Page{
	Code:  "tls.expired",
	Alone: Likely,
	Title: "a certificate of the API server, or the CA that signed it, has expired",
	Apart: "The server's own clock, where it could be read, says so too; when only this pod's clock does, it is token.clock-skew. " +
		"An expired ca.crt is volume.ca-expired.",
	Fix: steps(
		look("which certificates end, and when? (k3s: k3s certificate check)", "kubeadm certs check-expiration").at(onEachServer),
		ask(admin, "renew them, one node after the other (k3s: systemctl restart k3s); all of the control plane restarts. A CA that ends is not renewed by this: see kubeadm's documentation").with("kubeadm certs renew all &&\n"+newServers).at(onEachServer),
	),
}
