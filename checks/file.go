package checks

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
)

// maxConfig is how much of a configuration file is read, in bytes.
const maxConfig = 64 << 10

var errTooLarge = errors.New("too large")

// read returns the content of a regular file of at most limit bytes. It never
// blocks on a named pipe or a device.
func (s *System) read(name string, limit int64) ([]byte, error) {
	f, err := os.OpenFile(s.path(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, unpath(name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, unpath(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file but a %s", name, kindOf(info.Mode()))
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, unpath(name, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: %w: %d bytes, at most %d make sense", name, errTooLarge, max(info.Size(), limit+1), limit)
	}
	return data, nil
}

// maxEntries is how many entries of a directory are listed.
const maxEntries = 16

// list returns the first entries of a directory, without those that begin with
// "..", which the kubelet's atomic writer keeps for itself.
func (s *System) list(name string) ([]string, error) {
	dir, err := os.Open(s.path(name))
	if err != nil {
		return nil, unpath(name, err)
	}
	defer dir.Close()
	entries, err := dir.Readdirnames(maxEntries)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, unpath(name, err)
	}
	entries = slices.DeleteFunc(entries, func(entry string) bool { return strings.HasPrefix(entry, "..") })
	slices.Sort(entries)
	return entries, nil
}

func (s *System) stat(name string) (fs.FileInfo, error) {
	info, err := os.Stat(s.path(name))
	return info, unpath(name, err)
}

// unpath names the file as the pod knows it.
func unpath(name string, err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return fmt.Errorf("%s: %w", name, pathErr.Err)
	}
	return err
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "directory"
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

// identity is who this process is to the file system.
type identity struct {
	known  bool
	uid    string
	groups []string // the effective one first
}

func (id identity) String() string {
	if !id.known {
		return "unknown"
	}
	return fmt.Sprintf("uid %s, gid %s", id.uid, strings.Join(id.groups, " "))
}

// identify reads who this process is from /proc/self/status, see proc(5).
func identify(sys *System) identity {
	var id identity
	data, _ := sys.read("/proc/self/status", maxConfig)
	for line := range strings.SplitSeq(string(data), "\n") {
		key, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		switch {
		case key == "Uid" && len(fields) == 4:
			id.known, id.uid = true, fields[1]
		case key == "Gid" && len(fields) == 4:
			id.groups = append([]string{fields[1]}, id.groups...)
		case key == "Groups":
			id.groups = append(id.groups, fields...)
		}
	}
	return id
}
