package launch

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// inRoot is the interpreter with a script that reads /sys/fs/cgroup and /proc under root.
func (i interpreter) inRoot(root string) interpreter {
	i.command = slices.Clone(i.command)
	for n := range i.command {
		for _, name := range []string{"/sys/fs/cgroup", "/proc/self/cgroup", "/proc/meminfo"} {
			i.command[n] = strings.ReplaceAll(i.command[n], name, root+name)
		}
	}
	return i
}

const mega = 1 << 20

// v1 and v2 are the files of a cgroup with a limit in that version of cgroups.
func v1(files map[string]string, path string, limit, used, cache int) {
	dir := filepath.Join("/sys/fs/cgroup/memory", path)
	files[dir+"/memory.limit_in_bytes"] = strconv.Itoa(limit)
	files[dir+"/memory.usage_in_bytes"] = strconv.Itoa(used)
	files[dir+"/memory.stat"] = "cache 1\ninactive_file 2\ntotal_inactive_file " + strconv.Itoa(cache)
}

func v2(files map[string]string, path string, limit, used, cache int) {
	dir := filepath.Join("/sys/fs/cgroup", path)
	files[dir+"/memory.max"] = strconv.Itoa(limit)
	files[dir+"/memory.current"] = strconv.Itoa(used)
	files[dir+"/memory.stat"] = "anon 1\ninactive_anon 2\ninactive_file " + strconv.Itoa(cache)
}

