package lab

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/examine"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestRecorded looks at every fault and at pods that differ, with every probe: a
// check records what it declares and nothing else, it warns or fails exactly when
// it has recorded an unhealthy symptom, and each subject is recorded somewhere.
func TestRecorded(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	recorded := map[string]bool{}
	t.Run("worlds", func(t *testing.T) {
		for name, w := range recordedWorlds(t) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w.every = true
				for _, r := range w.look(t).results {
					for _, wrong := range wronglyRecorded(r) {
						t.Error(wrong)
					}
					mu.Lock()
					for id := range r.Observations {
						recorded[duty(r.ID, id)] = true
					}
					mu.Unlock()
				}
			})
		}
	})
	for _, c := range examine.AllChecks() {
		for _, s := range c.Records {
			if what := duty(c.ID, s.ID); !recorded[what] {
				t.Errorf("%s declares %s; no world has it recorded", c.ID, what)
			}
		}
	}
}

// duty is what has to be seen once: a subject of each probe, as probes are
// chosen by what they declare, or of any check.
func duty(id, subject string) string {
	if strings.HasPrefix(id, "probe.") {
		return subject + " of " + id
	}
	return subject
}

// recordedWorlds are every fault, and pods that differ from them.
func recordedWorlds(t *testing.T) map[string]world {
	worlds := map[string]world{
		"healthy":                 {},
		"a DNS cache on the node": {change: cacheOnNode},
		"one of two nameservers is silent over UDP": {change: func(p *plan) {
			p.nameserver("10.96.0.11")
			p.resolv.nameservers = []string{"10.96.0.11", dnsIP}
			p.routes["udp 10.96.0.11:53"] = route{silent: true}
		}},
		"a rule of the pod drops answers": {change: apiBy(route{silent: true, lost: true})},
		"a line of /etc/hosts":            {change: func(p *plan) { p.hosts += "10.96.7.7 kubernetes.default.svc\n" }},
		"with a kubectl proxy":            {after: (*Pod).AddKubectlProxy},
		"variables of process 1": {after: func(pod *Pod) error {
			pod.System.Adopted = []string{"HTTPS_PROXY"}
			return nil
		}},
		"rights that are asked for": {after: func(pod *Pod) error {
			pod.System.Access = []observe.Access{{Verb: "list", Resource: "pods"}, {Verb: "delete", Resource: "nodes", Namespace: observe.EveryNamespace}}
			return nil
		}},
		"an endpoint is named": {after: func(pod *Pod) error {
			pod.System.Endpoints = []netip.AddrPort{netip.MustParseAddrPort(endpoint)}
			return nil
		}},
		"a proxy that opens the tunnel": {change: throughProxy, after: openProxy},
		"a name is set as the host": {change: func(p *plan) {
			hostAt(p, "api.shop.example", "198.51.100.3")
			p.routes["tcp 198.51.100.3:443"] = route{server: "api"}
		}},
		"the first of two nameservers is silent": {change: func(p *plan) {
			p.nameserver("10.96.0.11")
			p.resolv.nameservers = []string{"10.96.0.11", dnsIP}
			p.routes["udp 10.96.0.11:53"], p.routes["tcp 10.96.0.11:53"] = route{silent: true}, route{silent: true}
		}},
		"a Service kubernetes of the namespace": {change: ownService("443", "https", route{server: "own"}), after: otherCluster},
		"a server that publishes its keys":      {change: publish(t, "token.rejected")},
		"one of two servers has another CA":     {change: secondServerOfAnotherCA(t)},
		"variables for clients": {change: func(p *plan) {
			p.setenv("GODEBUG", "fips140=only")
			p.setenv("NODE_OPTIONS", "-r /opt/apm.js")
			p.setenv("JAVA_TOOL_OPTIONS", "-javaagent:/opt/apm.jar -Dhttps.proxyHost=proxy.shop.example")
			p.setenv("REQUESTS_CA_BUNDLE", "/etc/hosts")
			p.setenv("OPENSSL_CONF", "/etc/ssl/own.cnf")
		}, after: func(pod *Pod) error {
			return files(pod, map[string]string{"etc/ssl/own.cnf": "CipherString = DEFAULT@SECLEVEL=4\n"})
		}},
		"all files of a kernel": {after: func(pod *Pod) error {
			return files(pod, map[string]string{
				"proc/net/dev":           "  eth0: 0 0\n",
				"proc/self/cgroup":       "0::/\n",
				"sys/fs/cgroup/cpu.stat": "nr_periods 80\nnr_throttled 40\nthrottled_usec 3000000\n",
				"proc/self/schedstat":    "900 300 12\n",
				"proc/pressure/cpu":      "some avg10=0.00 avg60=0.00 avg300=0.00 total=12\n",
			})
		}},
	}
	for _, f := range Faults() {
		if f.NonRoot && os.Getuid() == 0 {
			continue // nothing is wrong then
		}
		worlds[f.Code] = world{change: f.apply}
	}
	return worlds
}

