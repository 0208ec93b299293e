package checks

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"k8s.io/client-go/rest"

	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/pulse"
	"github.com/k8sdoctor/k8sdoctor/redact"
)

// acceptDiscovery asks for the form of discovery that says of each version
// whether its server answers (KEP-3352: v2 since 1.30, v2beta1 since 1.26), and
// takes the older form where there is no other.
const acceptDiscovery = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
	"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

const (
	maxDiscovery   = 4 << 20         // bytes; 45 kB on a new cluster, more with every CRD
	discoveryLimit = 2 * time.Second // the check stands without it
	maxStale       = 8               // versions that are named
)

// discovery is what GET /apis says of the servers behind the API server.
type discovery struct {
	groups int
	stale  []string // "group/version": their server does not answer
	err    error    // why that cannot be known, or not of all
}

const discoveryPath = "/apis"

// discover reads GET /apis, unless that was asked ahead.
func (s *Session) discover(ctx context.Context) (discovery, *exchange) {
	if got, ok := s.ahead.take(ctx, discoveryPath); ok {
		return got.discovery, got.exchange
	}
	return discover(ctx, s.API)
}

// discover reads the answer as it comes and keeps next to nothing of it.
func discover(ctx context.Context, client rest.Interface) (discovery, *exchange) {
	ctx, cancel := pulse.Within(ctx, discoveryLimit)
	defer cancel()
	var found discovery
	x := &exchange{request: "GET " + discoveryPath, read: func(answer *http.Response) { found = readDiscovery(answer) }}
	x.send(ctx, client.Get().AbsPath(discoveryPath).SetHeader("Accept", acceptDiscovery))
	return found, x
}

func readDiscovery(answer *http.Response) discovery {
	if _, form, err := mime.ParseMediaType(answer.Header.Get("Content-Type")); err != nil || form["as"] != "APIGroupDiscoveryList" {
		return discovery{err: fmt.Errorf("in a form that does not tell which servers answer")}
	}
	return parseDiscovery(io.LimitReader(answer.Body, maxDiscovery))
}

func parseDiscovery(body io.Reader) (found discovery) {
	decoder := json.NewDecoder(body)
	for token := json.Token(nil); token != "items"; {
		if token, found.err = decoder.Token(); found.err != nil {
			return found
		}
	}
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		found.err = fmt.Errorf("items is no list")
		return found
	}
	for decoder.More() {
		var group struct {
			Metadata struct {
				Name string `json:"name"`
			} `json:"metadata"`
			Versions []struct {
				Version   string `json:"version"`
				Freshness string `json:"freshness"`
			} `json:"versions"`
		}
		if found.err = decoder.Decode(&group); found.err != nil {
			return found
		}
		found.groups++
		for _, v := range group.Versions {
			if v.Freshness == "Stale" && len(found.stale) < maxStale {
				found.stale = append(found.stale, redact.Clip(group.Metadata.Name+"/"+v.Version, 128))
			}
		}
	}
	_, found.err = decoder.Token()
	return found
}

// judgeDiscovery adds what GET /apis said to a GET /api that was fine. Nothing
// promises that a pod may read it, so that only what it says counts, and a
// certificate that it met.
func judgeDiscovery(found discovery, x *exchange, out Outcome, log *observe.Log) Outcome {
	e := &out.Evidence
	complete := false
	switch {
	case x.err != nil:
		e.Add(x.request, "%v", x.err)
	case x.status != http.StatusOK:
		e.Add(x.request, "%d %s", x.status, x.message())
	case found.err != nil:
		e.Add(x.request, "%d groups, then: %v", found.groups, found.err)
	default:
		complete = true
		e.Add(x.request, "%d groups in %s", found.groups, observe.FormatDuration(x.took))
	}
	if complete || len(found.stale) > 0 {
		observe.APIStale.Saw(log, len(found.stale))
	}
	if x.unverified() {
		x.recordCertificate(log)
		return warn(*e, "%s", x.outcome())
	}
	if len(found.stale) == 0 {
		return out
	}
	observe.APIStaleNames.Saw(log, found.stale...)
	e.Add("stale", "%s", strings.Join(found.stale, ", "))
	return warn(*e, "%s: the server behind %s does not answer", x.name(), strings.Join(found.stale, ", "))
}
