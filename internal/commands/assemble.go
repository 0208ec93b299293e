package commands

import (
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/diagnose"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/redact"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// assemble makes the report of one run.
func (s *Session) assemble(results []observe.Result, started time.Time) report.Report {
	token := redact.ReadToken(s.Sys)
	pod := podOf(s.Sys.Env, results, token)
	pod.Doctor, pod.For = s.Doctor, token.Clean(s.ForPod)
	return report.Report{
		APIVersion: "k8sdoctor/v1",
		Kind:       "Report",
		Version:    s.Version,
		Started:    started.UTC().Truncate(time.Millisecond),
		Took:       observe.Milliseconds(time.Since(started)),
		Pod:        pod,
		Status:     report.Worst(results),
		Verdict:    diagnose.Diagnose(pod, results),
		Results:    results,
	}
}

// podOf takes the pod's name and place from the downward API where the pod has
// it, and from what the checks saw otherwise.
func podOf(env map[string]string, results []observe.Result, token redact.Secret) causes.Pod {
	seen := observe.All(results)
	first := func(values ...string) string {
		for _, value := range values {
			if value != "" {
				return token.Clean(value)
			}
		}
		return ""
	}
	return causes.Pod{
		Name:           first(env["POD_NAME"], observe.TokenPodName.In(seen), env["HOSTNAME"]),
		Namespace:      first(env["POD_NAMESPACE"], observe.VolumeNamespaceIs.In(seen), observe.TokenNamespace.In(seen)),
		Node:           first(env["NODE_NAME"], observe.TokenNode.In(seen)),
		IP:             first(env["POD_IP"], observe.PodIP.In(seen)),
		ServiceAccount: first(observe.TokenServiceAccount.In(seen), env["POD_SERVICE_ACCOUNT"]),
	}
}
