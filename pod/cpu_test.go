package pod

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// tree writes files below a new root.
func tree(t *testing.T, files map[string]string) *System {
	t.Helper()
	sys := &System{Root: t.TempDir()}
	for name, text := range files {
		file := sys.path(name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return sys
}

const (
	statV1 = "nr_periods 80\nnr_throttled 40\nthrottled_time 3000000000\n"
	statV2 = "usage_usec 900\nuser_usec 600\nsystem_usec 300\nnr_periods 80\nnr_throttled 40\nthrottled_usec 3000000\n"
)

// TestCPULimit has both versions of cgroups on made trees, as no machine has
// limits in both.
func TestCPULimit(t *testing.T) {
	stopped := CPULimit{true, 40, 80, 3 * time.Second}
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  CPULimit
	}{
		{"v2, in a container", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.stat": statV2}, stopped},
		{"v2, below the mount", map[string]string{
			"proc/self/cgroup": "0::/kubepods/pod1/web\n", "sys/fs/cgroup/cpu.stat": "usage_usec 1\n", "sys/fs/cgroup/kubepods/pod1/web/cpu.stat": statV2,
		}, stopped},
		{"v2, a path that leads out", map[string]string{"proc/self/cgroup": "0::/../../other\n", "sys/fs/cgroup/cpu.stat": statV2}, stopped},
		{"v2, without the controller", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.stat": "usage_usec 1\nuser_usec 1\nsystem_usec 0\n"}, CPULimit{}},
		{"v1, in a container", map[string]string{
			"proc/self/cgroup": "5:memory:/kubepods/pod1/web\n4:cpu,cpuacct:/kubepods/pod1/web\n", "sys/fs/cgroup/cpu,cpuacct/cpu.stat": statV1,
		}, stopped},
		{"v1, by the link alone", map[string]string{"proc/self/cgroup": "4:cpuacct,cpu:/\n", "sys/fs/cgroup/cpu/cpu.stat": statV1}, stopped},
		{"v1, below the mount", map[string]string{"proc/self/cgroup": "1:cpu:/web\n", "sys/fs/cgroup/cpu/web/cpu.stat": statV1}, stopped},
		{"both, the limit in v1", map[string]string{
			"proc/self/cgroup": "1:cpu:/\n0::/\n", "sys/fs/cgroup/cpu/cpu.stat": statV1, "sys/fs/cgroup/unified/cpu.stat": "usage_usec 1\n",
		}, stopped},
		{"cpuacct is another controller", map[string]string{"proc/self/cgroup": "2:cpuacct:/\n", "sys/fs/cgroup/cpuacct/cpu.stat": statV1}, CPULimit{}},
		{"noise", map[string]string{"proc/self/cgroup": "0::/\nx\n::\n", "sys/fs/cgroup/cpu.stat": "throttled_usec many\n\x00"}, CPULimit{}},
		{"nothing", nil, CPULimit{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := readLimit(tree(t, tc.files)); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// TestCPUTimes has what the kernel counts beside a limit.
func TestCPUTimes(t *testing.T) {
	sys := tree(t, map[string]string{
		"proc/self/schedstat": "5 2500000000 7\n",
		"proc/pressure/cpu":   "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
	})
	if got := ReadCPU(sys); !got.HasDelay || got.Delay != 2500*time.Millisecond || !got.HasPressure || got.Pressure != 1500*time.Millisecond {
		t.Errorf("got %+v, want a delay of 2.5s and a pressure of 1.5s", got)
	}
	if got := ReadCPU(tree(t, nil)); got.HasDelay || got.HasPressure || got.Limit.Known {
		t.Errorf("got %+v of nothing, want that nothing is known", got)
	}
}
