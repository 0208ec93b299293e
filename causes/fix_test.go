package causes

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// full is all that a run can see of what fixes are filled in with.
var full = Input{
	Pod: Pod{Name: "checkout-7d9f", Namespace: "shop", Node: "worker-2", IP: "10.244.1.17", ServiceAccount: "checkout"},
	Seen: observe.Collect(func(log *observe.Log) {
		observe.EnvHostValue.Saw(log, "10.96.0.1")
		observe.EnvPortValue.Saw(log, "443")
		observe.DNSNameservers.Saw(log, "10.96.0.10", "10.96.0.11")
		observe.TokenSecret.Saw(log, "checkout-token-x7")
		observe.APIServerAddress.Saw(log, "172.18.0.3:6443")
		observe.APIStaleNames.Saw(log, "metrics.k8s.io/v1beta1", "custom.example/v1")
		observe.APIFlowSchemaUID.Saw(log, "0e5cd3a2-5b0b-4d3c-9d0f-6b7a4b0f3c11")
	}),
}

// inputs are what the fixes are tested with: nothing, and all that a run can see.
var inputs = map[string]Input{"nothing seen": {}, "all seen": full}

func eachFix(t *testing.T, test func(t *testing.T, c *Page, fix Fix)) {
	t.Helper()
	for name, in := range inputs {
		for _, c := range All() {
			t.Run(name+" "+c.Code, func(t *testing.T) { test(t, c, in.FixOf(c)) })
		}
	}
}

// TestFixesNeverCarryForeignText: what a pod's files and variables hold may have
// been put there by anybody, and a fix is pasted into an administrator's shell.
func TestFixesNeverCarryForeignText(t *testing.T) {
	for _, evil := range []string{"$(reboot)", "x; reboot", "`reboot`", "x\nreboot", "'x", "x y", "../x", "-rf", "UPPER_CASE", "fe80::1%eth0", "[::1]", ""} {
		in := Input{
			Pod:  Pod{Name: evil, Namespace: evil, Node: evil, ServiceAccount: evil, For: evil},
			Seen: everyText(evil),
		}
		for _, doctor := range []bool{false, true} {
			in.Pod.Doctor = doctor
			for _, c := range All() {
				if diff := cmp.Diff(Input{}.FixOf(c), in.FixOf(c)); diff != "" {
					t.Errorf("%s: %q changes the fix (-empty +got):\n%s", c.Code, evil, diff)
				}
			}
			if got := in.Namespace() + in.PodName() + in.Node() + in.ServiceAccount() + in.Secret() + in.Host() + in.Port(); got != "NAMESPACEPODNODESERVICE_ACCOUNTSECRETAPI_HOST443" {
				t.Errorf("%q: got %s", evil, got)
			}
		}
	}
}

// everyText has every subject with a text show this one.
func everyText(text string) observe.Set {
	set := observe.Set{}
	for _, r := range observe.Vocabulary() {
		if r.Kind == observe.KindText || r.Kind == observe.KindTexts {
			set[r.ID] = []observe.Entry{{Value: observe.Value{Text: text}}}
		}
	}
	return set
}

// TestStepsLeadOn has every answer lead to a later step, and every step but the
// first be led to: a change stands behind the look that shows that it is right.
func TestStepsLeadOn(t *testing.T) {
	eachFix(t, func(t *testing.T, _ *Page, fix Fix) {
		if len(fix.Steps) == 0 {
			t.Fatal("no step")
		}
		led := map[int]bool{1: true}
		for i, step := range fix.Steps {
			number := i + 1
			for _, a := range step.Answers {
				if a.If == "" || (a.Step == 0) == (a.Then == "") || a.Step != 0 && (a.Step <= number || a.Step > len(fix.Steps)) {
					t.Errorf("step %d: the answer %+v leads nowhere, or back", number, a)
				}
				led[a.Step] = true
			}
			if step.Kind != Look || len(step.Answers) == 0 {
				led[number+1] = true // what follows a change, or a look that only shows
			}
			if !led[number] {
				t.Errorf("nothing leads to step %d: %s", number, step.Text)
			}
			if step.Kind == Look && (step.Command == "" || step.Undo != "" || step.Who != "") {
				t.Errorf("step %d: got %+v, want a look with a command", number, step)
			}
			if step.Kind == Ask && step.Who == "" {
				t.Errorf("step %d asks nobody", number)
			}
		}
	})
}

// unasked are changes that begin a fix: of the reader's own shell, or of an
// option of the program's resolver.
var unasked = []string{"env.scrubbed", "dns.slow-race"}

// TestChangesAreCareful has each change say how it is undone, and nothing that
// is there be deleted by one.
func TestChangesAreCareful(t *testing.T) {
	deletes := regexp.MustCompile(`kubectl .*\bdelete\b|\breplace\b|--force|\bdrain\b|\bapply\b`)
	touches := regexp.MustCompile(`(patch|restart|set \w+) \$WORKLOAD`)
	eachFix(t, func(t *testing.T, c *Page, fix Fix) {
		for i, step := range fix.Steps {
			if step.Kind != Change {
				continue
			}
			if i == 0 && !slices.Contains(unasked, c.Code) {
				t.Errorf("begins with a change, without a look: %s", step.Text)
			}
			if step.Undo == "" && !strings.Contains(step.Command, "rollout restart") {
				t.Errorf("nothing says how to undo: %s", step.Text)
			}
			if step.Command == "" || deletes.MatchString(step.Command) {
				t.Errorf("no command, or one that takes something away: %q", step.Command)
			}
			if strings.Contains(step.Command, "kind: NetworkPolicy") {
				checkPolicy(t, step.Command)
			}
			if touches.MatchString(step.Command) && !strings.Contains(step.Command, "MAY_REPLACE &&\n") {
				t.Errorf("pods are replaced without a look at what goes with them: %s", step.Command)
			}
		}
	})
}

