//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/accuracy"
	"github.com/k8sdoctor/k8sdoctor/launch/predict"
)

// asked is how many new connections, and how many questions, a pod makes each time.
const asked = 10

// TestPredict has changes predicted, makes them, and asks the pods. It is alone on the cluster:
// some changes are of the Services kubernetes and kube-dns.
func TestPredict(t *testing.T) {
	ns := newNamespace(t, false)
	w := predictWorld{namespace: ns, api: endpoint(t)}
	_, objects := ns.split(t, "predict.yaml", values{"IMAGE": programImage(t, "./reach"), "NODE": healthyNode(), "API_NODE": os.Getenv("E2E_CLUSTER") + "-control-plane"})
	ns.apply(t, objects)
	for _, name := range predictWorkloads {
		ns.kubectl(t, "rollout", "status", "deployment/"+name, "--timeout=2m")
	}
	for name, s := range w.ask(t) {
		if s != (seen{asked, asked, 200}) {
			t.Fatalf("%s: got %+v before any change", name, s)
		}
	}
	var page accuracy.Predictions
	for _, c := range predictCases {
		t.Run(c.name, func(t *testing.T) { page = append(page, w.run(t, c)) })
	}
	if os.Getenv("ACCURACY") != "" {
		if err := page.Write("../docs/accuracy.md", "predict"); err != nil {
			t.Error(err)
		}
	}
}

// predictWorkloads are the Deployments of testdata/predict.yaml, of one pod each.
var predictWorkloads = []string{"web", "cart", "beside", "host"}

// predictCase is a change of a cluster.
type predictCase struct {
	name           string
	before, change string // objects that are applied; $NAMESPACE, $API, $SERVICE, $DNS and $GONE stand for names and addresses
	delete         []string
	// want is what is predicted, as losses writes it.
	want string
	// again makes the pods anew after the change.
	again bool
}

type predictWorld struct {
	namespace namespace
	api       string // address and port
}

func (w *predictWorld) run(t *testing.T, c predictCase) accuracy.Prediction {
	before, change := w.expand(t, c.before), w.expand(t, c.change)
	t.Cleanup(func() { w.undo(t, before, change) })
	if before != "" {
		commandWith(t, before, "kubectl", "apply", "--filename=-")
	}
	today := w.settled(t, func(map[string]seen) bool { return false }, 3*time.Second)
	p := w.predict(t, change, c.delete...)
	if said := w.losses(p); said != c.want {
		t.Errorf("got the prediction %q, want %q", said, c.want)
	}
	w.make(t, c, change)
	then := w.settled(t, func(now map[string]seen) bool { return w.difference(p, today, now, c.again) == "" }, 20*time.Second)
	row := accuracy.Prediction{Change: c.name, Said: w.losses(p), Seen: describe(today, then)}
	if d := w.difference(p, today, then, c.again); d != "" {
		row.Different = true
		t.Error(d)
	}
	t.Logf("predicted: %s; seen: %s", row.Said, row.Seen)
	return row
}

// expand writes names and addresses into objects.
func (w *predictWorld) expand(t *testing.T, text string) string {
	api, _, _ := strings.Cut(w.api, ":")
	return os.Expand(text, func(word string) string {
		switch word {
		case "NAMESPACE":
			return string(w.namespace)
		case "API":
			return api
		case "GONE":
			return api[:strings.LastIndex(api, ".")] + ".250"
		case "SERVICE":
			return kubectl(t, "--namespace=default", "get", "service", "kubernetes", "--output=jsonpath={.spec.clusterIP}")
		case "DNS":
			return kubectl(t, "--namespace=kube-system", "get", "service", "kube-dns", "--output=jsonpath={.spec.clusterIP}")
		}
		t.Fatalf("nothing says what $%s is", word)
		return ""
	})
}

// make makes the change: what is deleted goes first.
func (w *predictWorld) make(t *testing.T, c predictCase, change string) {
	for _, name := range c.delete {
		w.namespace.kubectl(t, "delete", name)
	}
	if change != "" {
		commandWith(t, change, "kubectl", "apply", "--filename=-")
	}
	if c.again {
		w.namespace.kubectl(t, "rollout", "restart", "deployment/web")
		w.namespace.kubectl(t, "rollout", "status", "deployment/web", "--timeout=1m")
	}
}

