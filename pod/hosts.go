package pod

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// HostsFile is hosts(5), which resolvers read before they ask a nameserver.
const HostsFile = "/etc/hosts"

// What the kubelet writes into hosts files, see ensureHostsFile in its package kubelet.
const (
	headerOfNode  = "# Kubernetes-managed hosts file (host network)."
	headerOfAlias = "# Entries added by HostAliases."
)

// HostsEntry is a line of /etc/hosts that gives a name an address.
type HostsEntry struct {
	Line int // from 1
	Text string
	Addr netip.Addr
	By   observe.HostsBy
}

// HostsEntries returns the lines of /etc/hosts that give a name an address.
func HostsEntries(sys *System, name string) []HostsEntry {
	data, err := sys.Read(HostsFile, MaxConfig)
	if err != nil {
		return nil
	}
	var entries []HostsEntry
	by := observe.HostsByOther
	for i, line := range strings.Split(string(data), "\n") {
		switch line {
		case headerOfNode:
			by = observe.HostsByNode
		case headerOfAlias:
			by = observe.HostsByAlias
		}
		text, _, _ := strings.Cut(line, "#")
		fields := strings.Fields(text)
		if len(fields) < 2 {
			continue
		}
		addr, err := netip.ParseAddr(fields[0])
		if err != nil || !slices.ContainsFunc(fields[1:], func(alias string) bool { return SameHost(alias, name) }) {
			continue
		}
		entry := HostsEntry{Line: i + 1, Text: line, Addr: addr, By: by}
		if by == observe.HostsByAlias && line != strings.Join(fields, "\t") { // the kubelet writes tabs
			entry.By = observe.HostsByOther
		}
		entries = append(entries, entry)
	}
	return entries
}
