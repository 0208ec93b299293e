//go:build nettest && linux

package nettest

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// wire joins pod and node by two TUN devices, between which packets take time
// and get lost. The kernel's own way, tc netem, is not everywhere.
type wire struct {
	oneWay time.Duration
	loss   float64 // of packets, in each direction
	seed   uint64  // of what decides which
}

// join is a podLink; the wire is gone with the devices.
func (w wire) join(pod, node namespace) (func(), error) {
	inPod, err := pod.tun("eth0")
	if err != nil {
		return nil, err
	}
	inNode, err := node.tun("pod")
	if err != nil {
		inPod.Close()
		return nil, err
	}
	var running sync.WaitGroup
	running.Go(func() { w.carry(inNode, inPod, rand.New(rand.NewPCG(w.seed, 1))) })
	running.Go(func() { w.carry(inPod, inNode, rand.New(rand.NewPCG(w.seed, 2))) })
	return func() {
		inPod.Close()
		inNode.Close()
		running.Wait()
	}, nil
}

// carry brings packets from one end to the other until from is closed.
func (w wire) carry(to io.Writer, from io.Reader, chance *rand.Rand) {
	type packet struct {
		due  time.Time
		data []byte
	}
	under := make(chan packet, 4096)
	var arriving sync.WaitGroup
	arriving.Go(func() {
		for p := range under {
			time.Sleep(time.Until(p.due))
			to.Write(p.data)
		}
	})
	for {
		buf := make([]byte, 2048)
		n, err := from.Read(buf)
		if err != nil {
			break
		}
		if chance.Float64() >= w.loss {
			under <- packet{time.Now().Add(w.oneWay), buf[:n]}
		}
	}
	close(under)
	arriving.Wait()
}

// tun makes a TUN device inside, of which each read and write is a packet.
func (n namespace) tun(name string) (f *os.File, err error) {
	err = n.inside(func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("/dev/net/tun: %w", err)
		}
		request, err := unix.NewIfreq(name)
		if err != nil {
			return err
		}
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
			unix.Close(fd)
			return fmt.Errorf("make the device %s: %w", name, err)
		}
		f = os.NewFile(uintptr(fd), name)
		return nil
	})
	return f, err
}