// checkPolicy has a policy select pods with the labels of the failing one, no more of them
// than are isolated already, and be made only when every address is known: an
// empty list of peers allows all.
func checkPolicy(t *testing.T, command string) {
	t.Helper()
	condition, policy, _ := strings.Cut(command, "; then")
	if !strings.Contains(policy, "podSelector: {matchLabels: $LABELS, matchExpressions: [$SELECTS]}") || !strings.Contains(policy, " create -f -") {
		t.Errorf("got the policy\n%s", policy)
	}
	for _, variable := range append(regexp.MustCompile(`\$[A-Z_]+`).FindAllString(policy, -1), "$EGRESS_POLICIES") {
		if variable != "$SELECTS" && variable != "$NAMESPACE" && variable != "$POD" && !strings.Contains(condition, `[ -n "`+variable+`" ]`) {
			t.Errorf("%s may be empty: %s", variable, condition)
		}
	}
}

func TestFixesReadWell(t *testing.T) {
	forbidden := regexp.MustCompile(`%!|--request-timeout|insecure|(^|\s)(-k|--no-check-certificate)(\s|$)|verify=false|\t`)
	eachFix(t, func(t *testing.T, _ *Page, fix Fix) {
		for _, text := range fix.Lines() {
			if text == "" || strings.TrimSpace(text) != text || forbidden.MatchString(text) {
				t.Errorf("got %q", text)
			}
			for line := range strings.SplitSeq(text, "\n") {
				if strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "#     ") && len(line) > commentWidth {
					t.Errorf("%d columns: %q", len(line), line)
				}
				if strings.HasSuffix(line, " ") {
					t.Errorf("white space at the end: %q", line)
				}
			}
		}
	})
}

// TestFixesNameWhatWasSeen leaves no blank for what a run knows.
func TestFixesNameWhatWasSeen(t *testing.T) {
	known := regexp.MustCompile(`\b(NAMESPACE|APISERVICE|FLOWSCHEMA_UID|POD|NODE|SERVICE_ACCOUNT|SECRET|API_HOST|API_PORT|API_HOSTPORT|SERVICE_[A-Z]+|DNS_CIDR)\b`)
	for _, c := range All() {
		if word := known.FindString(strings.Join(full.FixOf(c).Lines(), "\n")); word != "" {
			t.Errorf("%s: %s stays although it was seen", c.Code, word)
		}
	}
	policy := strings.Join(full.FixOf(mustLookup(t, "net.egress-blocked")).Lines(), "\n")
	for _, want := range []string{"kubectl -n shop create", "cidr: '10.96.0.1/32'", "port: 443", "cidr: '10.96.0.10/32'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the fix of net.egress-blocked lacks %q:\n%s", want, policy)
		}
	}
}

// TestAllowingTheAPIAllowsDNS where DNS does not answer either.
func TestAllowingTheAPIAllowsDNS(t *testing.T) {
	for _, tc := range []struct {
		name string
		saw  func(*observe.Log)
		want bool
	}{
		{"nothing is known of DNS", func(*observe.Log) {}, true},
		{"DNS is silent", func(log *observe.Log) { observe.DNSUDP.SawAt(log, "10.96.0.10:53", observe.Silent) }, true},
		{"DNS answers", func(log *observe.Log) { observe.DNSUDP.SawAt(log, "10.96.0.10:53", observe.Answers) }, false},
		{"one of two answers", func(log *observe.Log) {
			observe.DNSUDP.SawAt(log, "10.96.0.10:53", observe.Silent)
			observe.DNSUDP.SawAt(log, "10.96.0.11:53", observe.Answers)
		}, false},
		{"the node's cache answers", func(log *observe.Log) { observe.DNSCache.SawAt(log, "169.254.20.10:53", observe.Answers) }, false},
	} {
		in := Input{Seen: observe.Collect(tc.saw)}
		fix := strings.Join(in.FixOf(mustLookup(t, "net.api-blocked")).Lines(), "\n")
		if got := strings.Contains(fix, "k8s-app: kube-dns"); got != tc.want {
			t.Errorf("%s: got a rule for DNS %t, want %t", tc.name, got, tc.want)
		}
	}
}

// TestForbiddenGrantsWhatWasAsked and no more.
func TestForbiddenGrantsWhatWasAsked(t *testing.T) {
	in := Input{Pod: full.Pod, Seen: observe.Collect(func(log *observe.Log) {
		observe.APIDeniedNames.Saw(log, "get/secrets", "create/deployments.apps:web", "get/pods/log:*", "list/nodes", "get/secrets:-rf")
	})}
	got := strings.Join(in.FixOf(mustLookup(t, "api.forbidden")).Lines(), "\n")
	for _, want := range []string{
		"kubectl -n shop create role shop-checkout-get-secrets '--verb=get' '--resource=secrets'",
		"kubectl -n web create role shop-checkout-create-deployments.apps '--verb=create' '--resource=deployments.apps'",
		"kubectl create clusterrole shop-checkout-list-nodes '--verb=list' '--resource=nodes'",
		"kubectl create clusterrole shop-checkout-get-pods-log '--verb=get' '--resource=pods/log'",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q", got, want)
		}
	}
	if strings.Contains(got, "view") || strings.Contains(got, "-rf") {
		t.Errorf("got more than was asked for:\n%s", got)
	}
}

func mustLookup(t *testing.T, code string) *Page {
	t.Helper()
	c, ok := Lookup(code)
	if !ok {
		t.Fatalf("no cause %s", code)
	}
	return c
}
