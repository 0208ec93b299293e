package lab

import (
	"os"
	"path/filepath"
)

// withoutBundle is an image without a bundle of public CAs.
func withoutBundle(pod *Pod) error { return os.RemoveAll(filepath.Join(pod.System.Root, "etc/ssl")) }

// fieldOfClients are reports of pods that are well for Go and not for other stacks, and of
// programs that err by themselves: what can be said is in the table of clients.
func fieldOfClients() []fieldWorld {
	erlang := func(words string) map[string]string { return map[string]string{"Erlang/Elixir": words} }
	return []fieldWorld{
		{name: "Erlang in an image without a bundle", why: "the table has no row for Erlang", change: elsewhere(nothing), after: withoutBundle, rows: erlang("enoent")},
		{name: "Erlang and a certificate that is its own CA", why: "the table has no row for Erlang", change: all(elsewhere(nothing), chainNamed("a self-signed certificate is its own CA")), rows: erlang("selfsigned_peer")},
		{name: "old Erlang and an address", why: "the table has no row for Erlang", change: elsewhere(nothing), rows: erlang("hostname_check_failed")},
		{
			name: "a JVM on a node in FIPS mode", why: "the node's FIPS mode is not looked at", change: all(elsewhere(nothing), func(p *plan) { p.proc["sys/crypto/fips_enabled"] = "1\n" }),
			rows: map[string]string{"Java (official)": "KeyStoreException"},
		},
		{
			name: ".NET and an intermediate without its root", why: "the row of C# has no words: the documents say that it accepts such a ca.crt, the report that it does not", change: all(elsewhere(nothing), chainNamed("ca.crt is an intermediate CA")), right: []string{"volume.ca-not-root"},
			rows: map[string]string{"C#": "PartialChain"},
		},
		{name: "OpenSSL and an intermediate without its root", change: all(elsewhere(nothing), chainNamed("ca.crt is an intermediate CA")), right: []string{"volume.ca-not-root"}, rows: map[string]string{"Ruby": "unable to get issuer certificate"}},
		{name: "Python 36.0.0 sends no token", why: "the row of Python does not know release 36.0.0", change: elsewhere(nothing), rows: map[string]string{"Python": "36.0.0"}},
		{name: "a program that errs by itself", change: elsewhere(nothing)},
	}
}
