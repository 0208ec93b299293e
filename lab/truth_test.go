//go:build long || starved

package lab

import (
	"fmt"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/corpus"
)

// alsoTrue are pairs that bring about more than the two.
var alsoTrue = map[[2]string][]string{
	{"env.not-a-pod", "env.malformed"}:            {"volume.not-mounted", "dns.node-resolver", "env.missing"}, // there is nothing of a pod
	{"env.not-a-pod", "net.node-proxy-down"}:      {"volume.not-mounted", "dns.node-resolver", "env.missing"},
	{"dns.search-hijack", "net.node-proxy-down"}:  {"env.overridden"}, // loopback is not what the kubelet set
	{"dns.wrong-answer", "net.node-proxy-down"}:   {"env.overridden"},
	{"dns.udp-blocked", "dns.tcp-blocked"}:        {"dns.silent"},    // nothing of DNS passes
	{"dns.no-endpoints", "dns.udp-blocked"}:       {"dns.silent"},    // no DNS server is up
	{"net.reply-untranslated", "dns.udp-blocked"}: {"dns.silent"},    // nothing is answered any more
	{"volume.ca-expired", "volume.ca-bundle"}:     {"tls.expired"},   // the CA that signed the certificate has ended
	{"env.overridden", "proxy.client-dependent"}:  {"proxy.in-path"}, // what NO_PROXY lists is not where it goes
}

// truth are the codes of the faults, and what else they bring about together.
func truth(faults []Fault) (codes []string) {
	for _, f := range faults {
		codes = append(codes, f.Code)
	}
	if len(codes) == 2 {
		codes = append(codes, alsoTrue[[2]string(codes)]...)
	}
	return codes
}

func applyAll(faults []Fault) func(*plan) {
	return func(p *plan) {
		for _, f := range faults {
			f.apply(p)
		}
	}
}

// wronglyNamed returns a cause that the verdict is certain of, or calls likely,
// and that none of the faults has brought about, or "".
func (o outcome) wronglyNamed(faults []Fault) string {
	for _, c := range o.verdict() {
		if c.Confidence != causes.Possible && !corpus.IsTrue(truth(faults), c.Code) {
			return fmt.Sprintf("%s is named as %s%s", c.Code, c.Confidence, o)
		}
	}
	return ""
}
