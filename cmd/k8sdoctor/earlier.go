package main

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/k8sdoctor/k8sdoctor/diagnosis"
)

// usualPort is where API servers listen behind their service IP.
const usualPort = 6443

// earlierEndpoints takes the API servers' own addresses from a report that was
// saved when the API could be reached, or in another pod: the address that /api
// told, and those that the certificate names.
func earlierEndpoints(name string) ([]netip.AddrPort, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r, err := readReport(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	seen := diagnosis.Seen{Pod: r.Pod, Results: r.Results}
	var found []netip.AddrPort
	if own, err := netip.ParseAddrPort(seen.Evidence("api.versions", "server address for 0.0.0.0/0")); err == nil {
		found = append(found, own)
	}
	for _, san := range strings.Split(seen.Evidence("tls.host", "SANs"), ", ") {
		addr, err := netip.ParseAddr(san)
		if err == nil && !addr.IsLoopback() && san != seen.Host() && !slices.ContainsFunc(found, func(known netip.AddrPort) bool { return known.Addr() == addr }) {
			found = append(found, netip.AddrPortFrom(addr, usualPort))
		}
	}
	return found, nil
}
