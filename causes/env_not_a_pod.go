package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func envNotAPod() *Page {
	return &Page{
		Code:   "env.not-a-pod",
		Alone:  Likely,
		Title:  "this process does not run in a pod",
		Remedy: "run k8sdoctor in the failing pod, or in a pod like it",
		Forms: []Form{
			{Prior: Common, Needs: Predictions{observe.EnvHost.Is(observe.VariableUnset), observe.EnvPodTraces.Is(0)}},
			{Prior: Common, Needs: Predictions{observe.EnvPort.Is(observe.VariableUnset), observe.EnvPodTraces.Is(0)}},
		},
		Consequences: Predictions{
			observe.EnvPort.Is(observe.VariableUnset), observe.EnvHTTPSPort.Is(observe.VariableUnset),
			observe.VolumeMount.Is(observe.MountAbsent, observe.MountEmpty),
			observe.DNSResolver.Is(observe.OfNode, observe.NoNameserver, observe.NotReadable),
			observe.DNSUDP.Not(observe.Answers), observe.DNSTCP.Not(observe.Answers), observe.DNSSome.Not(observe.Answers),
			observe.DNSRcode.Not(observe.NoError), observe.DNSName.Not(observe.OfService),
			observe.DNSSuffix.Not(observe.AnsweredFine), observe.DNSAAAA.Not(observe.AnsweredFine), observe.DNSLimits.Is(true),
		},
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/96070",
			"https://github.com/mercari/certificate-expiry-monitor-controller/issues/15",
		},
		Confirm: Confirm{Command: "kubectl get pods -A", Text: "does the program have a pod?"},
		Similar: "In a pod whose variables are missing (env.missing), there is still a service account directory, a cluster search " +
			"domain or the kubelet's /etc/hosts; here there is none of them. A container from which all of these were removed " +
			"looks the same.",
		Fix: steps(
			look("does the program have a pod at all?", "kubectl get pods -A",
				whenThen("yes", "run k8sdoctor in that pod, or in one like it"),
				when("no, the program runs outside the cluster", 2)),
			look("which API server does kubectl use? A program outside the cluster can use the same kubeconfig", "kubectl config view --minify"),
		),
	}
}
