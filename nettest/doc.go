// Package nettest has the tests in network namespaces: a pod, its node that stands
// in for kube-proxy, two hosts of API servers and one of DNS, joined by veth pairs,
// with nftables on the path. What happens to a packet is the work of the kernel; the
// servers are those of package lab. The tests need the build tag nettest, Linux, root,
// iproute2 and nftables (make test-net).
//
// They run in a mount, a process and a network namespace of their own, in which the
// others are made: no other process sees their names, none leads anywhere else, and
// all are gone with the process, however it ends.
//
// Not done with tc, as a kernel may have no netem: delay, by two TUN devices and a
// relay between them; loss, by nftables.
package nettest
