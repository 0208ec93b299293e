package main

import (
	"flag"
	"fmt"
	"runtime"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(onAllCPUs{m}, map[string]func(){"k8sdoctor": main, "crashing-k8sdoctor": crashingMain})
}

// onAllCPUs runs the tests on all CPUs, where the program keeps to one.
type onAllCPUs struct{ *testing.M }

func (m onAllCPUs) Run() int {
	runtime.SetDefaultGOMAXPROCS()
	if err := flag.Set("test.parallel", fmt.Sprint(runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	return m.M.Run()
}

// atOnce keeps the race detector from the second that it waits at the end of a
// program.
const atOnce = "atexit_sleep_ms=0"

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", atOnce)
			return nil
		},
	})
}
