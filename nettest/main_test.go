//go:build nettest && linux

// Package nettest runs the checks in network namespaces: a pod, its node that
// stands in for kube-proxy, two hosts of API servers and one of DNS, joined by
// veth pairs, with nftables on the way. What happens to a packet is the work of
// the kernel; the servers are those of package lab. It needs root, iproute2 and
// nftables: make test-net.
//
// The tests run in a mount, a process and a network namespace of their own, in
// which the others are made: nobody else sees their names, none leads anywhere
// else, and all are gone with the process, however it ends.
//
// Done in another way than with tc, as a kernel may have no netem: delay, by
// two TUN devices and a relay between them; loss, by nftables.
package nettest

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// roleKey is the variable that tells this binary, started by itself, its part.
const (
	roleKey   = "NETTEST_ROLE"
	roleTests = "tests"
	rolePod   = "pod"
)

func TestMain(m *testing.M) {
	status, err := 0, error(nil)
	switch os.Getenv(roleKey) {
	case rolePod:
		err = runIn(os.Stdin, os.Stdout)
	case roleTests:
		if err = ownMounts(); err == nil {
			status = m.Run()
		}
	default:
		status, err = apart()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "nettest:", err)
		status = 1
	}
	os.Exit(status)
}

// apart runs the tests in namespaces that end with them.
func apart() (int, error) {
	if os.Geteuid() != 0 {
		return 0, fmt.Errorf("uid %d cannot make network namespaces; root can", os.Geteuid())
	}
	for _, tool := range []string{"ip", "nft"} {
		if _, err := exec.LookPath(tool); err != nil {
			return 0, fmt.Errorf("%w; the packages iproute2 and nftables have what is needed", err)
		}
	}
	binary, err := os.Executable()
	if err != nil {
		return 0, err
	}
	runtime.LockOSThread() // Pdeathsig is about the thread
	tests := exec.Command(binary, os.Args[1:]...)
	tests.Env = append(os.Environ(), roleKey+"="+roleTests)
	tests.Stdin, tests.Stdout, tests.Stderr = os.Stdin, os.Stdout, os.Stderr
	tests.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := tests.Run(); tests.ProcessState == nil {
		return 0, err
	}
	return tests.ProcessState.ExitCode(), nil
}

// ownMounts gives "ip netns" a directory that nobody else sees, and shows the
// processes of this namespace in /proc.
func ownMounts() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make / private: %w", err)
	}
	if err := os.MkdirAll("/run/netns", 0o755); err != nil {
		return err
	}
	if err := unix.Mount("netns", "/run/netns", "tmpfs", 0, ""); err != nil {
		return fmt.Errorf("mount /run/netns: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	return nil
}
