package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/k8sdoctor/k8sdoctor/causes"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// The elements of a JUnit report, as Jenkins and GitLab read them:
// https://github.com/testmoapp/junitxml.
type (
	junitSuites struct {
		XMLName xml.Name   `xml:"testsuites"`
		Suite   junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Time       string          `xml:"time,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure,omitempty"`
		Skipped *junitMessage `xml:"skipped,omitempty"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a test case for each check: a failure has the cause and its fix, a warning
// passes and says so in its output. Probes are no test cases.
func JUnit(w io.Writer, r Report) error {
	suite := junitSuite{
		Name: "k8sdoctor", Timestamp: r.Started.UTC().Format("2006-01-02T15:04:05"), Time: seconds(r.Took),
		Properties: []junitProperty{{"version", r.Version}, {"pod", strings.Join(r.parts(), ", ")}, {"verdict", r.Verdict.Summary}},
	}
	made, _ := split(r.Results)
	for _, result := range made {
		c := junitCase{Class: "k8sdoctor." + layerName(result.ID), Name: result.ID + ": " + result.Title, Time: seconds(result.Took)}
		switch result.Status {
		case observe.Fail:
			suite.Failures++
			c.Failure = &junitMessage{Message: result.Summary, Type: codeOf(r, result.ID), Text: findingText(r, result.ID)}
		case observe.Skip:
			suite.Skipped++
			c.Skipped = &junitMessage{Message: result.Summary}
		case observe.Warn:
			c.Output = "warning: " + result.Summary + "\n" + findingText(r, result.ID)
		default:
			c.Output = result.Summary
		}
		suite.Cases = append(suite.Cases, c)
	}
	if r.Incomplete != "" {
		suite.Failures++
		suite.Cases = append(suite.Cases, junitCase{Class: "k8sdoctor", Name: "the run is complete", Time: seconds(0), Failure: &junitMessage{Message: r.Incomplete, Type: "incomplete"}})
	}
	suite.Tests = len(suite.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(junitSuites{Suite: suite}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func seconds(d observe.Milliseconds) string {
	return fmt.Sprintf("%.3f", max(0, time.Duration(d).Seconds()))
}

// layerName is the row of the screen that a check belongs to, in one word.
func layerName(id string) string {
	return strings.ReplaceAll(cmp.Or(LayerOf(id), causes.LayerOf(id)), " ", "-")
}

// codeOf is the cause that was found by a check, or that explains it.
func codeOf(r Report, id string) string {
	for _, f := range r.Verdict.Causes {
		if f.Check == id {
			return f.Code
		}
	}
	for _, f := range r.Verdict.Causes {
		for _, c := range f.Consequences {
			if strings.HasPrefix(c, id+": ") {
				return f.Code
			}
		}
	}
	return "unexplained"
}

// findingText is the cause of a result and its fix, as text.
func findingText(r Report, id string) string {
	code := codeOf(r, id)
	for _, f := range r.Verdict.Causes {
		if f.Code != code {
			continue
		}
		lines := []string{fmt.Sprintf("%s (%s): %s", f.Code, f.Confidence, f.Title)}
		for _, seen := range f.Evidence {
			lines = append(lines, "seen: "+seen)
		}
		return strings.Join(append(append(lines, "fix: "+remedyOf(f)), f.Fix...), "\n")
	}
	return "no known cause"
}
