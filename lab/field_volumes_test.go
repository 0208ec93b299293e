package lab

import (
	"crypto/tls"
	"crypto/x509"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// aheadOfAll has everything of the cluster be of a time that both clocks have yet to reach.
func aheadOfAll(p *plan) {
	const years = 9 * 365 * day
	p.tls.ca = append(p.tls.ca, func(ca *x509.Certificate) {
		ca.NotBefore, ca.NotAfter = ca.NotBefore.Add(years), ca.NotAfter.Add(years)
	})
	p.tls.leaf = append(p.tls.leaf, func(leaf *x509.Certificate) {
		leaf.NotBefore, leaf.NotAfter = leaf.NotBefore.Add(years), leaf.NotAfter.Add(years)
	})
	p.token.issued, p.token.expires, p.volume.written = years, years+time.Hour, -20*time.Minute
}

// fieldOfVolumes are reports of the volume, the token and the account.
func fieldOfVolumes() []fieldWorld {
	unmounted := func(p *plan) { p.volume.unmounted = true }
	other := "a certificate of a public CA"
	return []fieldWorld{
		{name: "a later mount covers the volume", change: faultOf("volume.covered"), right: []string{"volume.covered"}, never: []string{"volume.not-mounted"}},
		{
			name: "the runtime lost the mount", change: all(elsewhere(nothing), unmounted), right: []string{"volume.not-mounted"},
			untold: []string{"automountServiceAccountToken is false"}, rows: map[string]string{"Ruby": "certificate verify failed"},
		},
		{
			name: "no volume in a virtual machine's container", right: []string{"volume.not-mounted"}, untold: []string{"automountServiceAccountToken is false"},
			change: all(elsewhere(nothing), unmounted), after: func(pod *Pod) error {
				return files(pod, map[string]string{"proc/self/mountinfo": "1204 1130 0:231 / / rw,relatime - virtiofs kataShared rw\n1213 1204 0:231 /resolv.conf /etc/resolv.conf rw,relatime - virtiofs kataShared rw\n"})
			},
		},
		{name: "the kubelet gave up on the token", change: all(elsewhere(nothing), lives(-5*time.Hour, -4*time.Hour)), right: []string{"token.not-renewed"}},
		{
			name: "a virtual node never renews the token", right: []string{"token.not-renewed"},
			change: all(elsewhere(nothing), lives(-2*time.Hour, -time.Hour), variables("NODE_NAME=virtual-kubelet-1")),
		},
		{name: "the CA ends before the server's certificate", change: all(elsewhere(nothing), editCA(func(ca *x509.Certificate) { ca.NotAfter = time.Now().Add(5 * day) })), right: []string{"tls.expires-soon", "volume.ca-expired"}},
		{name: "a CA of 30 days has ended", change: all(elsewhere(nothing), faultOf("volume.ca-expired")), right: []string{"volume.ca-expired"}},
		{
			name: "both clocks are wrong", change: all(elsewhere(nothing), aheadOfAll), right: []string{"tls.not-yet-valid", "volume.ca-expired", "token.clock-skew"},
			also: []string{"token.not-yet-valid"}, untold: []string{"issued by a clock that was ahead"},
		},
		{
			name: "the token file holds its own path", right: []string{"volume.token-malformed"}, untold: []string{"/[redacted]"},
			change: all(elsewhere(nothing), rewrite("token", func([]byte) ([]byte, error) { return []byte("/" + volumeDir + "/token"), nil })),
		},
		{
			name: "a line of a log is behind the token", right: []string{"volume.token-dirty"},
			change: all(elsewhere(nothing), rewrite("token", func(token []byte) ([]byte, error) {
				return append(token, " 11:11:49.782386   40364 v3.go:79] EOF"...), nil
			})),
		},
		{
			name: "a front end with a certificate of its own wants other credentials", right: []string{"tls.unknown-ca", "tls.foreign-server"}, sure: "likely",
			change: all(elsewhere(nothing), func(p *plan) {
				const host = "gke-1.us-central1.gke.goog"
				hostAt(p, host, "198.51.100.9")
				p.setenv("KUBERNETES_PORT_443_TCP_ADDR", serviceIP)
				p.routes["tcp 198.51.100.9:443"], p.routes["tcp "+apiAddress] = route{server: "api"}, nothing
				p.tls.issue = func(cluster *authority, leaf *x509.Certificate) (tls.Certificate, error) {
					return issuedBy(named(other))(cluster, leaf)
				}
			}),
		},
		{
			name: "a list that a controller needs is forbidden", right: []string{"api.forbidden"}, change: elsewhere(nothing),
			after: func(pod *Pod) error {
				pod.System.Access = []observe.Access{{Verb: "list", Resource: "widgets"}}
				return nil
			},
		},
		{name: "an aggregated API is down", change: all(elsewhere(nothing), faultOf("api.aggregation-broken")), right: []string{"api.aggregation-broken"}},
		{name: "a certificate without addresses", change: all(elsewhere(nothing), editLeaf(func(leaf *x509.Certificate) { leaf.IPAddresses = nil })), right: []string{"tls.host-not-covered"}},
		{name: "a certificate without names", change: all(elsewhere(nothing), editLeaf(func(leaf *x509.Certificate) { leaf.DNSNames = nil })), right: []string{"tls.name-not-covered"}},
		{
			name: "a mesh sends every second request to another cluster", right: []string{"token.intermittent"}, sure: "likely", // whose fix leads to the mesh
			change: all(elsewhere(route{server: "api", proxy: true}), everySecondRefused),
		},
	}
}
