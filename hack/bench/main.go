// Command bench compares k8sdoctor with kubectl and curl, in one pod of a real
// cluster and in turn, and says which of the project's targets are reached.
//
//	BENCH_IMAGE=an/image-with-kubectl-and-curl hack/kind-e2e.sh go run ./hack/bench
//
// It copies itself into the pod, where it takes the times ("bench measure").
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

// The targets.
const (
	maxTimeRatio   = 0.8 // of kubectl's median
	maxMemoryRatio = 0.5 // of kubectl's peak
	maxBinary      = 16 << 20
	maxArchive     = 8_000_000
	maxOfCurl      = 1  // of curl's median
	maxStart       = 3  // of the start of a program that prints a word
	maxMemory      = 16 // MiB
	maxSilentAPI   = 5 * time.Second
	maxSilent      = 6 * time.Second
	maxRoundTrips  = 4
)

func main() {
	err := error(nil)
	if len(os.Args) > 1 && os.Args[1] == "measure" {
		err = measure(os.Args[2:], os.Stdout)
	} else {
		err = run(os.Args[1:], os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("n", 30, "how often each command runs")
	if err := flags.Parse(args); err != nil {
		return err
	}
	image, cluster := os.Getenv("BENCH_IMAGE"), os.Getenv("E2E_CLUSTER")
	if image == "" || cluster == "" {
		return errors.New("BENCH_IMAGE and E2E_CLUSTER have to be set, as \"make bench\" does")
	}
	trips, err := roundTrips()
	if err != nil {
		return err
	}
	p, err := newPod(cluster, image)
	if err != nil {
		return err
	}
	defer p.delete()
	fmt.Fprintf(stdout, "%d rounds of each, in turn, in one pod; ratios mean more than times\n", *rounds)
	answer, err := p.exec("/tmp/bench", "measure", "-n", fmt.Sprint(*rounds))
	if err != nil {
		return err
	}
	var series []series
	if err := json.Unmarshal(answer, &series); err != nil {
		return err
	}
	silentAPI, err := p.silent(onlyDNS, "pass")
	if err != nil {
		return err
	}
	silent, err := p.silent(denyAll, "warn")
	if err != nil {
		return err
	}
	arch := "linux-" + runtime.GOARCH
	binary, err := os.Stat("build/k8sdoctor-" + arch)
	if err != nil {
		return err
	}
	archive, err := os.Stat("build/k8sdoctor-" + arch + ".tar")
	if err != nil {
		return err
	}
	if err := printSeries(stdout, series); err != nil {
		return err
	}
	doctor, kubectl, curl, start, word := series[0], series[1], series[2], series[3], series[4]
	if err := printPhases(stdout, doctor.Phases); err != nil {
		return err
	}
	return judge(stdout, []target{
		{"time, of kubectl's median", float64(doctor.median()) / float64(kubectl.median()), maxTimeRatio, ""},
		{"time, of curl's median", float64(doctor.median()) / float64(curl.median()), maxOfCurl, ""},
		{"start, of a program that prints a word", float64(start.median()) / float64(word.median()), maxStart, ""},
		{"peak memory", float64(doctor.peak()) / (1 << 20), maxMemory, "MiB"},
		{"peak memory, of kubectl's", float64(doctor.peak()) / float64(kubectl.peak()), maxMemoryRatio, ""},
		{"binary", float64(binary.Size()) / (1 << 20), maxBinary / (1 << 20), "MiB"},
		{"image archive, compressed", float64(archive.Size()) / 1e6, maxArchive / 1e6, "MB"},
		{"run when the API server is silent", silentAPI.Seconds(), maxSilentAPI.Seconds(), "s"},
		{"run when every packet is swallowed", silent.Seconds(), maxSilent.Seconds(), "s"},
		{"healthy run, API server far away", trips, maxRoundTrips, "round trips"},
	})
}

// roundTrips returns how many round trips a healthy run makes one after the
// other, as a test of the checks counts them with a delayed API server.
func roundTrips() (float64, error) {
	out, err := command(nil, "go", "test", "-count=1", "-v", "-run", "^TestHealthyRunTakesFewRoundTrips$", "./checks")
	if err != nil {
		return 0, fmt.Errorf("%w%s", err, out)
	}
	counted := regexp.MustCompile(`([0-9.]+) round trips`).FindSubmatch(out)
	if counted == nil {
		return 0, fmt.Errorf("the test of the round trips told no number:\n%s", out)
	}
	return strconv.ParseFloat(string(counted[1]), 64)
}

func printSeries(stdout io.Writer, all []series) error {
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tmedian\tfastest\tslowest\tof curl\tpeak memory\t")
	curl := all[2].median()
	for _, s := range all {
		m := s.median()
		fmt.Fprintf(w, "%s\t%.1f ms\t%.1f ms\t%.1f ms\t%.2f\t%.1f MiB\t\n", s.Name, ms(m),
			ms(slices.Min(s.Took)), ms(slices.Max(s.Took)), float64(m)/float64(curl), float64(s.peak())/(1<<20))
	}
	return w.Flush()
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// target is a figure that has to be at most a limit.
type target struct {
	name       string
	got, limit float64
	unit       string
}

func judge(stdout io.Writer, targets []target) error {
	missed := 0
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for _, t := range targets {
		word := "reached"
		if t.got > t.limit {
			word, missed = "NOT REACHED", missed+1
		}
		fmt.Fprintf(w, "%s\t%s\t%.2f\tof at most %g %s\n", word, t.name, t.got, t.limit, t.unit)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if missed > 0 {
		return fmt.Errorf("%d of %d targets were not reached", missed, len(targets))
	}
	return nil
}
