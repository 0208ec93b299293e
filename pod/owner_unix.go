//go:build unix

package pod

import (
	"io/fs"
	"slices"
	"strconv"
	"syscall"
)

// Owner returns the user and group of a file as numbers.
func Owner(info fs.FileInfo) (uid, gid string, ok bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", "", false
	}
	return strconv.FormatUint(uint64(stat.Uid), 10), strconv.FormatUint(uint64(stat.Gid), 10), true
}

// modeForbids says whether owner, group and mode alone keep id from using a
// file (need 4, read) or a directory (need 1, search).
func modeForbids(info fs.FileInfo, id Identity, need fs.FileMode) bool {
	uid, gid, ok := Owner(info)
	mode := info.Mode().Perm()
	switch {
	case !ok || !id.known:
		return mode&need == 0
	case uid == id.uid:
		return mode&(need<<6) == 0
	case slices.Contains(id.groups, gid):
		return mode&(need<<3) == 0
	}
	return mode&need == 0
}
