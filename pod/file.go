package pod

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// MaxConfig is how much of a configuration file is read, in bytes.
const MaxConfig = 64 << 10

var errTooLarge = errors.New("too large")

// Read returns the content of a regular file of at most limit bytes. It never
// blocks on a named pipe or a device.
func (s *System) Read(name string, limit int64) ([]byte, error) {
	f, info, err := s.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, unpath(name, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: %w: %d bytes, at most %d make sense", name, errTooLarge, max(info.Size(), limit+1), limit)
	}
	return data, nil
}

func (s *System) open(name string) (*os.File, fs.FileInfo, error) {
	f, err := os.OpenFile(s.path(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, unpath(name, err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		err = unpath(name, err)
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s: not a file but a %s", name, kindOf(info.Mode()))
	default:
		return f, info, nil
	}
	f.Close()
	return nil, nil, err
}

// maxEntries is how many entries of a directory are listed.
const maxEntries = 16

// List returns the first entries of a directory, without those that begin with
// "..", which the kubelet's atomic writer keeps for itself.
func (s *System) List(name string) ([]string, error) {
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

// Stat is os.Stat of one of the pod's files.
func (s *System) Stat(name string) (fs.FileInfo, error) {
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

// Identity is who this process is to the file system.
type Identity struct {
	known  bool
	uid    string
	groups []string // the effective one first
}

// String names user and groups as numbers.
func (id Identity) String() string {
	if !id.known {
		return "unknown"
	}
	return fmt.Sprintf("uid %s, gid %s", id.uid, strings.Join(id.groups, " "))
}

// Identify reads who this process is from /proc/self/status, see proc(5).
func Identify(sys *System) Identity {
	var id Identity
	data, _ := sys.Read("/proc/self/status", MaxConfig)
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

// Refusal is what keeps this process from reading a file.
type Refusal struct {
	Reason observe.File // by mode, above, or by label
	Name   string       // the file, or its directory
	Info   fs.FileInfo  // of name; nil where not even the directory can be looked at
}

// RefusedBy says what keeps this process from reading a file that it may not read.
func RefusedBy(sys *System, file string, id Identity) Refusal {
	r, need := Refusal{Reason: observe.FileDeniedMode, Name: file}, fs.FileMode(4)
	var err error
	if r.Info, err = sys.Stat(file); err != nil {
		r, need = Refusal{Reason: observe.FileDeniedAbove, Name: path.Dir(file)}, 1
		if r.Info, err = sys.Stat(r.Name); err != nil {
			return Refusal{}
		}
	}
	if !modeForbids(r.Info, id, need) {
		r.Reason = observe.FileDeniedLabel
	}
	return r
}

// DescribeMode is the mode of a file and whose it is, as numbers.
func DescribeMode(info fs.FileInfo) string {
	if uid, gid, ok := Owner(info); ok {
		return fmt.Sprintf("%s %s:%s", info.Mode(), uid, gid)
	}
	return info.Mode().String()
}

// What files may weigh, in bytes: a token has 1 to 2 kB, a bundle of a hundred
// certificates 200 kB.
const (
	MaxToken  = 1 << 20 // no API server takes a larger one: it is the most that headers may weigh
	MaxBundle = 1 << 20
)
