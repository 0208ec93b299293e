//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// host is what host-variable.yaml puts into KUBERNETES_SERVICE_HOST.
func host(text string) func(*testing.T, namespace) values {
	return func(*testing.T, namespace) values { return values{"HOST": text} }
}

func proxyWith(image string, flags ...string) func(*testing.T, namespace) values {
	return func(*testing.T, namespace) values {
		return values{"KUBECTL_IMAGE": image, "FLAGS": strings.Join(flags, ", ")}
	}
}

// rejects has the pod network refuse what a policy denies.
func rejects(t *testing.T, ns namespace) values {
	kubectl(t, "annotate", "namespace", string(ns), "podnet.k8sdoctor.test/deny=reject")
	return nil
}

// addresses are the API's own and that of its Service.
func addresses(t *testing.T, _ namespace) values {
	own, service := apiAddresses(t)
	return values{"API": own, "SERVICE": service}
}
