//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// A kind node is a container: what is broken on a node is broken there by
// docker exec. Pods land on the first worker; the second is the one to break, and
// pods of the control-plane node are led elsewhere than to the API server.
func controlPlane() string { return os.Getenv("E2E_CLUSTER") + "-control-plane" }
func healthyNode() string  { return os.Getenv("E2E_CLUSTER") + "-worker" }
func brokenNode() string   { return os.Getenv("E2E_CLUSTER") + "-worker2" }

// onNode runs a shell command on a node.
func onNode(t *testing.T, node, script string) string {
	t.Helper()
	return command(t, "docker", "exec", node, "sh", "-c", script)
}

// setAside keeps the scheduler from the node that is about to be broken.
func setAside(t *testing.T, node string) {
	t.Helper()
	kubectl(t, "cordon", node)
	t.Cleanup(func() { kubectl(t, "uncordon", node) })
}

// rules puts nftables rules on a node until the end of the test. They see what
// its pods send, before kube-proxy translates the addresses. The words
// $PODS, $API, $SERVICE, $GONE and $DNS stand for the node's pods, the API server's own
// address, its Service IP, an address of no machine beside it, and a DNS pod.
func rules(on func() string, chains string) func(*testing.T, namespace) values {
	return func(t *testing.T, _ namespace) values {
		t.Helper()
		node := on()
		api, _, _ := strings.Cut(endpoint(t), ":")
		text := os.Expand(chains, func(word string) string {
			switch word {
			case "PODS":
				return kubectl(t, "get", "node", node, "--output=jsonpath={.spec.podCIDR}")
			case "API":
				return api
			case "GONE":
				return api[:strings.LastIndex(api, ".")] + ".250"
			case "SERVICE":
				return kubectl(t, "--namespace=default", "get", "service", "kubernetes", "--output=jsonpath={.spec.clusterIP}")
			case "DNS":
				return kubectl(t, "--namespace=kube-system", "get", "pods", "--selector=k8s-app=kube-dns",
					"--output=jsonpath={.items[0].status.podIP}")
			}
			t.Fatalf("nothing says what $%s is", word)
			return ""
		})
		t.Cleanup(func() { onNode(t, node, "nft delete table ip e2e") })
		commandWith(t, "table ip e2e {\n"+text+"\n}\n", "docker", "exec", "-i", node, "nft", "-f", "-")
		return values{"NODE": node}
	}
}

// The chains that rules are written for: before the address of a service is
// translated, in its place, and after.
const (
	before = "chain before { type filter hook prerouting priority -250; ip saddr $PODS %s; }"
	dnat   = "chain translate { type nat hook prerouting priority -110; ip saddr $PODS ip daddr $SERVICE tcp dport 443 %s; }"
	after  = "chain after { type filter hook forward priority -10; %s; }"
)

// rule puts one rule on the broken node.
func rule(chain, text string) func(*testing.T, namespace) values {
	return rules(brokenNode, fmt.Sprintf(chain, text))
}

// led leads the pods of the control-plane node to that address in the place of
// the API's Service IP.
func led(to string) func(*testing.T, namespace) values {
	return rules(controlPlane, fmt.Sprintf(dnat, "dnat to "+to))
}

// silentServer puts a server in the API's place that takes connections and
// never says a word.
func silentServer(t *testing.T, ns namespace) values {
	t.Helper()
	command(t, "docker", "exec", "--detach", controlPlane(), "perl", "-MIO::Socket::INET",
		"-e", "my $s = IO::Socket::INET->new(Listen => 64, LocalPort => 6445, ReuseAddr => 1) or die; sleep 60")
	return led("$API:6445")(t, ns)
}

// narrow makes the path from the API server to the broken node's pods carry
// packets of that size at most, and no ICMP message tells the sender.
func narrow(size int) func(*testing.T, namespace) values {
	drop := rule(after, fmt.Sprintf("ip daddr $PODS tcp sport 6443 meta length > %d drop", size))
	return func(t *testing.T, ns namespace) values {
		t.Helper()
		// one segment at a time, or the kernel hands over several in one piece
		t.Cleanup(func() { onNode(t, controlPlane(), "ip link set eth0 gso_max_segs 65535") })
		onNode(t, controlPlane(), "ip link set eth0 gso_max_segs 1")
		return drop(t, ns)
	}
}

// withoutServiceRules removes what kube-proxy wrote on the broken node for
// services, and has it sleep, until the end of the test; verdict is what becomes
// of packets that then leave the node for a Service IP.
func withoutServiceRules(verdict string) func(*testing.T, namespace) values {
	return func(t *testing.T, ns namespace) values {
		t.Helper()
		node := brokenNode()
		const chain = "iptables -t nat -S KUBE-SERVICES | grep '^-A'"
		was := onNode(t, node, "pkill -STOP -x kube-proxy && "+chain)
		t.Cleanup(func() {
			commandWith(t, "*nat\n"+was+"COMMIT\n", "docker", "exec", "-i", node, "iptables-restore", "--noflush")
			onNode(t, node, "pkill -CONT -x kube-proxy")
		})
		onNode(t, node, "iptables -t nat -F KUBE-SERVICES")
		return rule(after, "ip daddr $SERVICE/16 "+verdict)(t, ns)
	}
}
