package corpus

import "slices"

// alsoTrue are pairs of faults that bring about more than the two.
var alsoTrue = map[[2]string][]string{
	{"env.not-a-pod", "env.malformed"}:            {"volume.not-mounted", "dns.node-resolver", "env.missing"}, // there is nothing of a pod
	{"env.not-a-pod", "net.node-proxy-down"}:      {"volume.not-mounted", "dns.node-resolver", "env.missing"},
	{"dns.udp-blocked", "dns.tcp-blocked"}:        {"dns.silent"},    // nothing of DNS passes
	{"dns.no-endpoints", "dns.udp-blocked"}:       {"dns.silent"},    // no DNS server is up
	{"net.reply-untranslated", "dns.udp-blocked"}: {"dns.silent"},    // nothing is answered any more
	{"volume.ca-expired", "volume.ca-bundle"}:     {"tls.expired"},   // the CA that signed the certificate has ended
	{"env.overridden", "proxy.client-dependent"}:  {"proxy.in-path"}, // what NO_PROXY lists is not where it goes
}

// Truth are the codes of the faults, and what else two of them bring about together.
func Truth(faults []string) []string {
	if len(faults) != 2 {
		return faults
	}
	return slices.Concat(faults, alsoTrue[[2]string(faults)])
}
