package diagnosis

import (
	"slices"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
)

const askLinking = "kubectl -n NAMESPACE get service kubernetes-service: is it there?"

// judgeLink knows the link of a Service that the kubelet wrote over the API
// server's port by the other variables of that Service.
func judgeLink(r checks.Result) []fit {
	links := as("env.links-collision")
	if host := r.Evidence.Get("KUBERNETES_SERVICE_SERVICE_HOST"); r.Evidence.Get("link to") == "the Service kubernetes-service" {
		return []fit{links.sure(causes.Certain).because("KUBERNETES_SERVICE_SERVICE_HOST=%s belongs to the same Service, kubernetes-service in this namespace", host)}
	}
	return []fit{
		as("env.malformed"),
		links.sure(causes.Possible).although("KUBERNETES_SERVICE_SERVICE_HOST is not set, or is another").until(askLinking),
	}
}

// ofAddress says that r is about the address in the environment.
func ofAddress(r checks.Result) bool {
	return r.Status == checks.Fail &&
		(r.Code == "dns.wrong-answer" || r.ID == "net.connect" || slices.Contains([]string{"tls", "auth"}, layer(r.ID)))
}

// judgeOwnService weighs that the variables are those of a Service named
// kubernetes in this namespace: whether that is what keeps the pod from the API
// server is shown by the address that DNS has. Otherwise the fits stand.
func judgeOwnService(s Seen, fits []fit) []fit {
	links := as("env.links-collision").because("%s is the address of a Service kubernetes in the namespace %s", s.Host(), s.Input().Namespace())
	if address := s.verifying("probe.own-service"); address != "" {
		links = links.because("%s, which DNS has for kubernetes.default.svc, shows a certificate of this cluster", address)
		return []fit{links.sure(causes.Likely), fits[0].sure(causes.Possible)}
	}
	return append(fits, links.sure(causes.Possible).although("the address that DNS has for kubernetes.default.svc shows no certificate of this cluster, either"))
}
