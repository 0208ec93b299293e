package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeCaDirty() *Page {
	return &Page{
		Code:  "volume.ca-dirty",
		Alone: Certain, Warning: true,
		Title:  "ca.crt contains more than certificates; some clients cannot read it",
		Remedy: "remove everything but certificates from --root-ca-file of kube-controller-manager",
		Forms: []Form{{
			Prior: Uncommon,
			Proof: Predictions{observe.VolumeCABeside.Is(observe.BesideBehind, observe.BesidePrivateKey, observe.BesideBrokenLater, observe.BesideBrokenFirst)},
		}},
		Sources: []string{
			"https://github.com/fabric8io/kubernetes-client/issues/987",
			"https://github.com/fabric8io/kubernetes-client/issues/4650",
		},
		Similar: "Go passes over all that is not a certificate. A file from which Go reads nothing is volume.ca-invalid. Several " +
			"certificates without anything else are volume.ca-bundle.",
		Fix: func(in Input) []Step {
			what := "remove from the --root-ca-file of kube-controller-manager what is not a certificate, and empty lines behind the last; it then updates every kube-root-ca.crt"
			if observe.VolumeCABeside.In(in.Seen) == observe.BesidePrivateKey {
				what += ". The private key was readable in every namespace: replace it, and what it signed"
			}
			return []Step{
				byHand(2, 3), ownVolume,
				look("which lines are around the certificates, by number?",
					publishedPEM+` | grep -n -v '^[A-Za-z0-9+/=]\{1,\}$'`,
					when("others than BEGIN and END CERTIFICATE, or empty ones", 4),
					when("only those: a block in between is damaged", 4)),
				ask(admin, what),
			}
		},
	}
}
