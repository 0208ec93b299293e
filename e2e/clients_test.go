//go:build e2e

package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/k8sdoctor/k8sdoctor/accuracy"
	"github.com/k8sdoctor/k8sdoctor/clients"
)

// toolboxImage names an image with bash, curl, kubectl and Python's client for Kubernetes.
const toolboxImage = "E2E_TOOLBOX_IMAGE"

// rowOf are the rows of the table by the names that the clients have here.
var rowOf = map[string]string{"go": "client-go", "python": "Python", "kubectl": "kubectl in a pod", "curl": "the guide's curl"}

// sickPod is a pod with one fault, and the clients of which the table need not know how
// they fare in it.
type sickPod struct {
	name    string
	file    string // of testdata, for its other objects
	before  func(*testing.T, namespace) values
	change  func(*corev1.PodSpec)
	unknown []string
}

var sickPods = []sickPod{
	{name: "healthy"},
	{name: "ca.crt from another CA", before: otherCA("another CA"), change: given},
	{name: "no ca.crt", before: without("ca.crt"), change: given},
	{name: "ca.crt without a certificate", before: with("ca.crt", "none\n"), change: given},
	{name: "no token", before: without("token"), change: given},
	{name: "an empty token", before: with("token", ""), change: given},
	{name: "a newline at the end of the token", before: newlineAtEnd, change: given},
	{name: "an expired token", before: signedAnew(false, validFrom(-2*time.Hour)), change: given},
	{name: "a token signed by another key", before: signedAnew(true, unchanged), change: given},
	{name: "a token of another audience", before: account(func(t *testing.T, ns namespace, f files) { f["token"] = ns.token(t, "--audience=vault") }), change: given},
	{name: "automount off", change: func(spec *corev1.PodSpec) { spec.AutomountServiceAccountToken = new(bool) }},
	{name: "the node's DNS", change: func(spec *corev1.PodSpec) { spec.DNSPolicy = corev1.DNSDefault }},
	{name: "a proxy that is gone", change: variable("HTTPS_PROXY", "http://127.0.0.1:3128"), unknown: []string{"Python"}},
	// a reset, which no kernel rations as it does ICMP, of which the doctor beside it takes its part
	{name: "a host where nothing listens", change: variable("KUBERNETES_SERVICE_HOST", "127.0.0.1"), unknown: []string{"the guide's curl"}},
	{name: "a policy that drops everything", file: "deny-all.yaml"},
}

// given has every container use the Secret account in place of the volume.
func given(spec *corev1.PodSpec) {
	spec.Volumes = []corev1.Volume{{Name: "account", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "account"}}}}
	for i := range spec.Containers {
		spec.Containers[i].VolumeMounts = []corev1.VolumeMount{{Name: "account", MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true}}
	}
}

func variable(name, value string) func(*corev1.PodSpec) {
	return func(spec *corev1.PodSpec) {
		for i := range spec.Containers {
			spec.Containers[i].Env = append(spec.Containers[i].Env, corev1.EnvVar{Name: name, Value: value})
		}
	}
}

// TestRealClients runs clients beside k8sdoctor in pods with a fault: each fares as the
// table of that pod's report says, and fails in the words that stand there.
func TestRealClients(t *testing.T) {
	toolbox := os.Getenv(toolboxImage)
	if toolbox == "" {
		t.Fatalf("%s names no image with bash, curl, kubectl and Python's client", toolboxImage)
	}
	command(t, "go", "tool", "kind", "load", "docker-image", "--name", os.Getenv("E2E_CLUSTER"), toolbox)
	goClient := programImage(t, "./clientgo")
	var ran accuracy.Clients
	t.Cleanup(func() {
		if os.Getenv("ACCURACY") != "" {
			if err := ran.Write("../docs/accuracy.md", "clients"); err != nil {
				t.Error(err)
			}
		}
	})
	for _, s := range sickPods {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			ns := newNamespace(t, false)
			if s.before != nil {
				s.before(t, ns)
			}
			if s.file != "" {
				_, objects := ns.split(t, s.file, nil)
				ns.apply(t, objects)
			}
			ran.Add(s.name, s.compare(t, ns.runClients(t, toolbox, goClient, s.change)))
		})
	}
}

