package clients

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// The files of the service account as error texts name them.
const (
	tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount/token"
	caPath    = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
)

// Inputs returns every subject that the table reads.
func Inputs() []*observe.Row {
	return []*observe.Row{
		observe.EnvHost.Row, observe.EnvPort.Row, observe.EnvHostValue.Row, observe.EnvPortValue.Row,
		observe.EnvProxy.Row, observe.EnvProxyURL.Row, observe.EnvHTTPProxy.Row, observe.EnvAsterisk.Row, observe.EnvKubeconfig.Row, observe.EnvOwnService.Row, observe.EnvOwnHandshake.Row,
		observe.VolumeMount.Row, observe.VolumeToken.Row, observe.VolumeCA.Row, observe.VolumeBundle.Row, observe.VolumeCAValidity.Row, observe.VolumeNamespace.Row,
		observe.APIName.Row, observe.APITCP.Row, observe.APIFails.Row, observe.APIDirect.Row, observe.NetName.Row, observe.NetProxy.Row,
		observe.DNSResolver.Row, observe.DNSUDP.Row, observe.DNSCache.Row, observe.DNSRcode.Row, observe.DNSTruncated.Row, observe.DNSName.Row, observe.DNSResent.Row, observe.DNSAddress.Row,
		observe.EnvGoFIPS.Row, observe.EnvNodeModule.Row, observe.EnvJavaAgent.Row, observe.EnvJavaProxy.Row, observe.EnvRequestsBundle.Row, observe.EnvOpenSSLLevel.Row,
		observe.HelloSizes.Row, observe.TLSHandshake.Row, observe.TLSVerifyError.Row, observe.TLSCoversHost.Row, observe.TLSServedCovers.Row, observe.TLSCoversService.Row, observe.TLSSANs.Row,
		observe.TLSValidity.Row, observe.TLSAuthorityKey.Row, observe.TLSStrictRule.Row, observe.TLSUsage.Row, observe.TLSIssuerKey.Row, observe.TLSWeakKey.Row, observe.TLSAnchor.Row, observe.VolumeCABeside.Row,
		observe.TokenTimeServer.Row, observe.TokenReview.Row,
		observe.APIVersionsAnswer.Row, observe.APIStale.Row, observe.APIStaleNames.Row, observe.SidecarAnswer.Row,
	}
}

// fileState is how a file presents itself to a client.
type fileState int

const (
	fileOther fileState = iota // good, or unlike any of these
	fileMissing
	fileDenied // it is there and may not be read
	fileEmpty
	fileBlank   // nothing but white space
	filePadded  // good, with white space around it
	fileControl // a control character inside
	fileBroken  // PEM that cannot be parsed
	fileOpenSSL // PEM that OpenSSL parses, and Go does not
	fileInvalid
)

// inputs are what the clients meet in this pod.
type inputs struct {
	seen       observe.Set
	host, port string
	oddEnv     bool // a variable is not known, or set to something that is no host or no port
	token, ca  fileState
	namespace  fileState
}

func inputsOf(seen observe.Set) inputs {
	in := inputs{
		seen: seen, host: observe.EnvHostValue.In(seen), port: observe.EnvPortValue.In(seen),
		token: tokenStates[observe.VolumeToken.In(seen)], ca: caStates[observe.VolumeCA.In(seen)],
	}
	if mount := observe.VolumeMount.In(seen); mount == observe.MountAbsent || mount == observe.MountCovered || mount == observe.MountEmpty {
		in.token, in.ca, in.namespace = fileMissing, fileMissing, fileMissing
	} else if observe.VolumeNamespace.In(seen) == observe.FileMissing {
		in.namespace = fileMissing
	}
	host, port := observe.EnvHost.In(seen), observe.EnvPort.In(seen)
	odd := func(v observe.Variable) bool { return v == "" || v == observe.VariableMalformed }
	in.oddEnv = !envEmpty(in) && (odd(host) || host != observe.VariableUnset && odd(port))
	return in
}

// tokenStates leave out what denies access to the directory: there clients differ in
// what they ask first.
var tokenStates = map[observe.File]fileState{
	observe.FileMissing: fileMissing, observe.FileDangling: fileMissing,
	observe.FileDeniedMode: fileDenied,
	observe.FileEmpty:      fileEmpty, observe.FileBlank: fileBlank, observe.FilePadded: filePadded, observe.FileControl: fileControl,
	observe.FileDirty: fileInvalid, observe.FileNoJWT: fileInvalid, // the server refuses them
}

var caStates = map[observe.File]fileState{
	observe.FileMissing:    fileMissing,
	observe.FileDeniedMode: fileDenied, observe.FileDeniedAbove: fileDenied, observe.FileDeniedLabel: fileDenied,
	observe.FileEmpty: fileEmpty, observe.FileNoPEM: fileInvalid, observe.FileBroken: fileBroken, observe.FileOtherPEM: fileOpenSSL,
}

