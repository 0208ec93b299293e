package nodes

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/lab/trial"
	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
	"github.com/k8sdoctor/k8sdoctor/launch/job"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// testFleet has no node yet, and a cluster of which nothing may be read.
func testFleet() *fleet {
	r := &Runner{Version: "v2.0.0", Selector: labels.Everything(), Options: job.Options{Namespace: "shop", Image: "k8sdoctor:v1", StartTimeout: time.Minute, Timeout: 30 * time.Second}}
	return &fleet{runner: r, shared: &cluster.State{Pod: r.unnamed("")}, nodes: map[string]*node{}}
}

// add adds a node in a zone.
func (f *fleet) add(name, zone string, a answer) *node {
	n := &node{object: &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
		corev1.LabelHostname: name, corev1.LabelTopologyZone: zone, "node-id": "id-" + name,
	}}}, pods: a}
	n.object.Status.NodeInfo.KernelVersion = "6.1.0"
	f.nodes[name] = n
	return n
}

// ran is the answer of a doctor, as its termination message brings it.
func ran(t *testing.T, results []observe.Result, limit int) answer {
	t.Helper()
	text := observe.Compact{Version: "v1.0.0", Took: time.Second, Results: results}.Encode(limit)
	a := answer{pod: podOf(corev1.ContainerStateTerminated{Message: string(text)})}
	if !a.read("k8sdoctor:v1", "v2.0.0") || a.observed == nil {
		t.Fatalf("the answer is not read: %s", a.because)
	}
	return a
}

// podOf is a pod of the DaemonSet whose doctor has ended so.
func podOf(end corev1.ContainerStateTerminated) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "k8sdoctor-nodes-abcde-x", Namespace: "shop", UID: "1"},
		Status: corev1.PodStatus{
			Phase:                 corev1.PodRunning,
			InitContainerStatuses: []corev1.ContainerStatus{{Name: doctor, State: corev1.ContainerState{Terminated: &end}}},
			ContainerStatuses:     []corev1.ContainerStatus{{Name: idle, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}},
		},
	}
}

func dark() answer {
	return answer{
		pod: &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "k8sdoctor-nodes-abcde-y", Namespace: "shop", UID: "2"}, Status: corev1.PodStatus{Phase: corev1.PodPending}},
		events: []corev1.Event{{Reason: "FailedCreatePodSandBox", Type: corev1.EventTypeWarning, Message: `plugin type="ptp" failed`,
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", UID: types.UID("2")}}},
	}
}

func TestNodesAreGroupedByWhatIsWrong(t *testing.T) {
	well, _ := trial.Results(t, checks.All())
	dead, _ := trial.Results(t, checks.All(), "net.api-down")
	names, _ := trial.Results(t, checks.All(), "dns.silent")
	f := testFleet()
	for i := range 5 {
		f.add(fmt.Sprintf("well-%d", i), []string{"eu-1a", "eu-1c"}[i%2], ran(t, well, 3072))
	}
	f.add("dead-1", "eu-1b", ran(t, dead, 3072))
	f.add("dead-2", "eu-1b", ran(t, dead, 3072))
	f.add("names", "eu-1a", ran(t, names, 3072))
	host := ran(t, well, 3072)
	f.add("dark", "eu-1a", dark()).host = &host
	f.add("lost", "eu-1c", answer{because: "the DaemonSet has no pod for the node within 1 min (--start-timeout)"})

	got := f.judge()
	var problems []string
	for _, p := range got.Problems {
		problems = append(problems, fmt.Sprintf("%s %s %s", p.Status, p.Code, strings.Join(p.Nodes, ",")))
	}
	want := []string{
		"fail net.api-down dead-1,dead-2", "fail launch.sandbox dark",
		"fail  lost", "warn dns.silent names",
	}
	if !slices.Equal(problems, want) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(problems, "\n"), strings.Join(want, "\n"))
	}
	if p := got.Problems[0]; !slices.Equal(p.Shared, []string{"label topology.kubernetes.io/zone=eu-1b"}) || p.Confidence == "" || len(p.Evidence) == 0 || p.Remedy == "" {
		t.Errorf("got %+v, want the zone as what only these nodes have", p)
	}
	if p := got.Problems[1]; !slices.Equal(p.Host, []string{"the API server is reached (dark)"}) || p.Confidence != causes.Certain {
		t.Errorf("got %+v, want a certain cause and what the host network shows", p)
	}
	if p := got.Problems[2]; !strings.Contains(p.Title, "has no pod for the node within 1 min") {
		t.Errorf("got %q, want why there is no report", p.Title)
	}
	if got.Status != observe.Fail || len(got.Nodes) != 10 {
		t.Errorf("got status %s of %d nodes", got.Status, len(got.Nodes))
	}
	for _, n := range got.Nodes {
		if well := strings.HasPrefix(n.Name, "well"); well != (n.Report == nil) || well != (n.Status == observe.Pass) {
			t.Errorf("%s has status %s, and a report: %v", n.Name, n.Status, n.Report != nil)
		}
	}
	for _, format := range report.NodesFormats() {
		var out bytes.Buffer
		if err := format.Write(&out, got, report.Options{}); err != nil || !strings.Contains(out.String(), "dead-2") || !strings.Contains(out.String(), "net.api-down") {
			t.Errorf("%s: error %v, or the node or its cause is missing in %d bytes", format.Name, err, out.Len())
		}
	}
}