// undo leaves the namespace as it was, with pods whose tokens are good.
func (w *predictWorld) undo(t *testing.T, before, change string) {
	for document := range strings.SplitSeq(change+"\n---\n"+before, "\n---\n") {
		if document != "" && !strings.Contains(document, "kind: Namespace") {
			commandWith(t, document, "kubectl", "delete", "--ignore-not-found", "--filename=-")
		}
	}
	if w.namespace.kubectl(t, "get", "serviceaccount", "own", "--ignore-not-found", "--output=name") == "" {
		w.namespace.kubectl(t, "create", "serviceaccount", "own")
	}
	if status := w.ask(t)["web"].Status; status != 200 {
		w.namespace.kubectl(t, "rollout", "restart", "deployment/web")
		w.namespace.kubectl(t, "rollout", "status", "deployment/web", "--timeout=1m")
	}
}

// predict calls the launcher, which has to exit with 1 where something is lost.
func (w *predictWorld) predict(t *testing.T, change string, deleted ...string) (p predict.Prediction) {
	t.Helper()
	args := []string{"predict", "--namespace", string(w.namespace), "-o", "json"}
	if change != "" {
		args = append(args, "-f", write(t, t.TempDir(), "change.yaml", change))
	}
	for _, name := range deleted {
		args = append(args, "--delete", name)
	}
	cmd := pluginCommand(t, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && !isExit(err) {
		t.Fatal(err)
	}
	if err := json.Unmarshal(stdout.Bytes(), &p); err != nil {
		t.Fatalf("status %d: %s%s", cmd.ProcessState.ExitCode(), stdout.String(), stderr.String())
	}
	if want := map[bool]int{true: 1}[p.Pods.Lose > 0]; cmd.ProcessState.ExitCode() != want || (len(p.Losses) > 0) != (p.Pods.Lose > 0) {
		t.Errorf("got status %d, want %d: %s", cmd.ProcessState.ExitCode(), want, stdout.String())
	}
	return p
}

func isExit(err error) bool {
	_, ok := errors.AsType[*exec.ExitError](err)
	return ok
}

// losses writes what is predicted for the pods of this test: "~" stands for some connections,
// "?" for what depends on the network plugin, and "!" for an address at which nobody is known.
func (w *predictWorld) losses(p predict.Prediction) string {
	var texts []string
	for _, name := range predictWorkloads {
		var of []string
		for _, l := range w.of(p, name) {
			text := l.Of
			if l.Some {
				text += "~"
			}
			if slices.Contains(l.DependsOn, predict.Endpoint) {
				text += "!"
			}
			if dependsOnPlugin(l) {
				text += "?"
			}
			of = append(of, text)
		}
		if len(of) > 0 {
			texts = append(texts, name+": "+strings.Join(of, ", "))
		}
	}
	if len(texts) == 0 {
		return "nothing"
	}
	return strings.Join(texts, "; ")
}

func (w *predictWorld) of(p predict.Prediction, name string) []predict.Loss {
	return slices.DeleteFunc(slices.Clone(p.Losses), func(l predict.Loss) bool {
		return l.Namespace != string(w.namespace) || l.Workload != "deployment/"+name
	})
}

func dependsOnPlugin(l predict.Loss) bool {
	return slices.Contains(l.DependsOn, predict.Translation) || slices.Contains(l.DependsOn, predict.NodeTraffic)
}

// seen is what one pod says.
type seen struct {
	APIServer int `json:"apiServer"`
	DNS       int `json:"dns"`
	Status    int `json:"status"`
}

func (w *predictWorld) ask(t *testing.T) map[string]seen {
	t.Helper()
	var wait sync.WaitGroup
	answers, errs := make([]seen, len(predictWorkloads)), make([]error, len(predictWorkloads))
	for i, name := range predictWorkloads {
		wait.Go(func() {
			for range 3 { // a stream may end before what it carries
				var out []byte
				if out, errs[i] = exec.Command("kubectl", "--namespace", string(w.namespace), "exec", "deployment/"+name, "--", "/reach", "ask", fmt.Sprint(asked)).Output(); errs[i] == nil {
					errs[i] = json.Unmarshal(out, &answers[i])
				}
				if errs[i] == nil {
					return
				}
			}
		})
	}
	wait.Wait()
	all := map[string]seen{}
	for i, name := range predictWorkloads {
		if errs[i] != nil {
			t.Fatalf("%s: %v", name, errs[i])
		}
		all[name] = answers[i]
	}
	return all
}

// settled asks after a moment, in which policies come into force, and again until it is as
// awaited.
func (w *predictWorld) settled(t *testing.T, as func(map[string]seen) bool, limit time.Duration) map[string]seen {
	t.Helper()
	end := time.Now().Add(limit)
	time.Sleep(2 * time.Second)
	for {
		now := w.ask(t)
		if as(now) || time.Now().After(end) {
			return now
		}
	}
}
