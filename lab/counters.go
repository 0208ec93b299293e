package lab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
)

// counters are /proc/net/snmp, in which the kernel counts refusals.
type counters struct {
	mu                               sync.Mutex
	file                             string
	refused, resetsSent, unreachable int
	dropped, strays                  int
}

func newCounters(dir string) *counters {
	return &counters{file: filepath.Join(dir, "proc/net/snmp")}
}

// count writes that a connection was refused: by an ICMP message or by a reset, which
// Linux 6 counts apart, or by a reset of the pod's own kernel.
func (c *counters) count(r route) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case r.icmp:
		c.unreachable++
	case r.here:
		c.refused, c.resetsSent = c.refused+1, c.resetsSent+1
	default:
		c.refused++
	}
	return c.write()
}

// drop writes that packets came in which a rule of the pod dropped.
func (c *counters) drop(n int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropped += n
	return c.write()
}

// stray writes that datagrams came in which no socket takes.
func (c *counters) stray(n int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.strays += n
	return c.write()
}

// accept writes the proxy's end of a connection into /proc/net/tcp: port 15001, user 1337.
func (c *counters) accept(from net.Addr) error {
	end, ok := from.(*net.TCPAddr)
	if !ok {
		return fmt.Errorf("%v is no TCP address", from)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f, err := os.OpenFile(filepath.Join(filepath.Dir(c.file), "tcp"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "   7: 0100007F:3A99 %08X:%04X 01 00000000:00000000 00:00000000 00000000  1337        0 48152 1 0000000000000000\n",
		binary.LittleEndian.Uint32(end.IP.To4()), end.Port)
	return errors.Join(err, f.Close())
}

func (c *counters) write() error {
	text := fmt.Sprintf("Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers\nIp: 2 64 %d 0 0 0 0 0 900\n", 900+c.dropped)
	text += fmt.Sprintf("Udp: InDatagrams NoPorts InErrors\nUdp: 40 %d 0\n", c.strays)
	text += fmt.Sprintf("Icmp: InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds\nIcmp: %[2]d 0 0 %[2]d 0\n"+
		"Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails OutRsts\nTcp: 1 200 120000 -1 12 0 %[1]d %[3]d\n", c.refused, c.unreachable, c.resetsSent)
	whole := c.file + ".new" // a reader must not find half of it
	return errors.Join(os.WriteFile(whole, []byte(text), 0o644), os.Rename(whole, c.file))
}
