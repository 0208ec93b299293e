package lab

import (
	"errors"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestRecordedOfClientSettings has variables that decide for a client, and what is
// recorded of them; "" was not observed.
func TestRecordedOfClientSettings(t *testing.T) {
	t.Parallel()
	const ownCA = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
	set := func(pairs ...string) func(*plan) {
		return func(p *plan) {
			for i := 0; i < len(pairs); i += 2 {
				p.setenv(pairs[i], pairs[i+1])
			}
		}
	}
	foreign := func(pod *Pod) error {
		authority, err := newAuthority(named("Public CA 7"))
		return errors.Join(err, files(pod, map[string]string{"etc/ssl/public.crt": string(authority.pem())}))
	}
	config := func(text string) func(*Pod) error {
		return func(pod *Pod) error { return files(pod, map[string]string{"etc/ssl/own.cnf": text}) }
	}
	for _, test := range []struct {
		name  string
		world world
		of    *observe.Row
		want  string
	}{
		{"no bundle", world{}, observe.EnvRequestsBundle.Row, ""},
		{"the bundle is ca.crt", world{change: set("REQUESTS_CA_BUNDLE", ownCA)}, observe.EnvRequestsBundle.Row, "verifies"},
		{"the bundle of the image", world{change: set("REQUESTS_CA_BUNDLE", "/etc/ssl/public.crt"), after: foreign}, observe.EnvRequestsBundle.Row, "other-cas"},
		{"the bundle of the image, by curl's variable", world{change: set("CURL_CA_BUNDLE", "/etc/ssl/public.crt"), after: foreign}, observe.EnvRequestsBundle.Row, "other-cas"},
		{"requests' variable comes first", world{change: set("CURL_CA_BUNDLE", "/etc/ssl/public.crt", "REQUESTS_CA_BUNDLE", ownCA), after: foreign}, observe.EnvRequestsBundle.Row, "verifies"},
		{"a bundle that is not there", world{change: set("REQUESTS_CA_BUNDLE", "/no/such")}, observe.EnvRequestsBundle.Row, "unusable"},
		{"a bundle without a certificate", world{change: set("REQUESTS_CA_BUNDLE", "/etc/hosts")}, observe.EnvRequestsBundle.Row, "unusable"},
		{"a directory of certificates", world{change: set("REQUESTS_CA_BUNDLE", "/etc")}, observe.EnvRequestsBundle.Row, ""},
		{"variables of system roots, which ca.crt beats", world{change: set("SSL_CERT_FILE", "/no/such", "SSL_CERT_DIR", "/no/such", "NODE_EXTRA_CA_CERTS", "/no/such")}, observe.EnvRequestsBundle.Row, ""},

		{"OpenSSL with a level that the keys have", world{change: set("OPENSSL_CONF", "/etc/ssl/own.cnf"), after: config("[sys]\nCipherString = DEFAULT@SECLEVEL=3\n")}, observe.EnvOpenSSLLevel.Row, "no"},
		{"OpenSSL with a level that they lack", world{change: set("OPENSSL_CONF", "/etc/ssl/own.cnf"), after: config("[sys]\nCipherString = DEFAULT@SECLEVEL=4\n")}, observe.EnvOpenSSLLevel.Row, "yes"},
		{"OpenSSL with a level in a comment", world{change: set("OPENSSL_CONF", "/etc/ssl/own.cnf"), after: config("# CipherString = DEFAULT@SECLEVEL=4\n")}, observe.EnvOpenSSLLevel.Row, ""},

		{"Go with FIPS 140 alone", world{change: set("GODEBUG", "madvdontneed=1,fips140=only")}, observe.EnvGoFIPS.Row, "yes"},
		{"Go with another setting", world{change: set("GODEBUG", "fips140=on")}, observe.EnvGoFIPS.Row, "no"},
		{"Node with a module that is there", world{change: set("NODE_OPTIONS", "--max-old-space-size=300 --require /etc/hosts")}, observe.EnvNodeModule.Row, "no"},
		{"Node with a module that is missing", world{change: set("NODE_OPTIONS", "--require=/opt/apm.js")}, observe.EnvNodeModule.Row, "yes"},
		{"Node with a module of its own path", world{change: set("NODE_OPTIONS", "-r dotenv/config")}, observe.EnvNodeModule.Row, "no"},
		{"Java with an agent that is missing", world{change: set("JAVA_TOOL_OPTIONS", "-Xmx300m -javaagent:/opt/apm.jar=config=/x")}, observe.EnvJavaAgent.Row, "yes"},
		{"Java with an agent that is there", world{change: set("JAVA_TOOL_OPTIONS", "-javaagent:/etc/hosts")}, observe.EnvJavaAgent.Row, "no"},
		{"Java with a proxy", world{change: set("JAVA_TOOL_OPTIONS", "-Dhttps.proxyHost=proxy.shop.example")}, observe.EnvJavaProxy.Row, "yes"},
		{"Java with a proxy, and hosts that are not for it", world{change: set("JAVA_TOOL_OPTIONS", "-Dhttps.proxyHost=proxy.shop.example -Dhttp.nonProxyHosts=localhost|10.*")}, observe.EnvJavaProxy.Row, "no"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := test.world.look(t)
			if got := o.recorded(test.of); got != test.want {
				t.Errorf("%s: got %q, want %q%s", test.of.ID, got, test.want, o)
			}
			for _, r := range o.results {
				for _, wrong := range wronglyRecorded(r) {
					t.Error(wrong)
				}
			}
			named := ""
			for _, c := range o.verdict() {
				named += string(c.Confidence) + " " + c.Code
			}
			wanted := ""
			if test.want == "yes" || test.want == "other-cas" || test.want == "unusable" {
				wanted = "certain env.client-override"
			}
			if named != wanted {
				t.Errorf("got %q named, want %q", named, wanted)
			}
		})
	}
}
