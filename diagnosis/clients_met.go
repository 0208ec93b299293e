package diagnosis

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// The files of the service account as error texts name them.
const (
	tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount/token"
	caPath    = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
)

// fileState is how a file presents itself to a client.
type fileState int

const (
	fileFine fileState = iota
	fileMissing
	fileDenied // it is there and may not be read
	fileEmpty
	fileBlank   // nothing but white space
	filePadded  // good, with white space around it
	fileControl // a control character inside
	fileInvalid
	fileOther // unlike any of these
)

// met is what the clients meet in this pod.
type met struct {
	seen             Seen
	hostSet, portSet bool
	envEmpty         bool // set, and empty
	oddEnv           bool // set to something that is no host or no port
	linkedPort       bool // the port is the address of a Service
	host, port       string
	token, ca        fileState
	namespaceMissing bool
	kubeconfig       bool // KUBECONFIG or ~/.kube/config is there
}

const notSet = "(not set)"

func meet(seen Seen) met {
	m := met{seen: seen}
	m.host, m.port = seen.Evidence("env.service", "KUBERNETES_SERVICE_HOST"), seen.Evidence("env.service", "KUBERNETES_SERVICE_PORT")
	m.hostSet, m.portSet = m.host != notSet, m.port != notSet
	m.envEmpty = m.host == "" || m.port == ""
	env := seen.Result("env.service")
	m.oddEnv = env.Status == "" || env.Status == checks.Fail && env.Code == "env.malformed" && !m.envEmpty
	m.linkedPort = env.Evidence.Get("link to") != ""
	m.token, m.ca = tokenState(seen.Result("volume.token")), caState(seen)
	namespace := seen.Result("volume.namespace")
	m.namespaceMissing = namespace.Code == "volume.namespace-missing" && strings.Contains(namespace.Summary, "no such file")
	overrides := strings.Split(seen.Evidence("env.client", "overrides"), ", ")
	for _, name := range overrides {
		m.kubeconfig = m.kubeconfig || name == "KUBECONFIG" || strings.HasSuffix(name, "/.kube/config")
	}
	return m
}

var controlCharacter = regexp.MustCompile(`character U\+00([01][0-9A-F]|7F) at byte`)

func tokenState(r checks.Result) fileState {
	switch r.Code {
	case "":
		if r.Status == checks.Pass {
			return fileFine
		}
	case "volume.not-mounted", "volume.empty", "volume.token-missing":
		return fileMissing
	case "volume.token-denied", "volume.denied":
		// Where the directory bars the way, clients differ in what they ask first.
		if strings.HasPrefix(r.Evidence.Get("mode"), tokenPath+" ") {
			return fileDenied
		}
	case "volume.token-empty":
		if r.Evidence.Get("size") == "0 bytes" {
			return fileEmpty
		}
		return fileBlank
	case "volume.token-dirty":
		switch {
		case strings.Contains(r.Summary, "around the token"):
			return filePadded
		case controlCharacter.MatchString(r.Summary):
			return fileControl
		}
		return fileInvalid // the server refuses it
	case "volume.token-malformed":
		if strings.Contains(r.Summary, "not a JWT") {
			return fileInvalid
		}
	}
	return fileOther
}

func caState(seen Seen) fileState {
	switch r := seen.Result("volume.ca"); {
	case r.Code == "volume.ca-missing":
		return fileMissing
	case r.Code == "volume.denied":
		return fileDenied
	case r.Code == "volume.ca-invalid" && strings.Contains(r.Summary, " 0 bytes"):
		return fileEmpty
	case r.Code == "volume.ca-invalid" && strings.Contains(r.Summary, "no certificate in them"):
		return fileInvalid
	case r.Code == "volume.ca-invalid":
		return fileOther
	case r.Status == checks.Skip:
		switch seen.Result("volume.token").Code {
		case "volume.not-mounted", "volume.empty":
			return fileMissing
		}
		return fileOther
	}
	return fileFine
}

// The predicates that rules are made of.

func portIsLink(m met) bool { return m.linkedPort }

func envUnset(m met) bool { return !m.hostSet || !m.portSet }

func envUnusable(m met) bool { return envUnset(m) || m.envEmpty }

func tokenIs(states ...fileState) func(met) bool {
	return func(m met) bool { return slices.Contains(states, m.token) }
}

func caIs(states ...fileState) func(met) bool {
	return func(m met) bool { return slices.Contains(states, m.ca) }
}

func either(rules ...func(met) bool) func(met) bool {
	return func(m met) bool {
		return slices.ContainsFunc(rules, func(r func(met) bool) bool { return r(m) })
	}
}

func hasKubeconfig(m met) bool { return m.kubeconfig }

func ipv6(m met) bool { return address(m.host) && strings.Contains(m.host, ":") }

func has(id, code string) func(met) bool {
	return func(m met) bool { return m.seen.Result(id).Code == code }
}

// nameUnusable says that kubernetes.default.svc leads nowhere although the
// address works.
func nameUnusable(m met) bool {
	_, what := m.blocked(true)
	return what != noTrouble
}

// leafWithoutAuthority says that the server's certificate lacks the authority
// key identifier.
func leafWithoutAuthority(m met) bool {
	return strings.Contains(m.seen.Evidence("tls.chain", "served 0"), "issuer's key (none)")
}

// fill puts what was seen into a text: {hostport}, {host}, {port}, {token},
// {ca}, {stale}, and {mismatch}, which is how Go says that a certificate does
// not cover the host.
func (m met) fill(text string) string {
	return strings.NewReplacer(
		"{hostport}", net.JoinHostPort(m.host, m.port), "{host}", m.host, "{port}", m.port,
		"{token}", tokenPath, "{ca}", caPath, "{mismatch}", m.mismatch(), "{stale}", m.stale(),
	).Replace(text)
}

// stale is the first version that client-go would complain about.
func (m met) stale() string {
	first, _, _ := strings.Cut(m.seen.Evidence("api.versions", "stale"), ", ")
	return first
}

// mismatch follows crypto/x509's HostnameError.
func (m met) mismatch() string {
	var covered []string
	sans := m.seen.Evidence("tls.host", "SANs")
	for _, san := range strings.Split(sans, ", ") {
		if san != "" && address(san) == address(m.host) && !strings.Contains(san, " ") {
			covered = append(covered, san)
		}
	}
	switch {
	case sans == "" || strings.Contains(sans, " more"):
		return "x509: ..."
	case len(covered) > 0:
		return fmt.Sprintf("x509: certificate is valid for %s, not %s", strings.Join(covered, ", "), m.host)
	case address(m.host):
		return fmt.Sprintf("x509: cannot validate certificate for %s because it doesn't contain any IP SANs", m.host)
	}
	return "x509: certificate is not valid for any names, but wanted to match " + m.host
}
