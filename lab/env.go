package lab

import (
	"maps"
	"net"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func envFaults() []Fault {
	return []Fault{
		{
			Code: "env.not-a-pod", Summary: "no sign of a pod, as on a laptop",
			Check: "env.service", Status: observe.Fail,
			apply: func(p *plan) {
				keep := func(key, _ string) bool {
					return strings.HasPrefix(key, "KUBERNETES_") || strings.HasPrefix(key, "POD_") || key == "NODE_NAME"
				}
				maps.DeleteFunc(p.env, keep)
				maps.DeleteFunc(p.initEnv, keep)
				p.volume.unmounted = true
				p.hosts = "127.0.0.1\tlocalhost\n"
				p.nodeResolver()
			},
		},
		{
			Code: "env.missing", Summary: "the kubelet injected no service variables",
			Check: "env.service", Status: observe.Fail,
			apply: func(p *plan) {
				maps.DeleteFunc(p.env, ofKubelet)
				maps.DeleteFunc(p.initEnv, ofKubelet)
			},
		},
		{
			Code: "env.scrubbed", Summary: "a login shell cleared the variables, process 1 has them",
			Check: "env.service", Status: observe.Fail,
			apply: func(p *plan) { maps.DeleteFunc(p.env, ofKubelet) },
		},
		{
			Code: "env.malformed", Summary: "KUBERNETES_SERVICE_HOST is a URL",
			Check: "env.service", Status: observe.Fail,
			apply: func(p *plan) { p.setenv("KUBERNETES_SERVICE_HOST", "https://"+serviceIP) },
		},
		{
			Code: "env.overridden", Summary: "the pod template sets KUBERNETES_SERVICE_HOST to an old address",
			Check: "net.connect", Status: observe.Fail,
			apply: func(p *plan) { p.setenv("KUBERNETES_SERVICE_HOST", "10.20.30.40") },
		},
		{
			Code: "env.client-override", Summary: "a stale ~/.kube/config was built into the image",
			Check: "env.client", Status: observe.Warn,
			apply: func(p *plan) { p.home[".kube/config"] = staleKubeconfig },
		},
		{
			Code: "env.links-collision", Summary: "a Service named kubernetes-service overwrites KUBERNETES_SERVICE_PORT",
			Check: "env.service", Status: observe.Fail,
			apply: func(p *plan) { p.link("kubernetes-service", "10.96.8.140", "80") },
		},
	}
}

func ofKubelet(key, _ string) bool { return strings.HasPrefix(key, "KUBERNETES_") }

// link gives the container the variables of a Service of its namespace, with one
// port, as the kubelet does.
func (p *plan) link(service, address, port string) {
	prefix := strings.ToUpper(strings.ReplaceAll(service, "-", "_"))
	at, portPrefix := "tcp://"+net.JoinHostPort(address, port), prefix+"_PORT_"+port+"_TCP"
	p.setenv(prefix+"_SERVICE_HOST", address)
	p.setenv(prefix+"_SERVICE_PORT", port)
	p.setenv(prefix+"_PORT", at)
	p.setenv(portPrefix, at)
	p.setenv(portPrefix+"_PROTO", "tcp")
	p.setenv(portPrefix+"_PORT", port)
	p.setenv(portPrefix+"_ADDR", address)
}

const staleKubeconfig = `apiVersion: v1
kind: Config
clusters:
- name: build
  cluster: {server: "https://build.example:6443"}
contexts:
- name: build
  context: {cluster: build, user: ""}
current-context: build
`
