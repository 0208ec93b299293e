package report

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/joshdk/go-junit"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	source "github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
	"sigs.k8s.io/yaml"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

// everyReport are those that each format is tried with.
func everyReport(t *testing.T) map[string]Report {
	t.Helper()
	reports := hostile()
	delete(reports, "2,000 results")
	reports["healthy"], reports["failing"] = saved(t, "healthy"), saved(t, "failing")
	return reports
}

func written(t *testing.T, format string, r Report) string {
	t.Helper()
	formats := Formats()
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == format })
	if i < 0 {
		t.Fatalf("no format is named %s", format)
	}
	return textOf(t, formats[i].Write, r, Options{})
}

func TestYAMLIsTheJSONDocument(t *testing.T) {
	for name, r := range everyReport(t) {
		back, err := yaml.YAMLToJSON([]byte(written(t, "yaml", r)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var want, got any
		if err := json.Unmarshal([]byte(asJSON(t, r)), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(back, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-JSON +YAML):\n%s", name, diff)
		}
	}
}

// TestJUnitIsRead has a reader of JUnit files count the cases.
func TestJUnitIsRead(t *testing.T) {
	for name, r := range everyReport(t) {
		suites, err := junit.Ingest([]byte(written(t, "junit", r)))
		if err != nil || len(suites) != 1 {
			t.Errorf("%s: %d suites, %v", name, len(suites), err)
			continue
		}
		made, _ := split(r.Results)
		var want, got [3]int // passed, failed, skipped
		for _, result := range made {
			switch result.Status {
			case observe.Fail:
				want[1]++
			case observe.Skip:
				want[2]++
			default:
				want[0]++
			}
		}
		if r.Incomplete != "" {
			want[1]++
		}
		for _, c := range suites[0].Tests {
			switch c.Status {
			case junit.StatusFailed, junit.StatusError:
				got[1]++
			case junit.StatusSkipped:
				got[2]++
			default:
				got[0]++
			}
		}
		if got != want || suites[0].Totals.Failed != want[1] || suites[0].Totals.Tests != len(suites[0].Tests) {
			t.Errorf("%s: got %v passed, failed and skipped, totals %+v, want %v", name, got, suites[0].Totals, want)
		}
	}
	failing := written(t, "junit", saved(t, "failing"))
	for _, want := range []string{`type="net.api-blocked"`, "fix: allow the API server", "warning: /home/web/.kube/config"} {
		if !strings.Contains(failing, want) {
			t.Errorf("%q is not in\n%.3000s", want, failing)
		}
	}
}

// TestGitHubCommandsAreWhole: a text of a server cannot begin a command of its own.
func TestGitHubCommandsAreWhole(t *testing.T) {
	command := regexp.MustCompile(`^::(error|warning|notice) title=[^,:\r\n]*::[^\r\n]*$`)
	for name, r := range everyReport(t) {
		r.Results = append(r.Results, observe.Result{ID: "a.b", Status: observe.Fail, Summary: "x\n::stop-commands::y\r\n::set-env name=A::b"})
		lines := strings.Split(strings.TrimSuffix(written(t, "github", r), "\n"), "\n")
		for i, line := range lines {
			if last := i == len(lines)-1; last && (!strings.HasPrefix(line, "k8sdoctor: ") || strings.Contains(line, "::")) || !last && !command.MatchString(line) {
				t.Errorf("%s: line %d: %q", name, i, line)
			}
		}
	}
	want := "::error title=net.api-blocked (likely)::a NetworkPolicy or firewall drops"
	if got := written(t, "github", saved(t, "failing")); !strings.HasPrefix(got, want) || !strings.Contains(got, "\n::warning title=env.client::") {
		t.Errorf("got\n%s\nwant it to begin with %q", got, want)
	}
}

// TestPrometheusIsRead has Prometheus' own parser read the metrics.
func TestPrometheusIsRead(t *testing.T) {
	for name, r := range everyReport(t) {
		parser := expfmt.NewTextParser(model.LegacyValidation)
		families, err := parser.TextToMetricFamilies(strings.NewReader(written(t, "prometheus", r)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, family := range []string{"k8sdoctor_info", "k8sdoctor_run_timestamp_seconds", "k8sdoctor_run_duration_seconds", "k8sdoctor_run_status"} {
			if families[family] == nil || len(families[family].GetHelp()) == 0 {
				t.Errorf("%s: no family %s, or no help", name, family)
			}
		}
	}
	got := written(t, "prometheus", saved(t, "failing"))
	for _, want := range []string{
		`k8sdoctor_run_status{status="fail"} 1`, `k8sdoctor_check_status{check="net.connect",layer="network",status="fail"} 1`,
		`k8sdoctor_cause{code="net.api-blocked",confidence="likely"} 1`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// TestMarkdownRendersAsItIs has a Markdown parser find no HTML but the folding, and no
// text lost.
func TestMarkdownRendersAsItIs(t *testing.T) {
	ours := regexp.MustCompile(`^\s*(<details><summary>[A-Za-z, ]+</summary>|</details>)\s*$`)
	md := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))
	for name, r := range everyReport(t) {
		r.Results = append(r.Results, observe.Result{ID: "a.b", Status: observe.Fail, Summary: "<script>alert(1)</script> *bold* `code` | cell ```\n# heading [a](b)"})
		page := []byte(written(t, "markdown", r))
		err := ast.Walk(md.Parser().Parse(source.NewReader(page)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering {
				return ast.WalkContinue, nil
			}
			switch n := n.(type) {
			case *ast.RawHTML:
				t.Errorf("%s: HTML in a line: %q", name, n.Segments.Value(page))
			case *ast.HTMLBlock:
				for i := range n.Lines().Len() {
					line := n.Lines().At(i)
					if html := line.Value(page); len(bytes.TrimSpace(html)) > 0 && !ours.Match(html) {
						t.Errorf("%s: a block of HTML: %.200q", name, html)
					}
				}
			case *ast.Heading:
				if n.Level != 2 {
					t.Errorf("%s: a heading of level %d", name, n.Level)
				}
			case *ast.Link, *ast.Image:
				t.Errorf("%s: a link", name)
			}
			return ast.WalkContinue, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var html bytes.Buffer
		if err := md.Convert(page, &html); err != nil {
			t.Fatal(err)
		}
		if want := "&lt;script&gt;alert(1)&lt;/script&gt; *bold* `code` | cell ``` # heading [a](b)"; !strings.Contains(html.String(), want) {
			t.Errorf("%s: %q is not in the page", name, want)
		}
	}
	got := written(t, "markdown", saved(t, "failing"))
	for _, want := range []string{"## k8sdoctor: net.api-blocked (likely)\n", "**Fix**: allow the API server", "<summary>All steps of the fix</summary>", "\nkubectl -n shop get networkpolicy"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%.2000s", want, got)
		}
	}
}

// TestHTMLIsInert has a parser of HTML find no element that loads or runs anything, and
// every text as text.
func TestHTMLIsInert(t *testing.T) {
	allowed := map[string]bool{}
	for name := range strings.FieldsSeq("html head meta title style body header section h1 h2 p b small code strong time pre details summary dl dt dd ol li span table tbody tr th td br") {
		allowed[name] = true
	}
	for name, r := range everyReport(t) {
		const evil = `<script>alert(1)</script><img src=x onerror=y> "quoted" 'x' &amp;`
		r.Results = append(r.Results, observe.Result{ID: `a.b"><b onclick=x>`, Status: observe.Fail, Summary: evil})
		page := written(t, "html", r)
		root, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		var texts strings.Builder
		for n := range root.Descendants() {
			switch n.Type {
			case html.TextNode:
				texts.WriteString(n.Data)
			case html.ElementNode:
				if !allowed[n.Data] {
					t.Errorf("%s: the element %s", name, n.Data)
				}
				for _, a := range n.Attr {
					if strings.HasPrefix(a.Key, "on") || slices.Contains([]string{"src", "href", "style", "action"}, a.Key) {
						t.Errorf("%s: the attribute %s of %s", name, a.Key, n.Data)
					}
				}
			}
		}
		if strings.Count(texts.String(), evil) < 2 || !strings.Contains(page, `content="default-src 'none'; style-src 'unsafe-inline'"`) || strings.Contains(page, "http://") && !strings.Contains(texts.String(), "http://") {
			t.Errorf("%s: the text of a server is not there as it is, or the page may load something", name)
		}
	}
	page := written(t, "html", saved(t, "failing"))
	for _, want := range []string{"<h1><code>net.api-blocked</code>", "<h2><code>env.client-override</code>", `<li class="fail">`, "not reached", "kubectl -n shop get networkpolicy", "i/o timeout"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestFormatsOfFiles(t *testing.T) {
	for name, want := range map[string]string{"a.json": "json", "dir/b.XML": "junit", "c.yml": "yaml", "d.md": "markdown", "e.prom": "prometheus", "f.txt": "table", "g": "", "h.exe": ""} {
		if got, ok := OfFile(name); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", name, got, ok, want)
		}
	}
}
