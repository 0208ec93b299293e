//go:build nettest && linux

package nettest

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// namespace is the name of a network namespace.
type namespace string

// run runs a command, with the text on its standard input.
func run(text, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s%s", strings.Join(cmd.Args, " "), err, bytes.TrimSpace(out), indented(text))
	}
	return nil
}

func indented(text string) string {
	if text == "" {
		return ""
	}
	return "\n\t" + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n\t")
}

// run runs a command line inside.
func (n namespace) run(line string) error {
	return run("", "ip", append([]string{"netns", "exec", string(n)}, strings.Fields(line)...)...)
}

// ip runs the lines as commands of ip inside.
func (n namespace) ip(lines ...string) error {
	return run(strings.Join(lines, "\n"), "ip", "-n", string(n), "-batch", "-")
}

// nft loads a ruleset inside.
func (n namespace) nft(rules string) error {
	return run(rules, "ip", "netns", "exec", string(n), "nft", "-f", "-")
}

// inside calls f on a thread that is in the namespace.
func (n namespace) inside(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		done <- func() error {
			file, err := os.Open("/run/netns/" + string(n))
			if err != nil {
				return err
			}
			defer file.Close()
			if err := unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err != nil {
				return fmt.Errorf("enter %s: %w", n, err)
			}
			return f()
		}()
	}()
	return <-done
}

// listen opens a TCP port inside.
func (n namespace) listen(address string) (l net.Listener, err error) {
	err = n.inside(func() error {
		l, err = net.Listen("tcp4", address)
		return err
	})
	return l, err
}

// listenPacket opens a UDP port inside.
func (n namespace) listenPacket(address string) (c net.PacketConn, err error) {
	err = n.inside(func() error {
		c, err = net.ListenPacket("udp4", address)
		return err
	})
	return c, err
}

// self runs this binary inside, as the part named.
func (n namespace) self(part string, in io.Reader) ([]byte, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("ip", "netns", "exec", string(n), binary)
	cmd.Env = append(os.Environ(), roleKey+"="+part)
	cmd.Stdin = in
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, complaints.Bytes())
	}
	return out, nil
}
