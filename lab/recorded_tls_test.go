package lab

import (
	"crypto/x509"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/observe"
)

// TestRecordedTLS holds what is recorded of certificates, and of fresh connections,
// against worlds in which it is known.
func TestRecordedTLS(t *testing.T) {
	t.Parallel()
	for _, test := range []recordedWorld{
		{
			name: "healthy", change: func(*plan) {},
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Verifies), observe.TLSVerifyError.Is(observe.ChainFine), observe.TLSIssuer.Is(observe.IssuerTrusted),
				observe.TLSServedCovers.Is(true), observe.TLSNamesAPI.Is(true), observe.TLSAuthorityKey.Is(true), observe.TLSStrict.Is(true),
				observe.TLSCoversHost.Is(true), observe.TLSKubernetes.Is(true), observe.TLSCoversName.Is(true), observe.TLSCoversService.Is(true),
				observe.TLSValidity.Is(observe.Now),
			},
			unseen: []*observe.Row{observe.TLSAlert.Row, observe.TLSFirstBytes.Row, observe.TLSServerClock.Row, observe.FreshCertificates.Row, observe.AgainConnects.Row},
			texts:  map[observe.Text]string{observe.TLSVersion: "TLS 1.3"},
		},
		{
			name: "the CA was made again", change: faultOf("tls.ca-rekeyed"),
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Unverified), observe.TLSVerifyError.Is(observe.ChainAuthority), observe.TLSIssuer.Is(observe.IssuerSameName),
				observe.TLSServedCovers.Is(true), observe.TLSNamesAPI.Is(true),
				observe.FreshCertificates.Is(observe.CertificatesAlike), observe.FreshVerified.None(),
				observe.AgainConnects.Every(), observe.AgainLate.None(), observe.AgainRefused.None(),
				observe.WithoutName.Is(observe.Unverified), observe.WithName.Is(observe.Unverified),
			},
			unseen: []*observe.Row{observe.TLSStrict.Row, observe.TLSCoversHost.Row, observe.TLSValidity.Row, observe.TokenFresh.Row, observe.FreshThrottled.Row, observe.SegmentSmall.Row},
		},
		{
			name: "an ingress controller answers", change: faultOf("tls.foreign-server"),
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Unverified), observe.TLSIssuer.Is(observe.IssuerUnknown), observe.TLSServedCovers.Is(false), observe.TLSNamesAPI.Is(false),
			},
		},
		{
			name: "an inspecting proxy", change: faultOf("tls.intercepted"),
			want: []observe.Prediction{observe.TLSHandshake.Is(observe.Unverified), observe.TLSIssuer.Is(observe.IssuerInterceptor), observe.TLSNamesAPI.Is(true)},
		},
		{
			name: "a certificate of the server's own", change: faultOf("tls.self-signed"),
			want: []observe.Prediction{observe.TLSHandshake.Is(observe.Unverified), observe.TLSIssuer.Is(observe.IssuerItself)},
		},
		{
			name:   "the right CA signed a certificate that is for clients only",
			change: editLeaf(func(leaf *x509.Certificate) { leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }),
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Unverified), observe.TLSVerifyError.Is(observe.ChainUsage), observe.TLSIssuer.Is(observe.IssuerTrusted),
			},
		},
		{
			name: "the CA may not sign for addresses",
			change: func(p *plan) {
				p.tls.ca = append(p.tls.ca, func(ca *x509.Certificate) {
					ca.PermittedDNSDomainsCritical, ca.PermittedDNSDomains = true, []string{"shop.example"}
				})
			},
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Unverified), observe.TLSVerifyError.Is(observe.ChainConstraint), observe.TLSIssuer.Is(observe.IssuerTrusted),
			},
		},
		{
			name: "the CA is none",
			change: func(p *plan) {
				p.tls.ca = append(p.tls.ca, func(ca *x509.Certificate) { ca.IsCA, ca.KeyUsage = false, x509.KeyUsageDigitalSignature })
			},
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Unverified), observe.TLSVerifyError.Is(observe.ChainConstraint), observe.TLSIssuer.Is(observe.IssuerTrusted),
			},
		},
		{
			name: "one of two servers has another CA", change: otherServers(0, 2),
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Unverified), observe.FreshCertificates.Is(observe.CertificatesDiffer), observe.FreshVerified.Part(),
				observe.AgainConnects.Every(),
			},
		},
		{
			name: "the certificate does not cover the Service IP", change: faultOf("tls.host-not-covered"),
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Verifies), observe.TLSVerifyError.Is(observe.ChainFine), observe.TLSServedCovers.Is(false),
				observe.TLSNamesAPI.Is(true), observe.TLSCoversHost.Is(false), observe.TLSKubernetes.Is(true), observe.TLSCoversName.Is(true),
			},
		},
		{
			name: "the certificate of another server, by the same CA",
			change: editLeaf(func(leaf *x509.Certificate) {
				leaf.Subject, leaf.DNSNames, leaf.IPAddresses = named("worker-1"), []string{"worker-1"}, []net.IP{net.ParseIP("172.18.0.3").To4()}
			}),
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Verifies), observe.TLSCoversHost.Is(false), observe.TLSKubernetes.Is(false), observe.TLSNamesAPI.Is(false),
				observe.TLSCoversName.Is(false), observe.TLSCoversService.Is(false),
			},
		},
		{
			name: "the certificate lacks the names of the Service", change: faultOf("tls.name-not-covered"),
			want: []observe.Prediction{observe.TLSCoversHost.Is(true), observe.TLSCoversName.Is(false), observe.TLSCoversService.Is(false)},
		},
		{
			name: "the certificate lacks the cluster's domain alone",
			change: editLeaf(func(leaf *x509.Certificate) {
				leaf.DNSNames = slices.DeleteFunc(leaf.DNSNames, func(name string) bool { return strings.HasSuffix(name, ".local") })
			}),
			want: []observe.Prediction{observe.TLSCoversHost.Is(true), observe.TLSCoversName.Is(false), observe.TLSCoversService.Is(true)},
		},
		{
			name: "expired", change: faultOf("tls.expired"),
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Verifies), observe.TLSVerifyError.Is(observe.ChainExpired), observe.TLSIssuer.Is(observe.IssuerTrusted),
				observe.TLSValidity.Is(observe.Past), observe.TLSServerClock.Is(observe.ClockConfirms),
			},
		},
		{
			name: "not yet valid", change: faultOf("tls.not-yet-valid"),
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Verifies), observe.TLSVerifyError.Is(observe.ChainExpired),
				observe.TLSValidity.Is(observe.Future), observe.TLSServerClock.Is(observe.ClockConfirms),
			},
		},
		{
			name: "expired, and the CA was renewed with the same key since", change: renewedCA,
			want: []observe.Prediction{
				observe.TLSHandshake.Is(observe.Verifies), observe.TLSVerifyError.Is(observe.ChainExpired), observe.TLSIssuer.Is(observe.IssuerTrusted),
				observe.TLSValidity.Is(observe.Past), observe.TLSServerClock.Is(observe.ClockConfirms),
			},
		},
		{
			name: "expired by this pod's clock alone", change: func(p *plan) { p.ahead = 2 * 365 * day },
			want: []observe.Prediction{observe.TLSHandshake.Is(observe.Verifies), observe.TLSValidity.Is(observe.Past), observe.TLSServerClock.Is(observe.ClockContradicts)},
		},
		{
			name: "expired, and the server tells no time",
			change: func(p *plan) {
				faultOf("tls.expired")(p)
				handle(func(w http.ResponseWriter, _ *http.Request) { w.Header()["Date"] = nil })(p)
			},
			want: []observe.Prediction{observe.TLSValidity.Is(observe.Past)}, unseen: []*observe.Row{observe.TLSServerClock.Row},
		},
		{
			name: "expires soon", change: faultOf("tls.expires-soon"),
			want: []observe.Prediction{observe.TLSValidity.Is(observe.Soon), observe.TLSVerifyError.Is(observe.ChainFine)}, unseen: []*observe.Row{observe.TLSServerClock.Row},
		},
		{
			name: "without an authority key identifier", change: faultOf("tls.strict-clients"),
			want: []observe.Prediction{observe.TLSHandshake.Is(observe.Verifies), observe.TLSStrict.Is(false), observe.TLSAuthorityKey.Is(false)},
		},
		{
			name: "one token, two answers", change: faultOf("token.intermittent"),
			want: []observe.Prediction{observe.TokenFresh.Is(observe.Differs), observe.FreshThrottled.None(), observe.FreshCertificates.Is(observe.CertificatesAlike), observe.FreshVerified.Every()},
		},
		{
			name: "a token that is always refused", change: faultOf("token.unknown-key"),
			want: []observe.Prediction{observe.TokenFresh.Is(observe.Alike), observe.FreshThrottled.None()},
		},
		{
			name: "refused, or turned away", change: refusedOrTurnedAway,
			want: []observe.Prediction{observe.TokenFresh.Is(observe.Unclear), observe.FreshThrottled.AtLeast(2)},
		},
		{
			name: "all are turned away",
			change: handle(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Audit-Id", newUUID())
				status(w, http.StatusTooManyRequests, "TooManyRequests", "too many requests", nil)
			}),
			want: []observe.Prediction{observe.TokenFresh.Is(observe.Alike), observe.FreshThrottled.Every()},
		},
	} {
		t.Run(test.name, test.run)
	}
}

