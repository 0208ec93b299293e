//go:build !linux

package pod

import (
	"errors"
	"net/netip"
)

// askRoute is not possible here.
func askRoute(netip.Addr) (Route, bool, error) { return Route{}, false, errors.ErrUnsupported }
