package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// Prometheus writes the run as metrics, for the textfile collector of the node exporter or
// a push gateway: https://prometheus.io/docs/instrumenting/exposition_formats/.
func Prometheus(w io.Writer, r Report) error {
	m := metrics{}
	m.family("k8sdoctor_info", "Version of k8sdoctor, and the pod that it examined.")
	m.sample("k8sdoctor_info", 1, "version", r.Version, "namespace", r.Pod.Namespace, "pod", r.Pod.Name, "node", r.Pod.Node)
	m.family("k8sdoctor_run_timestamp_seconds", "When the run began, in seconds since the epoch.")
	m.sample("k8sdoctor_run_timestamp_seconds", float64(r.Started.UnixMilli())/1000)
	m.family("k8sdoctor_run_duration_seconds", "How long the run took.")
	m.sample("k8sdoctor_run_duration_seconds", time.Duration(r.Took).Seconds())
	m.family("k8sdoctor_run_status", "1 for the status of the run, 0 for the others; incomplete where checks are missing.")
	for _, status := range []observe.Status{observe.Pass, observe.Warn, observe.Fail} {
		m.sample("k8sdoctor_run_status", oneIf(r.Status == status), "status", string(status))
	}
	m.sample("k8sdoctor_run_status", oneIf(r.Incomplete != ""), "status", "incomplete")
	made, _ := split(r.Results)
	m.family("k8sdoctor_check_status", "1 for the status of each check.")
	seen := map[string]bool{}
	for _, result := range made {
		if !seen[result.ID] {
			m.sample("k8sdoctor_check_status", 1, "check", result.ID, "layer", layerName(result.ID), "status", string(result.Status))
		}
		seen[result.ID] = true
	}
	m.family("k8sdoctor_check_duration_seconds", "How long each check took that ran.")
	clear(seen)
	for _, result := range made {
		if result.Status != observe.Skip && !seen[result.ID] {
			m.sample("k8sdoctor_check_duration_seconds", time.Duration(result.Took).Seconds(), "check", result.ID, "layer", layerName(result.ID))
		}
		seen[result.ID] = true
	}
	m.family("k8sdoctor_cause", "1 for each cause that the verdict names, and how sure it is.")
	clear(seen)
	for _, f := range r.Verdict.Causes {
		if !seen[f.Code] {
			m.sample("k8sdoctor_cause", 1, "code", f.Code, "confidence", string(f.Confidence))
		}
		seen[f.Code] = true
	}
	_, err := io.WriteString(w, m.text.String())
	return err
}

// metrics is the text of metrics while it grows; all are gauges.
type metrics struct{ text strings.Builder }

func (m *metrics) family(name, help string) {
	fmt.Fprintf(&m.text, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
}

// sample adds one, with names and values of labels.
func (m *metrics) sample(name string, value float64, labels ...string) {
	m.text.WriteString(name)
	for i := 0; i < len(labels); i += 2 {
		m.text.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		fmt.Fprintf(&m.text, `%s="%s"`, labels[i], strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.ToValidUTF8(labels[i+1], "?")))
	}
	if len(labels) > 0 {
		m.text.WriteByte('}')
	}
	fmt.Fprintf(&m.text, " %g\n", value)
}

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
