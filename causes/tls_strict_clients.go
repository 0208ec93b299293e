package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func tlsStrictClients() *Page {
	return &Page{
		Code:  "tls.strict-clients",
		Alone: Likely, Warning: true,
		Title:  "Go accepts the API server's certificates, but strict clients reject them",
		Remedy: "issue the certificate again with the fields that RFC 5280 requires",
		Forms:  []Form{{Prior: Common, Needs: Predictions{observe.TLSStrict.Is(false)}}},
		Similar: "Go accepts the chain, but it violates a rule that strict clients enforce: the evidence names the rule and the " +
			"certificate. A chain that Go rejects is one of the other tls codes; a chain that only lacks its root is volume.ca-not-root.",
		Sources: []string{
			"https://github.com/caas-team/py-kube-downscaler/issues/170",
			"https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1",
		},
		Fix: func(in Input) []Step {
			if !strictCA(in.Seen) {
				return []Step{lookServer(2), remakeServer(in.Seen)}
			}
			return []Step{
				look("which version, key usage, basic constraints and key has the CA that the namespace publishes?", publishedPEM+" | openssl x509 -noout -text",
					when("what the evidence names is missing or wrong", 2),
					whenThen("all is there", "the CA was replaced: new pods get it")),
				ask(admin, "make the CA's certificate again with the same name and key, of version 3, so that existing certificates stay valid; if the last command says OK, or has errors at 0 depth alone (the server's certificate, step 4), "+
					"replace ca.crt by ca.new on each control-plane node and restart kube-apiserver and kube-controller-manager; with a short key, the CA has to be replaced").with(remadeCA).at(onControlPlane),
				lookServer(4), remakeServer(in.Seen),
			}
		},
	}
}

// strictCA says that a certificate of a CA is at fault.
func strictCA(seen observe.Set) bool {
	for _, at := range []observe.Certificate{observe.CertIntermediate, observe.CertCA} {
		if observe.TLSStrictRule.InAt(seen, string(at)) != "" || observe.TLSWeakKey.In(seen) == at {
			return true
		}
	}
	return observe.TLSStrictRule.InAt(seen, string(observe.CertServer)) == observe.RuleNoIssuer
}

// remadeCA makes the certificate that OpenSSL's strict mode accepts, and tries it.
const remadeCA = `cd /etc/kubernetes/pki && id=$(openssl x509 -in ca.crt -noout -ext subjectKeyIdentifier 2>/dev/null | sed -n '2s/ //gp')
printf '%s\n' basicConstraints=critical,CA:true keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign "subjectKeyIdentifier=${id:-hash}" > ca.ext &&
openssl x509 -in ca.crt -signkey ca.key -clrext -extfile ca.ext -days 3650 -out ca.new &&
openssl verify -x509_strict -CAfile ca.new apiserver.crt`

func lookServer(next int) Step {
	return look("which extensions, issuer and key has the server's certificate?", servedChain+" | openssl x509 -noout -text",
		when("what the evidence names is missing or wrong", next),
		whenThen("all is there, and the CA is right as well", "the certificate was replaced")).at(onNode)
}

func remakeServer(seen observe.Set) Step {
	text := "recreate the server's certificate (kubeadm; elsewhere with the key usages digitalSignature and keyEncipherment, serverAuth, and the identifiers of its key and of the CA's)"
	if seen.Saw(observe.TLSStrictRule.Row) || observe.TLSAuthorityKey.No(seen) {
		text += "; until then, with Python 3.13, use a client release that clears only VERIFY_X509_STRICT"
	}
	return ask(admin, text).with(recreateServerCert).at(onEachServer)
}
