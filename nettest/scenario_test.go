//go:build nettest && linux

package nettest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/accuracy"
	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/lab"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// longest is how long a run may take, even when nothing ever answers, on a
// machine that is busy; the 10 s of one that is not are kept to in package
// diagnosis, by a clock of the test's own.
const longest = 30 * time.Second

// scenario is what happens to the pod's packets, and what must be seen.
type scenario struct {
	name string
	// link joins pod and node; a veth pair if nil.
	link podLink
	// endpoints are behind the API's Service IP; the first API server's address
	// if nil.
	endpoints []string
	// setup is what the pod and the servers are like.
	setup lab.Setup
	// pod, node, api1, api2 and dns are commands to run there.
	pod, node, api1, api2, dns []string
	// env are variables of the container beyond the usual ones.
	env map[string]string
	// more starts further servers; what it returns ends them.
	more func(network) (func(), error)
	// known are the API servers' own addresses, as far as the user names them.
	known []netip.AddrPort
	// want lists, in the order of the run, every result that is a warning or a
	// failure: "id status code". Nothing else may be found.
	want []string
	// perhaps is the same list where it is chance which packets are hit; if it is empty,
	// nothing need be named where nothing is found.
	perhaps []string
	// cause is what must be named, sure how sure that may be; nothing may be
	// named if empty. Nothing else may be more than possible.
	cause string
	sure  []causes.Confidence
	// or are look-alikes that a pod alone cannot tell from the cause, and that
	// may rank before it.
	or []string
}

// How sure a verdict may be: where look-alikes are left over it is open.
var (
	open      = []causes.Confidence{causes.Possible}
	settled   = []causes.Confidence{causes.Certain}
	ruled     = []causes.Confidence{causes.Likely, causes.Certain}
	whichever = append(ruled, open...)
)

// test runs the scenario and returns what the verdict was.
func (s scenario) test(t *testing.T) accuracy.Row {
	r := s.run(t)
	if !s.saw(r) { // a busy machine loses a packet now and then: the second time counts
		t.Logf("once more after %q", r.warningsAndFailures())
		r = s.run(t)
	}
	v := diagnose.Diagnose(causes.Pod{}, r.Results)
	t.Logf("%.1fs: %s\n%s%s", r.Took.Seconds(), v.Summary, named(v), r)
	if !s.saw(r) {
		t.Errorf("got %q, want %q", r.warningsAndFailures(), s.want)
	}
	if r.Took > longest {
		t.Errorf("the report took %s, want at most %s", r.Took, longest)
	}
	if harmless := s.perhaps != nil && len(r.warningsAndFailures()) == 0; !harmless || len(v.Causes) > 0 {
		s.judge(t, v)
	}
	for _, f := range v.Causes {
		if f.Confidence == causes.Certain && f.Code != s.cause {
			t.Errorf("%s is said to be certain, while the cause is %q", f.Code, s.cause)
		}
	}
	return accuracy.Row{Want: s.cause, Got: v.Causes, Took: r.Took, Results: r.Results}
}

// saw says that the checks found what the scenario brings about.
func (s scenario) saw(r report) bool {
	got := r.warningsAndFailures()
	return slices.Equal(got, s.want) || s.perhaps != nil && slices.Equal(got, s.perhaps)
}

// judge compares a verdict with the cause that was made.
func (s scenario) judge(t *testing.T, v diagnose.Verdict) {
	t.Helper()
	ahead := true
	for _, f := range v.Causes {
		switch {
		case f.Code == s.cause:
			ahead = false
			if !slices.Contains(s.sure, f.Confidence) {
				t.Errorf("%s is said to be %s, want one of %q", f.Code, f.Confidence, s.sure)
			}
		case f.Confidence != causes.Possible:
			t.Errorf("%s is said to be %s, while the cause is %q", f.Code, f.Confidence, s.cause)
		case ahead && !slices.Contains(s.or, f.Code):
			t.Errorf("%s ranks before the cause, %q", f.Code, s.cause)
		}
	}
	if ahead && s.cause != "" {
		t.Errorf("%s is not named", s.cause)
	}
}