// files adds files to the pod, by their paths.
func files(pod *Pod, texts map[string]string) error {
	for name, text := range texts {
		path := filepath.Join(pod.System.Root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// wronglyRecorded says what a result holds that its check may not record, and where
// its status is not that of its observations.
func wronglyRecorded(r observe.Result) (wrong []string) {
	list := examine.AllChecks()
	check := list[slices.IndexFunc(list, func(c *checks.Check) bool { return c.ID == r.ID })]
	var symptoms []string
	for id := range r.Observations {
		i := slices.IndexFunc(check.Records, func(s *observe.Row) bool { return s.ID == id })
		if i < 0 {
			wrong = append(wrong, r.ID+" records "+id+", and does not declare it")
			continue
		}
		row := check.Records[i]
		if v, _ := r.Observations.Value(row); row.Unhealthy(v) {
			symptoms = append(symptoms, row.Phrase(v))
		}
	}
	if found := r.Status == observe.Warn || r.Status == observe.Fail; !check.Probe && found != (len(symptoms) > 0) {
		wrong = append(wrong, r.ID+": got "+string(r.Status)+", and the unhealthy symptoms ["+strings.Join(symptoms, ", ")+"]: "+r.Summary)
	}
	return wrong
}

// TestEverySubjectHasARecorder among the checks, which declares it once.
func TestEverySubjectHasARecorder(t *testing.T) {
	declared := map[*observe.Row]bool{observe.Broken.Row: true} // by the run itself
	vocabulary := map[*observe.Row]bool{}
	for _, s := range observe.Vocabulary() {
		vocabulary[s] = true
	}
	for _, c := range examine.AllChecks() {
		var own []*observe.Row
		for _, s := range c.Records {
			row := s
			if slices.Contains(own, row) {
				t.Errorf("%s declares %s twice", c.ID, row.ID)
			}
			if !vocabulary[row] {
				t.Errorf("%s declares %s, which the vocabulary lacks", c.ID, row.ID)
			}
			if c.Probe && row.Symptom && !slices.Contains(probeSymptoms, row.ID) {
				t.Errorf("%s is a probe, and declares the symptom %s", c.ID, row.ID)
			}
			declared[row] = true
			own = append(own, row)
		}
	}
	for _, s := range observe.Vocabulary() {
		if row := s; row.From() == observe.InPod && !declared[row] {
			t.Errorf("%s: no check records it", row.ID)
		}
	}
}

// probeSymptoms are what fresh connections show that meet another server than the
// checks did, and that the kubelet's address works where the one in its place fails.
var probeSymptoms = []string{"tls.fresh.certificates", "token.fresh", "env.given.handshake"}

// mountedAs is a pod without the directory of its volume, and with these mounts.
func mountedAs(lines string) world {
	return world{only: []string{"volume.*"}, change: func(p *plan) { p.volume.unmounted = true }, after: func(pod *Pod) error {
		return files(pod, map[string]string{"proc/self/mountinfo": "1204 1130 0:231 / / rw,relatime - overlay overlay rw\n" + lines})
	}}
}
