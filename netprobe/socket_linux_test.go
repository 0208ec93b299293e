package netprobe

import (
	"net"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestDeniedSocket has a seccomp filter of this thread deny the system call socket, as a
// profile of a container may.
func TestDeniedSocket(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.EACCES, syscall.EPERM} {
		ends := make(chan error)
		go func() {
			runtime.LockOSThread() // and never unlock: the thread ends with its filter
			if err := denySockets(errno); err != nil {
				t.Error(err)
			}
			_, err := net.Dial("tcp4", "127.0.0.1:1")
			ends <- err
		}()
		err := RootError(t.Context(), <-ends)
		if got := answerOf(err, 0, 0); got != observe.NoSocket || !IsSocketDenied(err) {
			t.Errorf("%v: got %s (%v)", errno, got, err)
		}
	}
	if err := syscall.EACCES; IsSocketDenied(err) {
		t.Error("an errno of another call is one of socket")
	}
}

func denySockets(errno syscall.Errno) error {
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS}, // the number of the system call, see seccomp(2)
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_SOCKET, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0)
}