// TestMemoryOfTheContainerCounts has each interpreter read made-up files of cgroups.
func TestMemoryOfTheContainerCounts(t *testing.T) {
	t.Parallel()
	const (
		pod       = "/kubepods.slice/kubepods-pod1.slice"
		container = pod + "/cri-containerd-1.scope"
		colons    = "/system.slice/kubepods-pod1.slice:cri-containerd:1"
		unlimited = 9223372036854771712
	)
	node := map[string]string{"/sys/fs/cgroup/memory.stat": "anon 1\ninactive_file 2"}
	noLimit := func(files map[string]string, path string) {
		v2(files, path, 0, 900*mega, 0)
		files[filepath.Join("/sys/fs/cgroup", path)+"/memory.max"] = "max"
	}
	for _, tc := range []struct {
		name    string
		cgroups string
		files   func(files map[string]string)
		refused bool
	}{
		{"v2 with a namespace, room", "0::/", func(f map[string]string) { v2(f, "", 1000*mega, 10*mega, 0) }, false},
		{"v2 with a namespace, full", "0::/", func(f map[string]string) { v2(f, "", 1000*mega, 990*mega, 5*mega) }, true},
		{"v2 with a namespace, full of cache", "0::/", func(f map[string]string) { v2(f, "", 1000*mega, 990*mega, 980*mega) }, false},
		{"v2, a path out of the namespace", "0::/../../x", func(f map[string]string) {
			v2(f, "", 1000*mega, 10*mega, 0)
			v2(f, "../../x", 1000*mega, 1000*mega, 0)
			v2(f, "x", 1000*mega, 1000*mega, 0)
		}, false},
		{"v2, a path out of the namespace, full", "0::/..", func(f map[string]string) { v2(f, "", 1000*mega, 1000*mega, 0) }, true},
		{"v2 without a namespace, room", "0::" + container, func(f map[string]string) { v2(f, container, 1000*mega, 10*mega, 0) }, false},
		{"v2 without a namespace, full", "0::" + container, func(f map[string]string) { v2(f, container, 1000*mega, 1000*mega, 0) }, true},
		{"v2 without a namespace, full of cache", "0::" + container, func(f map[string]string) { v2(f, container, 1000*mega, 990*mega, 980*mega) }, false},
		{"v2 without a namespace, colons in the path", "0::" + colons, func(f map[string]string) { v2(f, colons, 1000*mega, 1000*mega, 0) }, true},
		{"v2 without a namespace, the pod is full", "0::" + container, func(f map[string]string) {
			noLimit(f, container)
			v2(f, pod, 1000*mega, 1000*mega, 0)
		}, true},
		{"v2 without a namespace, the pod is fuller", "0::" + container, func(f map[string]string) {
			v2(f, container, 1000*mega, 10*mega, 0)
			v2(f, pod, 1000*mega, 1000*mega, 0)
		}, true},
		{"v2 without a namespace, another pod is full", "0::" + container, func(f map[string]string) {
			noLimit(f, container)
			v2(f, "/kubepods.slice/kubepods-pod2.slice", 1000*mega, 1000*mega, 0)
		}, false},
		{"v1, room", "4:memory:" + container + "\n0::/", func(f map[string]string) { v1(f, "", 1000*mega, 10*mega, 0) }, false},
		{"v1, full", "4:memory:" + container + "\n0::/", func(f map[string]string) { v1(f, "", 1000*mega, 1000*mega, 0) }, true},
		{"v1, the node's, full", "5:cpu:/\n4:hugetlb,memory:" + container + "\n0::/", func(f map[string]string) {
			v1(f, "", unlimited, 900*mega, 0)
			v1(f, container, 1000*mega, 1000*mega, 0)
		}, true},
		{"v1, the node's, full of cache", "4:memory:" + container, func(f map[string]string) {
			v1(f, "", unlimited, 900*mega, 0)
			v1(f, container, 1000*mega, 990*mega, 980*mega)
		}, false},
		{"v1, the path of another controller", "4:cpu:" + container, func(f map[string]string) { v1(f, container, 1000*mega, 1000*mega, 0) }, false},
		{"no limit in v1", "4:memory:/", func(f map[string]string) { v1(f, "", unlimited, 900*mega, 0) }, false},
		{"no limit in v2", "0::" + container, func(f map[string]string) {
			noLimit(f, pod)
			noLimit(f, container)
		}, false},
		{"no cgroups", "", func(map[string]string) {}, false},
		{"garbage", "x\n\n:\n::\n0::x/y\n::::\n7:memory", func(f map[string]string) {
			v2(f, "", 1000*mega, 1000*mega, 0)
			v1(f, "", 1000*mega, 1000*mega, 0)
			f["/sys/fs/cgroup/memory.max"] = "?"
			f["/sys/fs/cgroup/memory/memory.usage_in_bytes"] = ""
		}, false},
		{"no cache is known", "0::/", func(f map[string]string) {
			v2(f, "", 1000*mega, 1000*mega, 0)
			f["/sys/fs/cgroup/memory.stat"] = "\n?\n"
		}, true},
		{"the node has none", "0::/", func(f map[string]string) { f["/proc/meminfo"] = "MemAvailable: 10000 kB" }, true},
		{"nothing says what the node has", "0::/", func(f map[string]string) { f["/proc/meminfo"] = "MemTotal: 10000000 kB" }, true},
	} {
		root := t.TempDir()
		files := map[string]string{
			"/proc/meminfo":     "MemTotal:       16000000 kB\nMemAvailable:    8000000 kB",
			"/proc/self/cgroup": tc.cgroups,
		}
		for name, text := range node {
			files[name] = text
		}
		tc.files(files)
		for name, text := range files {
			name = filepath.Join(root, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text+"\n"), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		for _, i := range own(t) {
			t.Run(i.name+", "+tc.name, func(t *testing.T) {
				t.Parallel()
				_, err := i.inRoot(root).take(t.Context(), here, nil, []string{t.TempDir()}, nil)
				not, refused := errors.AsType[NotPossibleError](err)
				switch {
				case tc.refused && (!refused || !strings.Contains(not.Because, " bytes of memory are left in this container, and ")):
					t.Errorf("got %v, want that there is too little memory", err)
				case !tc.refused && (err == nil || !strings.Contains(err.Error(), "no k8sdoctor for a node of architecture")):
					t.Errorf("got %v, want that the program is asked for", err)
				}
			})
		}
	}
}

// TestDiskThatIsFull runs the interpreters with a limit for the size of a file: beyond it a
// write is short or fails, as on a full disk.
func TestDiskThatIsFull(t *testing.T) {
	t.Parallel()
	for _, i := range own(t) {
		for _, tc := range []struct {
			name, blocks string
			lost         bool
			want         string
		}{
			{"in the middle of the program", "1024", true, "the program could not be written to "},
			{"before it", "0", false, "no directory of this container takes a program and runs it"},
		} {
			t.Run(i.name+", "+tc.name, func(t *testing.T) {
				t.Parallel()
				limited := i
				limited.command = append([]string{"sh", "-c", `trap '' XFSZ; ulimit -f ` + tc.blocks + ` && exec "$@"`, "sh"}, i.command...)
				dir := t.TempDir()
				report, err := limited.take(t.Context(), here, double(t), []string{dir}, nil)
				if _, lost := errors.AsType[lostError](err); err == nil || lost != tc.lost || !strings.Contains(err.Error(), tc.want) || report != nil {
					t.Errorf("got %q, %v, want %q", report, err, tc.want)
				}
				empty(t, dir)
			})
		}
	}
}