// recordedWorld is a world and what TLS must record of it.
type recordedWorld struct {
	name   string
	change func(*plan)
	after  func(*Pod) error
	want   []observe.Prediction
	unseen []*observe.Row
	texts  map[observe.Text]string
}

func (test recordedWorld) run(t *testing.T) {
	t.Parallel()
	o := world{change: test.change, after: test.after, every: test.name != "healthy"}.look(t)
	seen := o.seen()
	for _, want := range test.want {
		if v, ok := seen.Value(want.Subject); !ok || !want.Fits(v, observe.RareUsual) {
			t.Errorf("%s: got %+v (%t), want %s%s", want.Subject.ID, v, ok, want, o)
		}
	}
	for _, subject := range test.unseen {
		if v, ok := seen.Value(subject); ok {
			t.Errorf("%s: got %+v, want nothing%s", subject.ID, v, o)
		}
	}
	for subject, want := range test.texts {
		if got := subject.In(seen); got != want {
			t.Errorf("%s: got %q, want %q", subject.ID, got, want)
		}
	}
	for _, c := range append(checks.All(), checks.Probes()...) {
		if strings.HasPrefix(c.ID, "tls.") || slices.Contains([]string{"probe.fresh", "probe.segment", "probe.server-name"}, c.ID) {
			keepsToItsRecords(t, c, o.of(c.ID))
		}
	}
}