// The predicates that rules are made of.

func hostIs(words ...observe.Variable) func(inputs) bool {
	return func(in inputs) bool { return slices.Contains(words, observe.EnvHost.In(in.seen)) }
}

func portIs(words ...observe.Variable) func(inputs) bool {
	return func(in inputs) bool { return slices.Contains(words, observe.EnvPort.In(in.seen)) }
}

var (
	envUnset    = either(hostIs(observe.VariableUnset), portIs(observe.VariableUnset))
	envEmpty    = either(hostIs(observe.VariableEmpty), portIs(observe.VariableEmpty))
	envUnusable = either(envUnset, envEmpty)
	portIsLink  = portIs(observe.VariableLink)
)

func tokenIs(states ...fileState) func(inputs) bool {
	return func(in inputs) bool { return slices.Contains(states, in.token) }
}

func caIs(states ...fileState) func(inputs) bool {
	return func(in inputs) bool { return slices.Contains(states, in.ca) }
}

func either(rules ...func(inputs) bool) func(inputs) bool {
	return func(in inputs) bool {
		return slices.ContainsFunc(rules, func(r func(inputs) bool) bool { return r(in) })
	}
}

func proxyIs(settings ...observe.ProxySetting) func(inputs) bool {
	return func(in inputs) bool { return slices.Contains(settings, observe.EnvProxy.In(in.seen)) }
}

// proxyDiffers says that some clients use a proxy and others do not; Go ignores
// a variable that holds no URL.
var proxyDiffers = proxyIs(observe.ProxyDiffers, observe.ProxyNotUsable)

func sidecarIs(answer observe.Sidecar) func(inputs) bool {
	return func(in inputs) bool { return observe.SidecarAnswer.In(in.seen) == answer }
}

func caOutdated(in inputs) bool {
	validity := observe.VolumeCAValidity.In(in.seen)
	return validity == observe.Past || validity == observe.Future
}

func hasKubeconfig(in inputs) bool { return observe.EnvKubeconfig.Yes(in.seen) }

func ipv6(in inputs) bool {
	addr, err := netip.ParseAddr(in.host)
	return err == nil && addr.Is6()
}

// nameUnusable says that kubernetes.default.svc leads nowhere although the
// address works.
func nameUnusable(in inputs) bool { return in.blocked(true).kind != noFailure }

// nameVerifies says that the environment names a Service of this namespace, and
// that the address in DNS shows a certificate of the cluster.
func (in inputs) nameVerifies() bool {
	return observe.EnvOwnService.Yes(in.seen) && observe.EnvOwnHandshake.In(in.seen) == observe.Verifies
}

func severalCAs(in inputs) bool { return observe.VolumeBundle.Yes(in.seen) }

func apisStale(in inputs) bool {
	n, _ := observe.APIStale.In(in.seen)
	return n > 0
}

// fill puts what was seen into a text: {hostport}, {host}, {port}, {token},
// {ca}, {stale}, which is the first version that client-go complains about,
// {address}, which DNS has for the API, {mismatch}, which is how Go says that a
// certificate does not cover the host, and {strict}, {unrooted} and {weak}, which are
// how OpenSSL says what it finds in a chain.
func (in inputs) fill(text string) string {
	return strings.NewReplacer(
		"{hostport}", net.JoinHostPort(in.host, in.port), "{host}", in.host, "{port}", in.port,
		"{token}", tokenPath, "{ca}", caPath, "{mismatch}", in.mismatch(),
		"{strict}", strictErrors[in.strictRule()], "{unrooted}", unrootedErrors[observe.TLSAnchor.In(in.seen)], "{weak}", weakErrors[observe.TLSWeakKey.In(in.seen)],
		"{stale}", first(observe.APIStaleNames.In(in.seen)), "{address}", first(observe.DNSAddress.In(in.seen)),
	).Replace(text)
}

func first(texts []string) string {
	if len(texts) == 0 {
		return "..."
	}
	return texts[0]
}

// allSANs is how many SANs are recorded at most: of as many, some may be missing.
const allSANs = 24

// mismatch follows crypto/x509's HostnameError, which lists the names or the
// addresses of a certificate, whichever the host is.
func (in inputs) mismatch() string {
	sans := observe.TLSSANs.In(in.seen)
	covered := slices.DeleteFunc(slices.Clone(sans), func(san string) bool { return isAddress(san) != isAddress(in.host) })
	switch {
	case len(sans) == 0 || len(sans) >= allSANs:
		return "x509: ..."
	case len(covered) > 0:
		return fmt.Sprintf("x509: certificate is valid for %s, not %s", strings.Join(covered, ", "), in.host)
	case isAddress(in.host):
		return fmt.Sprintf("x509: cannot validate certificate for %s because it doesn't contain any IP SANs", in.host)
	}
	return "x509: certificate is not valid for any names, but wanted to match " + in.host
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}
