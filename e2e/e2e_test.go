//go:build e2e

package e2e

import (
	"slices"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// scenario is one Job on the cluster and what its report has to say.
type scenario struct {
	name string
	// file in testdata: what to apply before the Job and, under kind Job, what
	// to change in it.
	file string
	// before prepares what no file can hold, and says what the file's words
	// stand for.
	before func(t *testing.T, ns namespace) values
	// after breaks what a pod has to be there for already; only TestFixes knows it.
	after func(t *testing.T, ns namespace)
	// privileged asks for a namespace that does not enforce "restricted".
	privileged bool
	exit       int
	// cause is the code of what is broken, and after it others that may be named
	// first because a pod cannot tell. Without any, no cause may be named.
	cause []string
	// outside is the cause that the launcher is to name, where it sees more than a pod does.
	outside string
	// most is how sure the first cause may be at most; certain when empty.
	most causes.Confidence
	// true lists further codes that are true here: only these and the first of
	// cause may be named as certain.
	true []string
	// want lists, in the order of the run, every result that is a warning or a
	// failure: "id status code". Nothing else may be found. Where cause is set,
	// it may stay empty.
	want []string
	// or is the same list where the machine, not the cluster, makes the difference.
	or []string
	// passed lists checks that must have run and passed, beside what failed.
	passed []string
}

// longest is how long a report may take, even when nothing ever answers, on a
// machine that is busy; the 15 s of one that is not are kept to in package
// diagnosis, by a clock of the test's own.
const longest = 30 * time.Second

func TestOnCluster(t *testing.T) {
	t.Cleanup(func() { writeAccuracy(t) })
	t.Run("together", func(t *testing.T) {
		setAside(t, brokenNode())
		t.Run("job.yaml as it stands", asItStands)
		dns, image := newDNSServer(t), kubectlImage(t)
		t.Run("on a broken node", func(t *testing.T) {
			t.Parallel()
			inTurn(t, onBrokenNode)
		})
		t.Run("on the control-plane node", func(t *testing.T) {
			t.Parallel()
			strict := newStrictServer(t)
			inTurn(t, slices.Concat(ledAstray, withoutAnonymous(strict), withCertificates(strict),
				notReady(newUnreadyServer(t)), withNewKey(newRekeyedServer(t))))
		})
		t.Run("on a healthy node", func(t *testing.T) { // last, so that the long ones above start first
			t.Parallel()
			atOnce(t, slices.Concat(inPod, withLinks, withToken, busy, withPolicy, dns.scenarios(), kubectlProxy(image)))
		})
	})
	// from here on, what breaks the whole cluster for a while
	inTurn(t, alone)
	t.Run("with published keys", func(t *testing.T) {
		keysPublished(t)
		atOnce(t, withPublishedKeys(newRekeyedServer(t)))
	})
}

// TestFlavours runs what is healthy in a cluster of any kind.
func TestFlavours(t *testing.T) {
	t.Run("job.yaml as it stands", asItStands)
	atOnce(t, healthy)
}

func inTurn(t *testing.T, list []scenario) {
	for _, s := range list {
		t.Run(s.name, s.run)
	}
}

func atOnce(t *testing.T, list []scenario) {
	for _, s := range list {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t)
		})
	}
}

func (s scenario) run(t *testing.T) {
	ns := newNamespace(t, !s.privileged)
	var given values
	if s.before != nil {
		given = s.before(t, ns)
	}
	end := ns.runJob(t, s.file, given)
	s.keep(t, end.log)
	rep := readReport(t, end.log)
	end.check(t, s.exit)
	checkJSON(t, end.message)
	s.checkCauses(t, rep)
	verdicts.Add(s.row(rep))
	s.fromOutside(t, ns, rep)
	s.checkResults(t, rep.Results)
	if took := time.Duration(rep.Took); took > longest {
		t.Errorf("the report took %s, want at most %s", took, longest)
	}
}

func (s scenario) checkResults(t *testing.T, results []observe.Result) {
	t.Helper()
	exactly := len(s.want) > 0 || len(s.cause) == 0
	if got := warningsAndFailures(results); exactly && !slices.Equal(got, s.want) && (s.or == nil || !slices.Equal(got, s.or)) {
		t.Errorf("got %q, want %q or %q", got, s.want, s.or)
	}
	for _, r := range results {
		switch {
		case slices.Contains(s.passed, r.ID) && r.Status != observe.Pass:
			t.Errorf("%s: got %s (%s), want pass", r.ID, r.Status, r.Summary)
		case len(s.cause) == 0 && r.BlockedBy != "":
			t.Errorf("%s: got skip, blocked by %s, in a healthy pod", r.ID, r.BlockedBy)
		}
	}
}

// asItStands pastes what README.md shows for the manifest that it hands out.
func asItStands(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t, true)
	checkTable(t, ns.pasteJob(t).stdout)
	end := ns.wait(t)
	end.check(t, 0)
	checkText(t, end.message)
}