// seen is what all results recorded.
func (o outcome) seen() observe.Set {
	sets := make([]observe.Set, len(o.results))
	for i, r := range o.results {
		sets[i] = r.Observations
	}
	return observe.Merge(sets...)
}

// keepsToItsRecords says that a check recorded no other subjects than it declares,
// and that one which is no probe warns or fails exactly when it saw a symptom.
func keepsToItsRecords(t *testing.T, c *checks.Check, r observe.Result) {
	t.Helper()
	unhealthy := false
	for id, entries := range r.Observations {
		i := slices.IndexFunc(c.Records, func(s *observe.Row) bool { return s.ID == id })
		if i < 0 {
			t.Errorf("%s records %s, and does not declare it", c.ID, id)
			continue
		}
		unhealthy = unhealthy || slices.ContainsFunc(entries, func(e observe.Entry) bool { return c.Records[i].Unhealthy(e.Value) })
	}
	if found := r.Status == observe.Warn || r.Status == observe.Fail; !c.Probe && found != unhealthy {
		t.Errorf("%s: got %s, and a symptom recorded is %t: %v", c.ID, r.Status, unhealthy, r.Observations)
	}
}

// renewedCA has a leaf that expired before the present certificate of its CA began,
// which has the key of the old one.
func renewedCA(p *plan) {
	p.tls.ca = append(p.tls.ca, func(ca *x509.Certificate) { ca.NotBefore = time.Now().Add(-day) })
	editLeaf(func(leaf *x509.Certificate) { leaf.NotAfter = time.Now().Add(-3 * day) })(p)
}

func refusedOrTurnedAway(p *plan) {
	everySecondRefused(p)
	faultOf("api.overloaded")(p)
}
