package lab

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDiscovery tests what is made of GET /apis, which a pod need not be able
// to read.
func TestDiscovery(t *testing.T) {
	t.Parallel()
	const broken = "api.versions warn"
	const form = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
	stale := func(p *plan) { p.api.stale = []string{aggregatedGroup + "/v1beta1", "batch/v1"} }
	says := func(form, text string) func(*plan) {
		return instead("/apis", false, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", form)
			io.WriteString(w, text)
		})
	}
	for _, test := range []struct {
		name   string
		change func(*plan)
		said   string // of GET /apis in the evidence
		stale  string
		want   []string
	}{
		{name: "every server answers", said: "10 groups in "},
		{name: "servers that do not answer", change: stale, said: "10 groups in ", stale: "batch/v1, metrics.k8s.io/v1beta1", want: []string{broken}},
		{name: "forbidden", change: instead("/apis", false, forbid), said: `403 forbidden: User "system:serviceaccount:shop:web" cannot get path "/apis"`},
		{name: "not acceptable", change: instead("/apis", false, func(w http.ResponseWriter, _ *http.Request) {
			status(w, http.StatusNotAcceptable, "NotAcceptable", "only the following media types are accepted: application/json", nil)
		}), said: "406 only the following media types are accepted"},
		{name: "an error", change: instead("/apis", false, func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "apiserver is shutting down", http.StatusServiceUnavailable)
		}), said: "503 apiserver is shutting down"},
		{name: "a redirect", change: instead("/apis", false, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://192.0.2.1/apis", http.StatusFound)
		}), said: "302 "},
		{name: "the form of older servers", change: func(p *plan) {
			p.api.inner = append(p.api.inner, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/apis" {
						r.Header.Set("Accept", "application/json")
					}
					next.ServeHTTP(w, r)
				})
			})
		}, said: "0 groups, then: in a form that does not tell which servers answer"},
		{name: "no answer", change: instead("/apis", false, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), said: "no answer within 2 s"},
		{name: "a connection that breaks off", change: instead("/apis", false, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", form)
			io.WriteString(w, `{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Current"}]},`)
			w.(http.Flusher).Flush()
			time.Sleep(50 * time.Millisecond)
			panic(http.ErrAbortHandler)
		}), said: ""},
		{name: "HTML", change: says(form, "<html>"), said: "0 groups, then: invalid character '<'"},
		{name: "no items", change: says(form, `{"kind":"APIGroupDiscoveryList"}`), said: "0 groups, then: EOF"},
		{name: "items that are no list", change: says(form, `{"items":{"a":1}}`), said: "0 groups, then: items is no list"},
		{name: "a list without an end", change: says(form, `{"items":[{"metadata":{"name":"apps"}}`), said: "1 groups, then: "},
		{name: "a group as large as a cluster", change: says(form, `{"items":[{"metadata":{"name":"`+strings.Repeat("x", 6<<20)+`"}}]}`), said: "0 groups, then: unexpected EOF"},
		{
			name:   "very many groups whose servers do not answer",
			change: says(form, `{"items":[`+strings.Repeat(`{"metadata":{"name":"`+strings.Repeat("g", 500)+`"},"versions":[{"version":"v1","freshness":"Stale"}]},`, 3000)+`{}]}`),
			said:   "3001 groups in ", stale: strings.TrimSuffix(strings.Repeat(strings.Repeat("g", 128)+"..., ", 8), ", "), want: []string{broken},
		},
		{name: "the core fails as well", change: func(p *plan) {
			stale(p)
			instead("/api", false, forbid)(p)
		}, want: []string{"api.versions fail"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := world{change: test.change}.look(t)
			if got := o.warningsAndFailures(); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q%s", got, test.want, o)
			}
			r := o.of("api.versions")
			if said := r.Evidence.Get("GET /apis"); !strings.HasPrefix(said, test.said) {
				t.Errorf("got %q of GET /apis, want %q", said, test.said)
			}
			if got := r.Evidence.Get("stale"); got != test.stale {
				t.Errorf("got %q, want %q", got, test.stale)
			}
		})
	}
}

// TestDiscoveryAsksForWhatTellsMore tests the form that is asked for: a server that
// knows only the beta of it answers in that.
func TestDiscoveryAsksForWhatTellsMore(t *testing.T) {
	const beta = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"
	o := world{change: instead("/apis", false, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept"), beta+",") {
			http.Error(w, "not acceptable", http.StatusNotAcceptable)
			return
		}
		w.Header().Set("Content-Type", beta)
		fmt.Fprint(w, `{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"a.example"},"versions":[{"version":"v1","freshness":"Stale"}]}]}`)
	})}.look(t)
	if got, want := o.of("api.versions").Summary, "GET /apis: the server behind a.example/v1 does not answer"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
