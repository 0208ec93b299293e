package diagnosis

import (
	"slices"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

const starved = "this process was kept from running, so that time tells less than usual"

// lessSure lowers what is said of a cause that rests on time, where this process
// had too little CPU to measure it.
func (s Seen) lessSure(f fit, confidence causes.Confidence) (fit, causes.Confidence) {
	if confidence != causes.Likely || !restsOnTime(f.code) || !observe.Starved.Yes(s.Input().Seen) {
		return f, confidence
	}
	return f.although(starved), causes.Possible
}

func restsOnTime(code string) bool {
	return layer(code) == "net" || slices.Contains([]string{"dns.silent", "dns.slow", "dns.slow-race", "dns.node-cache-down", "dns.tcp-blocked", "api.slow"}, code)
}
