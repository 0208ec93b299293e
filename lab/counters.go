package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// counters are /proc/net/snmp, in which the kernel counts refusals.
type counters struct {
	mu                   sync.Mutex
	file                 string
	refused, unreachable int
}

func newCounters(dir string) *counters {
	return &counters{file: filepath.Join(dir, "proc/net/snmp")}
}

// count writes that a connection was refused, by an ICMP message or by a reset, which
// Linux 6 counts apart.
func (c *counters) count(byICMP bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if byICMP {
		c.unreachable++
	} else {
		c.refused++
	}
	return c.write()
}

func (c *counters) write() error {
	text := fmt.Sprintf("Icmp: InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds\nIcmp: %[2]d 0 0 %[2]d 0\n"+
		"Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails\nTcp: 1 200 120000 -1 12 0 %[1]d\n", c.refused, c.unreachable)
	return os.WriteFile(c.file, []byte(text), 0o644)
}
