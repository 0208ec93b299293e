package pod

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseResolvConf(t *testing.T) {
	for _, tc := range []struct {
		name, text      string
		servers, search string
		ndots, unread   int
		domain          string
	}{
		{"of a pod", "search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
			"10.96.0.10", "shop.svc.cluster.local svc.cluster.local cluster.local", 5, 0, "cluster.local"},
		{"own domain", "search svc.corp.example.\nnameserver fd00::a", "fd00::a", "svc.corp.example", 1, 0, "corp.example"},
		{"of a node", "# made by hand\n; old\nnameserver 192.0.2.1\nnameserver 192.0.2.2\nsearch corp.example", "192.0.2.1 192.0.2.2", "corp.example", 1, 0, ""},
		{"the last search wins", "search a\nsearch b c\ndomain d", "", "d", 1, 0, ""},
		{"ndots out of range", "options ndots:99\noptions ndots:x rotate", "", "", 15, 0, ""},
		{"garbage", "nameserver\nnameserver 10.0.0\nnameserver ::1 extra\n\x00\xff\nsearch", "", "", 1, 3, ""},
		{"empty", "", "", "", 1, 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := parseResolvConf(tc.text)
			want := fmt.Sprint(tc.servers, "|", tc.search, "|", tc.ndots, "|", tc.unread, "|", tc.domain)
			have := fmt.Sprint(JoinAddrs(got.Nameservers), "|", strings.Join(got.Search, " "), "|", got.NDots, "|", len(got.unread), "|", got.ClusterDomain())
			if have != want {
				t.Errorf("got %s, want %s", have, want)
			}
		})
	}
}

func TestCandidates(t *testing.T) {
	conf := ResolvConf{Search: []string{"shop.svc.cluster.local", "svc.cluster.local", "cluster.local"}, NDots: 5}
	for _, tc := range []struct {
		name  string
		ndots int
		want  []string
	}{
		{"kubernetes.default.svc", 5, []string{
			"kubernetes.default.svc.shop.svc.cluster.local.", "kubernetes.default.svc.svc.cluster.local.",
			"kubernetes.default.svc.cluster.local.", "kubernetes.default.svc."}},
		{"kubernetes.default.svc", 2, []string{
			"kubernetes.default.svc.", "kubernetes.default.svc.shop.svc.cluster.local.",
			"kubernetes.default.svc.svc.cluster.local.", "kubernetes.default.svc.cluster.local."}},
		{"api.example.", 5, []string{"api.example."}},
	} {
		conf.NDots = tc.ndots
		if diff := cmp.Diff(tc.want, conf.Candidates(tc.name)); diff != "" {
			t.Errorf("%s with ndots:%d (-want +got):\n%s", tc.name, tc.ndots, diff)
		}
	}
}

func FuzzParseResolvConf(f *testing.F) {
	f.Add("search shop.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5")
	f.Fuzz(func(t *testing.T, text string) {
		conf := parseResolvConf(text)
		conf.Faults()
		if conf.NDots < 0 || conf.NDots > 15 {
			t.Errorf("got ndots %d, want 0 to 15", conf.NDots)
		}
		for _, name := range conf.Candidates(ServiceName) {
			if !strings.HasSuffix(name, ".") {
				t.Errorf("candidate %q is not absolute", name)
			}
		}
	})
}

func TestServiceIPs(t *testing.T) {
	for _, tc := range []struct{ name, nameservers, known, want string }{
		{"a Service's", "10.96.0.10", "10.96.0.1", "10.96.0.10"},
		{"the internet's beside it", "10.96.0.10 8.8.8.8", "10.96.0.1", "10.96.0.10"},
		{"a company's", "10.7.0.53", "10.96.0.1", ""},
		{"of a range that is no private one", "100.64.0.10", "100.64.0.1", "100.64.0.10"},
		{"no Service IP is known", "8.8.8.8", "", "8.8.8.8"},
		{"the other family's", "fd00:10:96::a", "10.96.0.1", "fd00:10:96::a"},
		{"the internet's, of the other family", "2001:4860:4860::8888", "10.96.0.1", ""},
		{"the node's cache", "169.254.20.10", "169.254.20.1", ""},
	} {
		conf := parseResolvConf("search shop.svc.cluster.local svc.cluster.local\nnameserver " + strings.ReplaceAll(tc.nameservers, " ", "\nnameserver "))
		known, _ := netip.ParseAddr(tc.known)
		if got := JoinAddrs(conf.ServiceIPs(known)); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}
