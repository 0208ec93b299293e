package checks

import "io/fs"

func owner(fs.FileInfo) (uid, gid string, ok bool) { return "", "", false }

func modeForbids(fs.FileInfo, identity, fs.FileMode) bool { return true }
