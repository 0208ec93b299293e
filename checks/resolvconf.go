package checks

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

const (
	resolvConfFile = "/etc/resolv.conf"
	hostsFile      = "/etc/hosts"
)

// What resolvers honour at least, see resolv.conf(5).
const (
	maxNameservers = 3
	maxSearch      = 6
	maxSearchBytes = 256
)

// resolvConf is what resolv.conf(5) says, as the C library reads it.
type resolvConf struct {
	nameservers []netip.Addr
	search      []string
	ndots       int
	options     string
	unread      []string // nameserver lines that hold no address
}

func readResolvConf(sys *System) (resolvConf, error) {
	data, err := sys.read(resolvConfFile, maxConfig)
	if err != nil {
		return resolvConf{ndots: 1}, err
	}
	return parseResolvConf(string(data)), nil
}

func parseResolvConf(text string) resolvConf {
	conf := resolvConf{ndots: 1}
	for line := range strings.SplitSeq(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.ContainsAny(fields[0][:1], "#;") {
			continue
		}
		switch key, values := fields[0], fields[1:]; {
		case key == "nameserver":
			addr, err := netip.ParseAddr(strings.Join(values, " "))
			if err != nil {
				conf.unread = append(conf.unread, line)
				continue
			}
			conf.nameservers = append(conf.nameservers, addr)
		case key == "search", key == "domain" && len(values) == 1:
			conf.search = nil
			for _, domain := range values {
				conf.search = append(conf.search, strings.TrimSuffix(domain, "."))
			}
		case key == "options":
			conf.options = strings.TrimSpace(conf.options + " " + strings.Join(values, " "))
			for _, option := range values {
				if n, err := strconv.Atoi(strings.TrimPrefix(option, "ndots:")); err == nil && strings.HasPrefix(option, "ndots:") {
					conf.ndots = min(max(n, 0), 15)
				}
			}
		}
	}
	return conf
}

// clusterDomain returns the domain that the kubelet put behind "svc." in the
// search list, or "".
func (c resolvConf) clusterDomain() string {
	for _, domain := range c.search {
		if rest, ok := strings.CutPrefix(domain, "svc."); ok {
			return rest
		}
		if _, rest, ok := strings.Cut(domain, ".svc."); ok {
			return rest
		}
	}
	if slices.Contains(c.search, defaultDomain) {
		return defaultDomain
	}
	return ""
}

// apiName is the API's absolute name, as far as the domain is known.
func (c resolvConf) apiName() string {
	domain := c.clusterDomain()
	if domain == "" {
		domain = defaultDomain
	}
	return serviceName + "." + domain + "."
}

// candidates returns the absolute names that a resolver tries for name, in its
// order: the search list comes first for names with fewer dots than ndots.
func (c resolvConf) candidates(name string) []string {
	if strings.HasSuffix(name, ".") {
		return []string{name}
	}
	var listed []string
	for _, domain := range c.search {
		if domain != "" {
			listed = append(listed, name+"."+domain+".")
		}
	}
	if strings.Count(name, ".") >= c.ndots {
		return append([]string{name + "."}, listed...)
	}
	return append(listed, name+".")
}

// own tells the candidates for name that are within the cluster's domain from
// the others. A host that somebody has set is asked for as it stands.
func (c resolvConf) own(candidates []string, name string) (own, foreign []string) {
	for _, candidate := range candidates {
		if c.inCluster(candidate) || name != serviceName && candidate == strings.TrimSuffix(name, ".")+"." {
			own = append(own, candidate)
		} else {
			foreign = append(foreign, candidate)
		}
	}
	return own, foreign
}

func (c resolvConf) inCluster(name string) bool {
	domain := c.clusterDomain()
	name = strings.TrimSuffix(name, ".")
	return domain != "" && (name == domain || strings.HasSuffix(name, "."+domain))
}

// faults lists what resolvers silently leave out.
func (c resolvConf) faults() []string {
	var faults []string
	if n := len(c.nameservers); n > maxNameservers {
		faults = append(faults, fmt.Sprintf("%d nameservers, of which resolvers use %d", n, maxNameservers))
	}
	if n := len(c.search); n > maxSearch {
		faults = append(faults, fmt.Sprintf("%d search domains, of which older resolvers use %d", n, maxSearch))
	}
	if n := len(strings.Join(c.search, " ")); n > maxSearchBytes {
		faults = append(faults, fmt.Sprintf("a search list of %d bytes, of which older resolvers read %d", n, maxSearchBytes))
	}
	if len(c.unread) > 0 {
		faults = append(faults, fmt.Sprintf("%d nameserver lines that hold no address, such as %q", len(c.unread), c.unread[0]))
	}
	return faults
}

// hostsAddrs returns the addresses that /etc/hosts gives a name.
func hostsAddrs(sys *System, name string) []netip.Addr {
	data, err := sys.read(hostsFile, maxConfig)
	if err != nil {
		return nil
	}
	var addrs []netip.Addr
	for line := range strings.SplitSeq(string(data), "\n") {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		addr, err := netip.ParseAddr(fields[0])
		for _, alias := range fields[1:] {
			if err == nil && sameHost(alias, name) {
				addrs = append(addrs, addr)
			}
		}
	}
	return addrs
}

var errNoNameserver = errors.New(resolvConfFile + " names no nameserver")
