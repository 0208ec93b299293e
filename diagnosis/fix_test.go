package diagnosis

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/checks"
)

// everySeen is what the fixes are tested with: nothing, and all that a run can see.
var everySeen = map[string]Seen{"nothing seen": {}, "all seen": fullSeen}

func eachFix(t *testing.T, test func(t *testing.T, c Cause, fix Fix)) {
	t.Helper()
	for name, seen := range everySeen {
		for _, c := range Catalogue() {
			t.Run(name+" "+c.Code, func(t *testing.T) { test(t, c, seen.FixOf(c)) })
		}
	}
}

// TestStepsLeadOn has every answer lead to a later step, and every step but the
// first be led to: a change stands behind the look that shows that it is right.
func TestStepsLeadOn(t *testing.T) {
	eachFix(t, func(t *testing.T, c Cause, fix Fix) {
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
	eachFix(t, func(t *testing.T, c Cause, fix Fix) {
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
			if touches := regexp.MustCompile(`(patch|restart|set \w+) \$WORKLOAD`); touches.MatchString(step.Command) && !strings.Contains(step.Command, "MAY_REPLACE &&\n") {
				t.Errorf("pods are replaced without a look at what goes with them: %s", step.Command)
			}
		}
	})
}

// checkPolicy has a policy select pods of the sick one's labels, no more of them
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
	eachFix(t, func(t *testing.T, c Cause, fix Fix) {
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
	known := regexp.MustCompile(`\b(NAMESPACE|APISERVICE|POD|NODE|SERVICE_ACCOUNT|SECRET|API_HOST|API_PORT|API_HOSTPORT|SERVICE_[A-Z]+|DNS_CIDR)\b`)
	for _, c := range Catalogue() {
		if word := known.FindString(strings.Join(fullSeen.FixOf(c).Lines(), "\n")); word != "" {
			t.Errorf("%s: %s stays although it was seen", c.Code, word)
		}
	}
	policy := strings.Join(fullSeen.FixOf(mustLookup(t, "net.egress-blocked")).Lines(), "\n")
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
		seen Seen
		want bool
	}{
		{"nothing is known of DNS", Seen{}, true},
		{"DNS answers", Seen{Results: []checks.Result{clusterDNS, dnsAnswers}}, false},
	} {
		fix := strings.Join(tc.seen.FixOf(mustLookup(t, "net.api-blocked")).Lines(), "\n")
		if got := strings.Contains(fix, "k8s-app: kube-dns"); got != tc.want {
			t.Errorf("%s: got a rule for DNS %t, want %t", tc.name, got, tc.want)
		}
	}
}

// TestForbiddenGrantsWhatWasAsked and no more.
func TestForbiddenGrantsWhatWasAsked(t *testing.T) {
	seen := Seen{Pod: fullSeen.Pod, Results: []checks.Result{result("api.access", checks.Fail, "api.forbidden",
		"get/secrets", "denied", "list/pods", "allowed RBAC", "create/deployments.apps:web", "denied", "get/pods/log:*", "denied", "list/nodes", "denied", "get/secrets:-rf", "denied")}}
	got := strings.Join(seen.FixOf(mustLookup(t, "api.forbidden")).Lines(), "\n")
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
	if strings.Contains(got, "view") || strings.Contains(got, "list-pods") || strings.Contains(got, "-rf") {
		t.Errorf("got more than was asked for:\n%s", got)
	}
}

func mustLookup(t *testing.T, code string) Cause {
	t.Helper()
	c, ok := Lookup(code)
	if !ok {
		t.Fatalf("no cause %s", code)
	}
	return c
}
