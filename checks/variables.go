package checks

import (
	"net/netip"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pod"
)

// recordVariables records the API server's variables as they are here, and what
// process 1 has of them.
func recordVariables(env, first map[string]string, log *observe.Log) {
	for name, value := range map[string]observe.Text{hostVar: observe.EnvHostValue, portVar: observe.EnvPortValue, kubeletHostVar: observe.EnvKubeletHost} {
		if text, ok := env[name]; ok {
			value.Saw(log, text)
		}
	}
	host, port, https := variable(env, hostVar), variable(env, portVar), variable(env, portHTTPSVar)
	if host == observe.VariableFine {
		_, err := netip.ParseAddr(env[hostVar])
		observe.EnvHostIsName.Saw(log, err != nil)
		if given := env[kubeletHostVar]; given != "" && !pod.SameHost(given, env[hostVar]) {
			host = observe.VariableElsewhere
			observe.EnvElsewhere.Saw(log, true)
		}
		if otherIn(first, env, hostVar) {
			host = observe.VariableOverridden
		}
	}
	// Who sets the host sets the port that clients read with it.
	if https == observe.VariableFine && port == observe.VariableFine && host != observe.VariableElsewhere && env[portHTTPSVar] != env[portVar] {
		https = observe.VariableOverridden
	}
	if https == observe.VariableEmpty {
		https = observe.VariableMalformed
	}
	linked := linkOf(env, port)
	if linked == observe.LinkOfKubernetes || linked == observe.LinkOfOtherService {
		port = observe.VariableLink
	}
	if port == observe.VariableFine && otherIn(first, env, portVar) {
		port = observe.VariableOverridden
	}
	observe.EnvHost.Saw(log, host)
	observe.EnvPort.Saw(log, port)
	observe.EnvHTTPSPort.Saw(log, https)
	observe.EnvLink.Saw(log, linked)
	if first != nil {
		observe.EnvFirstProcess.Saw(log, firstProcess(env, first))
	}
}

// variable says how a variable presents itself, whatever others say.
func variable(env map[string]string, name string) observe.Variable {
	kind := name
	if name == portHTTPSVar {
		kind = portVar
	}
	switch value, ok := env[name]; {
	case !ok:
		return observe.VariableUnset
	case value == "":
		return observe.VariableEmpty
	case malformed(kind, value) != "":
		return observe.VariableMalformed
	}
	return observe.VariableFine
}

// linkOf says whether a Service of the namespace sets the port as well.
func linkOf(env map[string]string, port observe.Variable) observe.Link {
	switch to, isLink := linkTarget(env); {
	case isLink && to == linkingService:
		return observe.LinkOfKubernetes
	case isLink:
		return observe.LinkOfOtherService
	case port == observe.VariableFine && env[linkHostVar] != "":
		return observe.LinkBeside
	}
	return observe.NoLink
}

// firstProcess compares the host and the port with those of process 1.
func firstProcess(env, first map[string]string) observe.FirstProcess {
	answer := observe.FirstSame
	for _, name := range []string{hostVar, portVar} {
		_, here := env[name]
		_, there := first[name]
		switch {
		case !here && first[name] != "":
			return observe.FirstHasIt
		case otherIn(first, env, name):
			answer = observe.FirstOther
		case here && !there && answer == observe.FirstSame:
			answer = observe.FirstLacksIt
		}
	}
	return answer
}

// otherIn says that process 1 has another value of a variable that is set here.
func otherIn(first, env map[string]string, name string) bool {
	given, there := first[name]
	value, here := env[name]
	return here && there && given != value
}
