package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/k8sdoctor/k8sdoctor/report"
)

func TestSkip(t *testing.T) {
	const also = "also leaves out what needs it: "
	for _, tc := range []struct {
		name, args string
		status     int
		stderr     string   // "" for nothing
		absent     []string // from the results
	}{
		{"what nothing needs", "demo --skip env.client,tls.name", 0, "", []string{"env.client", "tls.name"}},
		{"what others need", "demo --skip tls.validity", 0, "--skip tls.validity " + also + "auth.review auth.clock api.versions api.health api.version api.access",
			[]string{"tls.validity", "auth.review", "auth.clock", "api.versions", "api.health", "api.version", "api.access"}},
		{"a glob", "demo --skip dns.*", 0, "--skip dns.* " + also + "net.name", []string{"dns.config", "dns.servers", "dns.resolve", "net.name"}},
		{"a probe", "demo --skip probe.*", 0, "", nil},
		{"beside what is asked for", "demo --only auth.review --skip env.client", 0, "", []string{"env.client"}},
		{"what is asked for needs it", "demo --only auth.review --skip tls.host", 2, "auth.review needs a check that is to be skipped", nil},
		{"what is asked for needs it, further up", "demo --only tls.* --skip env.service", 2, "needs a check that is to be skipped", nil},
		{"everything", "demo --skip *", 2, "no check is left to run", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, stdout, stderr := call(t.Context(), append(strings.Fields(tc.args), "-o", "json")...)
			if status != tc.status {
				t.Errorf("got status %d, want %d", status, tc.status)
			}
			if (stderr == "") != (tc.stderr == "") || !strings.Contains(stderr, tc.stderr) || strings.Count(stderr, "\n") > 1 {
				t.Errorf("got %q on standard error, want one line with %q", stderr, tc.stderr)
			}
			if tc.status == 2 {
				if stdout != "" {
					t.Errorf("got %q on standard output, want nothing", stdout)
				}
				return
			}
			var r report.Report
			if err := json.Unmarshal([]byte(stdout), &r); err != nil {
				t.Fatal(err)
			}
			for _, result := range r.Results {
				if slices.Contains(tc.absent, result.ID) {
					t.Errorf("got a result of %s, want none", result.ID)
				}
			}
		})
	}
}
