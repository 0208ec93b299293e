package pod

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ResolvConfFile is resolv.conf(5).
const ResolvConfFile = "/etc/resolv.conf"

// What resolvers honour at least, see resolv.conf(5).
const (
	MaxNameservers = 3
	maxSearchBytes = 256
)

// ResolvConf is what resolv.conf(5) says, as the C library reads it.
type ResolvConf struct {
	Nameservers []netip.Addr
	Search      []string
	NDots       int
	Options     string
	Origin      ResolvOrigin
	unread      []string // nameserver lines that hold no address
}

// ReadResolvConf reads the pod's resolv.conf.
func ReadResolvConf(sys *System) (ResolvConf, error) {
	data, err := sys.Read(ResolvConfFile, MaxConfig)
	if err != nil {
		return ResolvConf{NDots: 1}, err
	}
	conf := parseResolvConf(string(data))
	conf.Origin = resolvOrigin(sys, string(data))
	return conf, nil
}

func parseResolvConf(text string) ResolvConf {
	conf := ResolvConf{NDots: 1}
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
			conf.Nameservers = append(conf.Nameservers, addr)
		case key == "search", key == "domain" && len(values) == 1:
			conf.Search = nil
			for _, domain := range values {
				conf.Search = append(conf.Search, strings.TrimSuffix(domain, "."))
			}
		case key == "options":
			conf.Options = strings.TrimSpace(conf.Options + " " + strings.Join(values, " "))
			for _, option := range values {
				if n, err := strconv.Atoi(strings.TrimPrefix(option, "ndots:")); err == nil && strings.HasPrefix(option, "ndots:") {
					conf.NDots = min(max(n, 0), 15)
				}
			}
		}
	}
	return conf
}

// ClusterDomain returns the domain that the kubelet put behind "svc." in the
// search list, or "".
func (c ResolvConf) ClusterDomain() string {
	for _, domain := range c.Search {
		if rest, ok := strings.CutPrefix(domain, "svc."); ok {
			return rest
		}
		if _, rest, ok := strings.Cut(domain, ".svc."); ok {
			return rest
		}
	}
	if slices.Contains(c.Search, DefaultDomain) {
		return DefaultDomain
	}
	return ""
}

// APIName is the API's absolute name, as far as the domain is known.
func (c ResolvConf) APIName() string {
	domain := c.ClusterDomain()
	if domain == "" {
		domain = DefaultDomain
	}
	return ServiceName + "." + domain + "."
}

// Candidates returns the absolute names that a resolver tries for name, in its
// order: the search list comes first for names with fewer dots than ndots.
func (c ResolvConf) Candidates(name string) []string {
	if strings.HasSuffix(name, ".") {
		return []string{name}
	}
	var listed []string
	for _, domain := range c.Search {
		if domain != "" {
			listed = append(listed, name+"."+domain+".")
		}
	}
	if strings.Count(name, ".") >= c.NDots {
		return append([]string{name + "."}, listed...)
	}
	return append(listed, name+".")
}

// Own tells the candidates for name that are within the cluster's domain from
// the others. A host that somebody has set is asked for as it stands.
func (c ResolvConf) Own(candidates []string, name string) (own, foreign []string) {
	for _, candidate := range candidates {
		if c.InCluster(candidate) || name != ServiceName && candidate == strings.TrimSuffix(name, ".")+"." {
			own = append(own, candidate)
		} else {
			foreign = append(foreign, candidate)
		}
	}
	return own, foreign
}

// InCluster says that a name lies in the cluster's domain.
func (c ResolvConf) InCluster(name string) bool {
	domain := c.ClusterDomain()
	name = strings.TrimSuffix(name, ".")
	return domain != "" && (name == domain || strings.HasSuffix(name, "."+domain))
}

// Faults lists what resolvers silently leave out.
func (c ResolvConf) Faults() []string {
	var faults []string
	if n := len(c.Nameservers); n > MaxNameservers {
		faults = append(faults, fmt.Sprintf("%d nameservers, of which resolvers use %d", n, MaxNameservers))
	}
	if n := len(strings.Join(c.Search, " ")); n > maxSearchBytes {
		faults = append(faults, fmt.Sprintf("a search list of %d bytes, of which older resolvers read %d", n, maxSearchBytes))
	}
	if len(c.unread) > 0 {
		faults = append(faults, fmt.Sprintf("%d nameserver lines that hold no address, such as %q", len(c.unread), c.unread[0]))
	}
	return faults
}

// ErrNoNameserver is the end of a question that nobody can be asked.
var ErrNoNameserver = errors.New(ResolvConfFile + " names no nameserver")

// IsNodeCache knows the addresses that NodeLocal DNSCache and Kubespray use;
// other link-local addresses are a cloud's own resolver.
func IsNodeCache(addr netip.Addr) bool {
	return addr == netip.AddrFrom4([4]byte{169, 254, 20, 10}) || addr == netip.AddrFrom4([4]byte{169, 254, 25, 10})
}

// ServiceIPs are the nameservers that are Service IPs, as far as resolv.conf and a
// known Service IP, which may be none, tell: those of a node, of its cache or of the
// internet, or of a program in the pod, say nothing of Service IPs.
func (c ResolvConf) ServiceIPs(known netip.Addr) []netip.Addr {
	if c.ClusterDomain() == "" || c.OfProgram() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.Nameservers[:min(len(c.Nameservers), MaxNameservers)]), func(server netip.Addr) bool {
		return IsNodeCache(server) || server.IsLoopback() || server.IsLinkLocalUnicast() || known.IsValid() && !inOneRange(server.Unmap(), known.Unmap())
	})
}

// The largest ranges of Service IPs that the API server accepts, see its flag
// --service-cluster-ip-range and the ServiceCIDR API.
const (
	widestRange4 = 12 // bits of the prefix
	widestRange6 = 64
)

// InServiceRange says that an address may be a Service IP, as a known one is.
func InServiceRange(addr, known netip.Addr) bool {
	return known.IsValid() && inOneRange(addr.Unmap(), known.Unmap())
}

// inOneRange says that two addresses may be of one range of Service IPs, or of the
// two of a cluster with both families.
func inOneRange(a, b netip.Addr) bool {
	if a.Is4() != b.Is4() {
		return a.IsPrivate()
	}
	bits := widestRange6
	if a.Is4() {
		bits = widestRange4
	}
	return netip.PrefixFrom(b, bits).Contains(a)
}

// ServiceName is the name that the Kubernetes guide promises for the API.
const ServiceName = "kubernetes.default.svc"

// DefaultDomain is the cluster domain where nobody has set another.
const DefaultDomain = "cluster.local"

// SameHost compares two hosts, each a name or an address.
func SameHost(a, b string) bool {
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	if errX == nil && errY == nil {
		return x.Unmap() == y.Unmap()
	}
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// JoinAddrs lists addresses with a space between them.
func JoinAddrs(addrs []netip.Addr) string {
	var b strings.Builder
	for i, addr := range addrs {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(addr.String())
	}
	return b.String()
}