// runClients returns what each container of the pod prints.
func (ns namespace) runClients(t *testing.T, toolbox, goClient string, change func(*corev1.PodSpec)) map[string]string {
	t.Helper()
	spec := corev1.PodSpec{RestartPolicy: corev1.RestartPolicyNever, Containers: []corev1.Container{
		{Name: "k8sdoctor", Image: "k8sdoctor:dev", Args: []string{"check", "--output", "json"}},
		{Name: "go", Image: goClient},
		{Name: "tools", Image: toolbox, Command: []string{"bash", "-c", read(t, "testdata/clients.sh")}},
	}}
	for i := range spec.Containers {
		spec.Containers[i].ImagePullPolicy = corev1.PullIfNotPresent
	}
	if change != nil {
		change(&spec)
	}
	pod, err := json.Marshal(corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: metav1.ObjectMeta{Name: "sick"}, Spec: spec,
	})
	if err != nil {
		t.Fatal(err)
	}
	ns.apply(t, string(pod))
	logs := map[string]string{}
	for _, c := range spec.Containers {
		ns.kubectl(t, "wait", "pod/sick", "--timeout=4m", `--for=jsonpath={.status.containerStatuses[?(@.name=="`+c.Name+`")].state.terminated.containerID}`)
		logs[c.Name] = ns.kubectl(t, "logs", "pod/sick", "--container", c.Name)
	}
	return logs
}

// compare holds what the clients print against the table.
func (s sickPod) compare(t *testing.T, logs map[string]string) (ran []accuracy.Ran) {
	table := map[string]clients.Client{}
	for _, c := range readReport(t, logs["k8sdoctor"]).Clients {
		table[c.Name] = c
	}
	ends := map[string]string{"go": logs["go"]}
	for section := range strings.SplitSeq("\n"+logs["tools"], "\n== ") {
		name, text, _ := strings.Cut(section, "\n") // of a client that was stopped there is none
		ends[name] = text
	}
	for _, name := range slices.Sorted(maps.Keys(rowOf)) {
		row := rowOf[name]
		end, ended := ends[name]
		if !ended || jwt.MatchString(end) && row != "Python" {
			t.Errorf("%s: ran: %t; or a token is in %q", row, ended, end)
			continue
		}
		wrong := contradicts(table[row], end, works(name, end), slices.Contains(s.unknown, row))
		ran = append(ran, accuracy.Ran{Client: row, Works: works(name, end), Known: table[row].Outcome != clients.Unknown, Fit: wrong == ""})
		if wrong != "" {
			t.Errorf("%s: %s: predicted %s, %q (%s), and it prints:\n%s", row, wrong, table[row].Outcome, table[row].Error, table[row].Reason, end)
		}
	}
	return ran
}

// works says whether a client got what it asked for.
func works(name, end string) bool {
	answer := map[string]string{"go": "system:serviceaccount:", "python": "['v1']", "kubectl": "system:serviceaccount:", "curl": `"kind": "APIVersions"`}
	return strings.Contains(end, answer[name])
}

func contradicts(predicted clients.Client, end string, works, mayBeUnknown bool) string {
	switch {
	case predicted.Outcome == clients.Unknown && !mayBeUnknown:
		return "the table does not know"
	case predicted.Outcome == clients.Works && !works:
		return "it fails"
	case predicted.Outcome == clients.Fails && works:
		return "it works"
	case (predicted.Outcome == clients.Fails || predicted.Outcome == clients.Remark) && !works && !says(predicted.Error, end):
		return "other words"
	}
	return ""
}

// says finds one of the texts that "; or " parts, whose "..." stand for anything, however
// the lines are broken.
func says(texts, end string) bool {
	for text := range strings.SplitSeq(texts, "; or ") {
		rest, all := strings.Join(strings.Fields(end), " "), true
		for part := range strings.SplitSeq(text, "...") {
			part = strings.TrimSpace(part)
			i := strings.Index(rest, part)
			if all = all && i >= 0; all {
				rest = rest[i+len(part):]
			}
		}
		if all {
			return true
		}
	}
	return false
}
