package checks

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
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
	stopped := cpuLimit{true, 40, 80, 3 * time.Second}
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  cpuLimit
	}{
		{"v2, in a container", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.stat": statV2}, stopped},
		{"v2, below the mount", map[string]string{
			"proc/self/cgroup": "0::/kubepods/pod1/web\n", "sys/fs/cgroup/cpu.stat": "usage_usec 1\n", "sys/fs/cgroup/kubepods/pod1/web/cpu.stat": statV2,
		}, stopped},
		{"v2, a path that leads out", map[string]string{"proc/self/cgroup": "0::/../../other\n", "sys/fs/cgroup/cpu.stat": statV2}, stopped},
		{"v2, without the controller", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.stat": "usage_usec 1\nuser_usec 1\nsystem_usec 0\n"}, cpuLimit{}},
		{"v1, in a container", map[string]string{
			"proc/self/cgroup": "5:memory:/kubepods/pod1/web\n4:cpu,cpuacct:/kubepods/pod1/web\n", "sys/fs/cgroup/cpu,cpuacct/cpu.stat": statV1,
		}, stopped},
		{"v1, by the link alone", map[string]string{"proc/self/cgroup": "4:cpuacct,cpu:/\n", "sys/fs/cgroup/cpu/cpu.stat": statV1}, stopped},
		{"v1, below the mount", map[string]string{"proc/self/cgroup": "1:cpu:/web\n", "sys/fs/cgroup/cpu/web/cpu.stat": statV1}, stopped},
		{"both, the limit in v1", map[string]string{
			"proc/self/cgroup": "1:cpu:/\n0::/\n", "sys/fs/cgroup/cpu/cpu.stat": statV1, "sys/fs/cgroup/unified/cpu.stat": "usage_usec 1\n",
		}, stopped},
		{"cpuacct is another controller", map[string]string{"proc/self/cgroup": "2:cpuacct:/\n", "sys/fs/cgroup/cpuacct/cpu.stat": statV1}, cpuLimit{}},
		{"noise", map[string]string{"proc/self/cgroup": "0::/\nx\n::\n", "sys/fs/cgroup/cpu.stat": "throttled_usec many\n\x00"}, cpuLimit{}},
		{"nothing", nil, cpuLimit{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := readLimit(tree(t, tc.files)); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// TestStarvation has runs of ten seconds.
func TestStarvation(t *testing.T) {
	const cgroup, stat = "proc/self/cgroup", "sys/fs/cgroup/cpu.stat"
	at := func(periods, stopped, usec string) map[string]string {
		return map[string]string{
			cgroup: "0::/\n", stat: "nr_periods " + periods + "\nnr_throttled " + stopped + "\nthrottled_usec " + usec + "\n",
			"proc/self/schedstat": "5 " + usec + "000 7\n", "proc/pressure/cpu": "some avg10=0.00 avg60=0.00 avg300=0.00 total=" + usec + "\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
		}
	}
	for _, tc := range []struct {
		name          string
		before, after map[string]string
		want          bool
		throttled     time.Duration
	}{
		{"no limit", nil, nil, false, 0},
		{"a limit that stops nothing", at("1", "1", "500"), at("90", "1", "500"), false, 0},
		{"stopped for a quarter", at("1", "0", "0"), at("90", "30", "2500000"), false, 2500 * time.Millisecond},
		{"stopped for more than that", at("1", "0", "1000"), at("90", "70", "2502000"), true, 2501 * time.Millisecond},
		{"the limit was not to be read before", nil, at("90", "70", "6000000"), false, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				session := &Session{cpuBefore: readCPU(tree(t, tc.before))}
				time.Sleep(10 * time.Second)
				var log observe.Log
				out := runProcessCPU(t.Context(), tree(t, tc.after), session, &log)
				seen := log.Seen()
				if out.Status != Pass || observe.Starved.Yes(seen) != tc.want || observe.Starved.No(seen) == tc.want {
					t.Errorf("got %s, %v: %s, want pass and starved %t", out.Status, seen[observe.Starved.ID], out.Summary, tc.want)
				}
				for _, of := range []observe.Duration{observe.ThrottledTime, observe.RunDelay, observe.CPUPressure} {
					got, ok := of.In(seen)
					if known := tc.before != nil; got != tc.throttled || ok != known {
						t.Errorf("%s: got %s %t, want %s %t", of.ID, got, ok, tc.throttled, known)
					}
				}
			})
		})
	}
}

// TestLostTimeStarves has a pulse that beats late, in runs of some length.
func TestLostTimeStarves(t *testing.T) {
	for _, tc := range []struct {
		name      string
		run, lost time.Duration
		want      bool
	}{
		{"a second of three", 3 * time.Second, time.Second, true},
		{"less than a second, and nearly all", time.Second, 950 * time.Millisecond, false},
		{"two seconds of ten", 10 * time.Second, 2 * time.Second, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := withPulse(t.Context())
				defer stop()
				session := &Session{cpuBefore: readCPU(tree(t, nil))}
				time.Sleep(tc.run)
				p := ctx.Value(pulseKey{}).(*pulse)
				p.mu.Lock()
				p.lost += tc.lost
				p.mu.Unlock()
				var log observe.Log
				runProcessCPU(ctx, tree(t, nil), session, &log)
				if got := observe.Starved.Yes(log.Seen()); got != tc.want {
					t.Errorf("got starved %t, want %t", got, tc.want)
				}
				if lost, _ := observe.LostTime.In(log.Seen()); lost != tc.lost {
					t.Errorf("got %s lost, want %s", lost, tc.lost)
				}
			})
		})
	}
}
