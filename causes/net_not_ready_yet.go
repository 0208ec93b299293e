package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func netNotReadyYet() *Page {
	return &Page{
		Code:   "net.not-ready-yet",
		Alone:  Possible,
		Best:   Possible, // one server of many that is dead may fail once as well
		Title:  "the network path to the API server was not ready at first; connections succeed now",
		Remedy: "let the program retry for some seconds, or wait in an init container",
		Timed:  true,
		Forms: []Form{{
			Prior: Uncommon,
			Needs: Predictions{observe.APITCP.Not(observe.Answers, observe.NoSocket, observe.NoResource), observe.AgainConnects.Every()},
			Must:  Predictions{observe.APIFails.Every()},
		}},
		Consequences: all(givenWorks, apiGone, dnsToo(anyFailure...), Predictions{observe.DNSResent.Is(true)}),
		Sources: []string{
			"https://github.com/aws/aws-network-policy-agent/issues/189",
			"https://github.com/kubernetes/kubernetes/issues/75360",
			"RFC 4862, 5.4: an IPv6 address is tentative until duplicate address detection is over",
		},
		Confirm: Confirm{Text: "run k8sdoctor again in this pod: if it passes twice, the problem is over"},
		Similar: "The first connection fails, and all of a later round succeed. If a part of the later ones fails as well, it is " +
			"net.some-endpoints-dead; one dead server of many can look the same in a single run.",
		Fix: steps(
			look("is the pod, or the service proxy of its node, younger than a minute or two?",
				"kubectl -n NAMESPACE get pod POD -o wide\nkubectl -n kube-system get pods -o wide --field-selector spec.nodeName=NODE",
				when("the pod is: its policies, its IPv6 address or its node's rules may have come after its start", 2),
				when("kube-proxy, or what replaces it, has restarted", 3),
				whenThen("neither", "run the check again: if it fails now and then, see net.some-endpoints-dead")),
			ask("the owner of WORKLOAD", "let the program try again for some seconds before it gives up, or wait for the API server in an init container"),
			ask(admin, "why has the service proxy on node NODE restarted?").with("kubectl -n kube-system get events --field-selector involvedObject.kind=Pod"),
		),
	}
}