// named lists the causes of a verdict.
func named(v diagnose.Verdict) string {
	var b strings.Builder
	for _, f := range v.Causes {
		fmt.Fprintf(&b, "    %s %s\n", f.Confidence, f.Code)
	}
	return b.String()
}

var networks atomic.Int64

// run makes the network and the servers, and runs the checks in the pod.
func (s scenario) run(t *testing.T) report {
	t.Helper()
	n := namedNetwork(int(networks.Add(1)))
	t.Cleanup(func() {
		if err := n.remove(); err != nil {
			t.Error(err)
		}
	})
	link := s.link
	if link == nil {
		link = veth
	}
	endpoints := s.endpoints
	if endpoints == nil {
		endpoints = []string{api1Address}
	}
	if err := n.create(endpoints); err != nil {
		t.Fatal(err)
	}
	cut, err := n.joinPod(link)
	if err != nil {
		t.Fatal(err)
	}
	defer cut()
	served, stop, err := n.serve(t.TempDir(), s.setup)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if s.more != nil {
		stop, err := s.more(n)
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
	}
	for _, there := range []struct {
		namespace namespace
		commands  []string
	}{{n.pod, s.pod}, {n.node, s.node}, {n.api1, s.api1}, {n.api2, s.api2}, {n.dns, s.dns}} {
		for _, command := range there.commands {
			if err := there.namespace.run(command); err != nil {
				t.Fatal(err)
			}
		}
	}
	maps.Copy(served.System.Env, s.env)
	in, err := json.Marshal(examined{served.System.Root, served.System.Env, s.known})
	if err != nil {
		t.Fatal(err)
	}
	out, err := n.pod.self(rolePod, bytes.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// serve starts two API servers and the DNS server, and writes the pod's files.
func (n network) serve(dir string, setup lab.Setup) (*lab.Pod, func(), error) {
	api1, err1 := n.api1.listen(api1Address)
	api2, err2 := n.api2.listen(api2Address)
	packets, err3 := n.dns.listenPacket(dnsAddress)
	streams, err4 := n.dns.listen(dnsAddress)
	metrics, err5 := n.dns.listen(metricsAddress)
	if err := cmp.Or(err1, err2, err3, err4, err5); err != nil {
		return nil, nil, err
	}
	served, err := lab.Serve(dir, lab.Sockets{
		API: []net.Listener{api1, api2}, DNSPackets: []net.PacketConn{packets}, DNSStreams: []net.Listener{streams},
	}, setup)
	if err != nil {
		return nil, nil, err
	}
	return served, func() { served.Close(); metrics.Close() }, realKernel(dir)
}

// realKernel shows among the pod's files what the kernel says of the network of the
// process that reads it.
func realKernel(dir string) error {
	if err := os.RemoveAll(filepath.Join(dir, "proc/net")); err != nil {
		return err
	}
	return errors.Join(
		os.Symlink("/proc/self/net", filepath.Join(dir, "proc/net")),
		os.MkdirAll(filepath.Join(dir, "proc/sys"), 0o755),
		os.Symlink("/proc/sys/net", filepath.Join(dir, "proc/sys/net")),
	)
}

// warningsAndFailures lists what is neither pass nor skip.
func (r report) warningsAndFailures() []string {
	var found []string
	for _, result := range r.Results {
		if result.Status == observe.Fail || result.Status == observe.Warn {
			found = append(found, fmt.Sprintf("%s %s", result.ID, result.Status))
		}
	}
	return found
}

func (r report) String() string {
	var b strings.Builder
	for _, result := range r.Results {
		fmt.Fprintf(&b, "\n  %s %s %s %s %.0fms", result.Status, result.ID, result.BlockedBy, result.Summary, time.Duration(result.Took).Seconds()*1000)
	}
	seen, err := json.Marshal(observe.All(r.Results))
	fmt.Fprintf(&b, "\n  observed: %s %v", seen, err)
	return b.String()
}
