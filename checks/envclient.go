package checks

import (
	"context"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

var envClient = &Check{
	ID:      "env.client",
	Title:   "nothing overrides the in-cluster configuration of common clients, or keeps them from starting",
	Records: []*observe.Row{observe.EnvClient.Row, observe.EnvKubeconfig.Row, observe.EnvGoFIPS.Row, observe.EnvNodeModule.Row, observe.EnvJavaAgent.Row, observe.EnvJavaProxy.Row},
	Run:     runEnvClient,
}

// overriding maps variables to the clients that prefer them to the in-cluster
// configuration.
var overriding = [][2]string{
	{"KUBECONFIG", "kubectl, client-go's clientcmd, Python load_config, JavaScript loadFromDefault"},
	{"KUBERNETES_MASTER", "fabric8, older kubectl"},
	{"KUBERNETES_AUTH_TOKEN", "fabric8"},
	{"KUBERNETES_AUTH_BASIC_USERNAME", "fabric8"},
	{"KUBERNETES_AUTH_BASIC_PASSWORD", "fabric8"},
	{"KUBERNETES_OAUTH_TOKEN", "fabric8"},
	{"KUBERNETES_CERTS_CA_FILE", "fabric8"},
	{"KUBERNETES_CERTS_CLIENT_FILE", "fabric8"},
	{"KUBERNETES_TRUST_CERTIFICATES", "fabric8"},
	{"KUBERNETES_AUTH_TRYSERVICEACCOUNT", "fabric8"},
}

func runEnvClient(_ context.Context, sys *pod.System, session *Session, log *observe.Log) Outcome {
	var e observe.Evidence
	var found, broken []string
	for _, o := range overriding {
		if sys.Env[o[0]] != "" {
			found = append(found, o[0])
			e.Add(o[0], "set; read by %s", o[1])
		}
	}
	kubeconfig := sys.Env["KUBECONFIG"] != ""
	if home := sys.Env["HOME"]; home != "" {
		file := strings.TrimSuffix(home, "/") + "/.kube/config"
		if _, err := sys.Stat(file); err == nil {
			kubeconfig = true
			found = append(found, file)
			e.Add(file, "exists; read by kubectl, client-go's clientcmd and most loaders of a default configuration")
		}
	}
	observe.EnvKubeconfig.Saw(log, kubeconfig)
	observe.EnvClient.Saw(log, len(found) > 0)
	for _, s := range settings {
		value, set := sys.Env[s.variable]
		if !set {
			continue
		}
		wrong := s.bites(sys, session, value)
		s.records.Saw(log, wrong != "")
		if wrong != "" {
			broken = append(broken, s.variable+" has "+wrong)
			e.Add(s.variable, "%s", wrong)
		}
	}
	switch {
	case len(found) == 0 && len(broken) == 0:
		return pass(e, "no kubeconfig, and no variable that overrides the in-cluster configuration")
	case len(found) == 0:
		return warn(e, "%s", strings.Join(broken, "; "))
	}
	e.Add("overrides", "%s", strings.Join(found, ", "))
	return warn(e, "%s overrides the in-cluster configuration in some clients", strings.Join(found, ", "))
}
