package pod

import (
	"strconv"
	"strings"
)

// Conntrack returns how many connections the kernel tracks in this network namespace, and
// at how many it drops new ones; ok is false where it does not say, or has no limit.
func Conntrack(sys *System) (count, limit int, ok bool) {
	count, ok = readNumber(sys, "/proc/sys/net/netfilter/nf_conntrack_count")
	limit, limited := readNumber(sys, "/proc/sys/net/netfilter/nf_conntrack_max")
	return count, limit, ok && limited && limit > 0
}

func readNumber(sys *System, name string) (int, bool) {
	data, err := sys.Read(name, MaxConfig)
	if err != nil {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(data)))
	return n, err == nil
}
