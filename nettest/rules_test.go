//go:build nettest && linux

package nettest

// before drops or rejects what the pod sends, in its node, where a packet still
// has the Service IP.
func before(rule string) string { return "nft add rule inet faults before " + rule }

// after does so where it has the address of a server.
func after(rule string) string { return "nft add rule inet faults after " + rule }

// received does so where a machine takes it.
func received(rule string) string { return "nft add rule inet faults received " + rule }

// sent does so where a machine sends it.
func sent(rule string) string { return "nft add rule inet faults sent " + rule }

// redirected changes where a machine's own connections go.
func redirected(rule string) string { return "nft add rule inet faults redirected " + rule }
