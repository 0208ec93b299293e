package main

import (
	"context"
	"io"
	"net/netip"
	"slices"

	"github.com/k8sdoctor/k8sdoctor/internal/commands"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// usualPort is where API servers listen behind their Service IP.
const usualPort = 6443

// endpointsFromReport takes the API servers' own addresses from a report that was
// saved when the API server was reachable, or in another pod: the address that /api
// names, and those that the certificate covers.
func endpointsFromReport(ctx context.Context, name string, stdin io.Reader) ([]netip.AddrPort, error) {
	r, err := commands.SavedReport(ctx, name, stdin)
	if err != nil {
		return nil, err
	}
	seen := observe.All(r.Results)
	var found []netip.AddrPort
	if own, err := netip.ParseAddrPort(observe.APIServerAddress.In(seen)); err == nil {
		found = append(found, own)
	}
	for _, san := range observe.TLSSANs.In(seen) {
		addr, err := netip.ParseAddr(san)
		if err == nil && !addr.IsLoopback() && san != observe.EnvHostValue.In(seen) && !slices.ContainsFunc(found, func(known netip.AddrPort) bool { return known.Addr() == addr }) {
			found = append(found, netip.AddrPortFrom(addr, usualPort))
		}
	}
	return found, nil
}
