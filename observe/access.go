package observe

import (
	"fmt"

	"github.com/k8sdoctor/k8sdoctor/pattern"
)

// Access is one question to the API server's authorizer. An empty Namespace
// stands for the pod's own, "*" for all of them.
type Access struct {
	Verb, Resource, Group, Namespace string
}

// EveryNamespace stands for all of them.
const EveryNamespace = "*"

var accessForm = pattern.Lazy(`^([a-z*]+)/([a-z0-9*-]+(?:/[a-z0-9*-]+)?)(?:\.([a-z0-9.-]+))?(?::([a-z0-9-]+|\*))?$`)

// ParseAccess reads VERB/RESOURCE[.GROUP][:NAMESPACE], such as
// "create/deployments.apps:web" or "get/pods/log".
func ParseAccess(text string) (Access, error) {
	match := accessForm().FindStringSubmatch(text)
	if match == nil {
		return Access{}, fmt.Errorf("%q is not VERB/RESOURCE[.GROUP][:NAMESPACE], such as get/pods:web or create/deployments.apps", text)
	}
	return Access{match[1], match[2], match[3], match[4]}, nil
}

// String is the form that ParseAccess reads.
func (a Access) String() string {
	text := a.Verb + "/" + a.Resource
	if a.Group != "" {
		text += "." + a.Group
	}
	if a.Namespace != "" {
		text += ":" + a.Namespace
	}
	return text
}
