//go:build nettest && linux

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
