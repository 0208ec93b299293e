//go:build starved

package lab

import (
	"cmp"
	"flag"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/accuracy"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

var (
	every = flag.Int("every", 40, "run each single fault, and every `N`th pair")
	core  = flag.Int("core", runtime.NumCPU()-1, "the CPU that all share")
)

// pinnedKey is set in the environment of the process that is starved.
const pinnedKey = "K8SDOCTOR_TEST_PINNED"

// busyLoops is how many processes want the CPU as well, all the time.
const busyLoops = 4

// TestStarved runs faults and pairs of them in a process that shares one CPU with
// busy loops: each is named as in a bubble, or with less confidence, and nothing
// else is named as certain or likely.
func TestStarved(t *testing.T) {
	if os.Getenv(pinnedKey) != "" {
		testPinned(t)
		return
	}
	runtime.LockOSThread() // Pdeathsig is about the thread
	for range busyLoops {
		loop := pinned("sh", "-c", "while :; do :; done")
		if err := loop.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			loop.Process.Kill()
			loop.Wait()
		})
	}
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tests := pinned(binary, os.Args[1:]...)
	tests.Env = append(os.Environ(), pinnedKey+"=yes")
	tests.Stdout, tests.Stderr = os.Stdout, os.Stderr
	if err := tests.Run(); err != nil {
		t.Error(err)
	}
}

// pinned is a command that gets no CPU but core, and ends with this process.
func pinned(name string, args ...string) *exec.Cmd {
	cmd := exec.Command("taskset", append([]string{"-c", strconv.Itoa(*core), name}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

func testPinned(t *testing.T) {
	var single, paired accuracy.Starved
	t.Cleanup(func() {
		if *writeAccuracy {
			if err := accuracy.WriteStarved("../docs/accuracy.md", "starved", &single, &paired); err != nil {
				t.Error(err)
			}
		}
	})
	run := func(figures *accuracy.Starved, faults ...Fault) {
		t.Run(cmp.Or(strings.Join(truth(faults), " and "), "healthy"), func(t *testing.T) {
			t.Parallel()
			examineStarved(t, faults, figures)
		})
	}
	faults := Faults()
	n := 0
	for i, first := range faults {
		run(&accuracy.Starved{}) // a healthy pod
		run(&single, first)
		for _, second := range faults[i+1:] {
			if n++; n%*every == 0 {
				run(&paired, first, second)
			}
		}
	}
}

func examineStarved(t *testing.T, faults []Fault, figures *accuracy.Starved) {
	w := world{change: applyAll(faults)}
	quiet := w.look(t).verdict()
	w.on = loopback{}
	o, err := w.examine(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	verdict, codes := o.verdict(), truth(faults)
	cpu := o.of("process.cpu")
	noted := observe.Starved.Yes(cpu.Observations)
	figures.Add(codes, quiet, verdict, noted)
	t.Logf("got %q, without load %q; %s", brief(verdict), brief(quiet), cpu.Summary)
	if wrong := o.wronglyNamed(faults); wrong != "" {
		t.Error(wrong)
	}
	if lost := accuracy.Lost(codes, quiet, verdict); len(lost) > 0 {
		t.Errorf("not named, as they are without load: %q%v", lost, o)
	}
	if len(faults) == 0 && len(verdict) > 0 {
		t.Errorf("nothing is wrong, and named is %q%v", brief(verdict), o)
	}
}

func brief(verdict []diagnose.Finding) (named []string) {
	for _, f := range verdict {
		named = append(named, f.Code+" "+string(f.Confidence))
	}
	return named
}
