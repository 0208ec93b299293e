package predict

import (
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Prediction is what a change would do to the pods that it concerns, as JSON of -o json.
type Prediction struct {
	APIVersion string               `json:"apiVersion"` // "k8sdoctor/v1"
	Kind       string               `json:"kind"`       // "Prediction"
	Version    string               `json:"version"`    // of k8sdoctor
	Started    time.Time            `json:"started"`
	Took       observe.Milliseconds `json:"durationMs"`
	Applied    []Object             `json:"applied"`
	Deleted    []Object             `json:"deleted"`
	LeftOut    []LeftOut            `json:"leftOut"`
	// Losses are ordered by namespace and workload, and then by what is lost.
	Losses []Loss   `json:"losses"`
	Pods   Counts   `json:"pods"`
	Notes  []string `json:"notes"`
}

// Counts are numbers of pods; each pod is in one of the last four.
type Counts struct {
	Judged int `json:"judged"`
	Lose   int `json:"lose"`
	Gain   int `json:"gain"` // lose nothing
	Keep   int `json:"keep"`
	// Without have no way to the API server today, and gain none.
	Without int `json:"without"`
}

// What a pod may lose.
const (
	APIServer      = "apiServer"
	DNS            = "dns"
	Authentication = "authentication"
	Token          = "token" // when it is created again
)

// What a loss may depend on.
const (
	Enforcement   = "enforcement"   // nothing is known to enforce NetworkPolicies on the node
	OtherPolicies = "otherPolicies" // policies of other kinds are not read
	Translation   = "translation"   // which side of a Service the network plugin judges
	NodeTraffic   = "nodeTraffic"   // whether the network plugin judges traffic between a pod and a node
	Endpoint      = "endpoint"      // whether an API server answers at an address that is new
)

// Loss is what pods of one workload would lose, all of them for the same reasons.
type Loss struct {
	Namespace string   `json:"namespace"`
	Workload  string   `json:"workload"` // such as deployment/web
	Pods      []string `json:"pods"`
	// WithoutToken are those that mount no service account token.
	WithoutToken int    `json:"withoutToken"`
	Of           string `json:"of"`
	// At is the address of the Service, or the name of the ServiceAccount.
	At string `json:"at"`
	// Some says that only some connections are lost.
	Some bool `json:"some"`
	// DependsOn is empty where the loss is certain.
	DependsOn []string `json:"dependsOn"`
	// Objects are those of the change that cause it.
	Objects []string `json:"objects"`
	// Why is what was read, the most important first.
	Why []string `json:"why"`
}