// TestCutMessageIsNeverCertain: what was cut off might speak against a cause.
func TestCutMessageIsNeverCertain(t *testing.T) {
	results, _ := trial.Results(t, checks.All(), "tls.expired")
	whole := ran(t, results, 3072)
	cut := ran(t, results, 900)
	f := testFleet()
	f.add("whole", "a", whole)
	f.add("cut", "a", cut)
	confidence := map[string]causes.Confidence{}
	for _, n := range f.judge().Nodes {
		if len(n.Report.Verdict.Causes) > 0 && n.Report.Verdict.Causes[0].Code == "tls.expired" {
			confidence[n.Name] = n.Report.Verdict.Causes[0].Confidence
		}
		if missing := strings.Contains(n.Report.Incomplete, "did not arrive"); missing != (n.Name == "cut") {
			t.Errorf("%s: incomplete %q", n.Name, n.Report.Incomplete)
		}
	}
	if confidence["whole"] != causes.Certain || confidence["cut"] != causes.Likely {
		t.Errorf("got %v, want certain for the whole message and likely for the cut one", confidence)
	}
}

func TestNodesReportMatchesItsSchema(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	for name, text := range map[string]string{"nodes": report.NodesSchema, "report": report.Schema} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(name, document); err != nil {
			t.Fatal(err)
		}
	}
	nodesSchema, reportSchema := compiler.MustCompile("nodes"), compiler.MustCompile("report")
	well, _ := trial.Results(t, checks.All())
	broken, _ := trial.Results(t, checks.All(), "dns.nxdomain")
	f := testFleet()
	f.add("well", "a", ran(t, well, 3072))
	f.add("broken", "a", ran(t, broken, 3072))
	f.add("cut", "a", ran(t, broken, 900))
	f.add("lost", "a", answer{})
	host := ran(t, broken, 3072)
	f.add("dark", "b", dark()).host = &host
	var out bytes.Buffer
	if err := report.NodesJSON(&out, f.judge()); err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := nodesSchema.Validate(document); err != nil {
		t.Error(err)
	}
	reports := 0
	for _, node := range document.(map[string]any)["nodes"].([]any) {
		for _, field := range []string{"report", "hostNetwork"} {
			if r, ok := node.(map[string]any)[field]; ok {
				reports++
				if err := reportSchema.Validate(r); err != nil {
					t.Errorf("%s of %v: %v", field, node.(map[string]any)["name"], err)
				}
			}
		}
	}
	if reports != 5 {
		t.Errorf("got %d reports, want those of four nodes and of one host network", reports)
	}
}

func TestAnswersThatAreNoObservations(t *testing.T) {
	for _, test := range []struct {
		name string
		end  corev1.ContainerStateTerminated
		want string
	}{
		{"another image", corev1.ContainerStateTerminated{Reason: "Completed"}, "image k8sdoctor:v1 ended without a message"},
		{"an older doctor", corev1.ContainerStateTerminated{ExitCode: 2, Reason: "Error", Message: "k8sdoctor: flag provided but not defined: -exit-zero; see k8sdoctor check --help\n"}, "the k8sdoctor of image k8sdoctor:v1 has no flag --exit-zero: it is of another version than this launcher, which is v2.0.0"},
		{"a newer doctor", corev1.ContainerStateTerminated{Message: "k8sdoctor-observations/2 v3 1 1 ;\n"}, "is of another version than this launcher, which is v2.0.0: observations in the form k8sdoctor-observations/2"},
		{"killed", corev1.ContainerStateTerminated{ExitCode: 137, Reason: "OOMKilled"}, "k8sdoctor ended without a report: OOMKilled, exit status 137"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := answer{pod: podOf(test.end)}
			if done := a.read("k8sdoctor:v1", "v2.0.0"); !done || a.observed != nil || !strings.Contains(a.because, test.want) {
				t.Errorf("got %v, %q, want %q", done, a.because, test.want)
			}
		})
	}
}
