package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/metrics"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// hostile is a world that means harm, or is broken in the same way, and the
// finding that it must end in.
type hostile struct {
	name   string
	change func(*plan)
	after  func(*Pod) error // replaces what no plan can make
	check  string
	status observe.Status
	cause  string // among those that are named; empty: any
}

// What every run must keep to, whatever it meets.
var hostileLimits = limits{run: 4 * time.Second, check: time.Second}

const hostileMemory = 64 << 20 // bytes

// hostileVar names the row that a child process examines, in which its memory
// can be measured.
const hostileVar = "K8SDOCTOR_LAB_HOSTILE"

// hostileReport is what the child process tells of its run.
type hostileReport struct {
	Results []observe.Result
	Secret  string
	Took    time.Duration
	Memory  uint64 // the most that the Go runtime held, in bytes
	// Resident is the most that the kernel counted, in bytes. The child reads it
	// itself: what a parent learns at its end includes the parent's own.
	Resident uint64
}

func (r hostileReport) outcome() outcome { return outcome{r.Results, r.Secret, r.Took} }

func TestMain(m *testing.M) {
	name := os.Getenv(hostileVar)
	if name == "" {
		os.Exit(inMemory(m.Run))
	}
	for _, row := range hostileRows() {
		if row.name == name {
			if err := row.report(os.Stdout); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
}

// inMemory runs the tests with their files in memory, where there is room: to make and remove
// a pod's hundred files on a disk takes longer than the checks.
func inMemory(run func() int) int {
	const shm, room = "/dev/shm", 256 << 20
	var fs syscall.Statfs_t
	if err := syscall.Statfs(shm, &fs); err != nil || int64(fs.Bavail)*int64(fs.Bsize) < room {
		return run()
	}
	dir, err := os.MkdirTemp(shm, "k8sdoctor-lab-")
	if err != nil {
		return run()
	}
	defer os.RemoveAll(dir)
	os.Setenv("TMPDIR", dir)
	return run()
}

func (row hostile) report(w io.Writer) error {
	dir, err := os.MkdirTemp("", "k8sdoctor-lab-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p := healthy()
	if row.change != nil {
		row.change(p)
	}
	memory := watchMemory()
	o, err := runIn(dir, p, hostileLimits, row.after)
	if err != nil {
		return err
	}
	most, err := mostResident()
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(hostileReport{Results: o.results, Secret: o.secret, Took: o.took, Memory: memory(), Resident: most})
}

func (row hostile) examineInChild() (report hostileReport, err error) {
	child := exec.Command("/proc/self/exe")
	child.Env = append(os.Environ(), hostileVar+"="+row.name)
	var stderr bytes.Buffer
	child.Stderr = &stderr
	out, err := child.Output()
	if err != nil {
		return report, fmt.Errorf("%s: %w: %s", row.name, err, stderr.String())
	}
	return report, json.Unmarshal(out, &report)
}

// watchMemory returns a function that ends the watch and says what the most
// was.
func watchMemory() func() uint64 {
	stop, most := make(chan bool), make(chan uint64)
	go func() {
		samples := []metrics.Sample{
			{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
		}
		var seen uint64
		for {
			metrics.Read(samples)
			seen = max(seen, samples[0].Value.Uint64()-samples[1].Value.Uint64())
			select {
			case <-stop:
				most <- seen
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-most
	}
}

func TestHostile(t *testing.T) {
	t.Parallel()
	rows := hostileRows()
	reports := make([]hostileReport, len(rows))
	var group errgroup.Group
	group.SetLimit(8)
	for i, row := range rows {
		group.Go(func() (err error) {
			reports[i], err = row.examineInChild()
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			report := reports[i]
			o := report.outcome()
			if broken := o.broken(10 * hostileLimits.run); broken != "" {
				t.Error(broken, o)
			}
			r := o.of(row.check)
			if r.Status != row.status {
				t.Errorf("%s: got %s, want %s%v", row.check, r.Status, row.status, o)
			}
			if named := o.causes(); row.cause != "" && !slices.Contains(named, row.cause) {
				t.Errorf("got causes %q, want %s among them%v", named, row.cause, o)
			}
			if report.Memory > hostileMemory {
				t.Errorf("got %d KiB of memory, want at most %d", report.Memory>>10, hostileMemory>>10)
			}
			if !raceDetector && report.Resident > hostileMemory {
				t.Errorf("got %d KiB resident, want at most %d", report.Resident>>10, hostileMemory>>10)
			}
			if leak := o.leak(t); leak != "" {
				t.Errorf("the results hold %q of the token", leak)
			}
			t.Logf("%s, %d KiB, %d KiB resident", o.took.Round(time.Millisecond), report.Memory>>10, report.Resident>>10)
		})
	}
}

// hostileRows lists all of them; each layer has a file.
func hostileRows() []hostile {
	var rows []hostile
	rows = append(rows, hostileFiles()...)
	rows = append(rows, hostileDNS()...)
	rows = append(rows, hostileTLS()...)
	return append(rows, hostileHTTP()...)
}

func hostileFiles() []hostile {
	pipe := func(path string) error { return syscall.Mkfifo(path, 0o644) }
	folder := func(path string) error { return os.Mkdir(path, 0o755) }
	loop := func(path string) error { return os.Symlink(filepath.Base(path), path) }
	sparse := func(path string) error {
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			return err
		}
		return os.Truncate(path, 1<<30)
	}
	var rows []hostile
	for _, f := range []struct {
		name, check string
		status      observe.Status
	}{
		{"token", "volume.token", observe.Fail},
		{"ca.crt", "volume.ca", observe.Fail},
		{"namespace", "volume.namespace", observe.Warn},
	} {
		for _, kind := range []struct {
			name string
			make func(string) error
		}{{"pipe", pipe}, {"directory", folder}, {"symlink loop", loop}, {"sparse GiB", sparse}} {
			rows = append(rows, hostile{
				name: f.name + " is a " + kind.name, after: file(volumeDir+"/"+f.name, kind.make),
				check: f.check, status: f.status,
			})
		}
	}
	resolv := func(text string) func(*plan) { return func(p *plan) { p.resolv.text = text } }
	return append(rows, []hostile{
		{name: "resolv.conf is a pipe", after: file("etc/resolv.conf", pipe), check: "dns.config", status: observe.Warn},
		{name: "resolv.conf is a sparse GiB", after: file("etc/resolv.conf", sparse), check: "dns.config", status: observe.Warn},
		{name: "resolv.conf is random bytes", change: resolv(string(noise(60000))), check: "dns.config", status: observe.Warn},
		{
			name:   "resolv.conf has 2,000 nameservers",
			change: resolv("search svc.cluster.local\n" + strings.Repeat("nameserver 10.96.0.10\n", 2000)),
			check:  "dns.config", status: observe.Warn, cause: "dns.limits",
		},
		{
			name:   "resolv.conf has 5,000 search domains",
			change: resolv("search " + strings.Repeat("svc.example ", 5000) + "\nnameserver 10.96.0.10\n"),
			check:  "dns.config", status: observe.Warn,
		},
		{
			name:   "resolv.conf has names that are none",
			change: resolv("search svc.cluster.local .. \xff\x00 " + strings.Repeat("a", 300) + "\nnameserver 10.96.0.10\noptions ndots:999999999999999999\n"),
			check:  "dns.config", status: observe.Warn,
		},
		{
			name: "mountinfo, status and environ are noise",
			after: func(pod *Pod) error {
				for _, name := range []string{"proc/self/mountinfo", "proc/self/status", "proc/1/environ", "etc/hosts"} {
					if err := os.WriteFile(filepath.Join(pod.System.Root, name), noise(60000), 0o644); err != nil {
						return err
					}
				}
				return os.RemoveAll(filepath.Join(pod.System.Root, volumeDir))
			},
			check: "volume.token", status: observe.Fail, cause: "volume.not-mounted",
		},
		{
			name:   "the token is a JWT of nothing",
			change: rewrite("token", func([]byte) ([]byte, error) { return []byte("bnVsbA.bnVsbA.bnVsbA"), nil }),
			check:  "token.claims", status: observe.Fail,
		},
		{
			name: "the token is 30 kB of nested brackets",
			change: rewrite("token", func([]byte) ([]byte, error) {
				return []byte("e30." + encode([]byte(strings.Repeat("[", 20000))) + ".e30"), nil
			}),
			check: "volume.token", status: observe.Fail, cause: "volume.token-malformed",
		},
		{
			name: "the token is nearly 1 MiB of audiences",
			change: rewriteClaims(func(claims map[string]any) {
				claims["aud"] = append(names("https://system-%d.example.com", 22500), claims["iss"].(string))
			}),
			check: "auth.review", status: observe.Fail,
		},
		{
			name: "ca.crt is 1,000 broken blocks",
			change: rewrite("ca.crt", func([]byte) ([]byte, error) {
				return bytes.Repeat([]byte("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"), 1000), nil
			}),
			check: "volume.ca", status: observe.Fail, cause: "volume.ca-invalid",
		},
	}...)
}

// noise is the same random bytes every time.
func noise(n int) []byte {
	b := make([]byte, n)
	x := uint64(0x9e3779b97f4a7c15)
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x)
	}
	return b
}
