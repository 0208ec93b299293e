package cluster

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// TestOtherKindsOfPolicies has an API server that serves policies of Cilium.
func TestOtherKindsOfPolicies(t *testing.T) {
	const kinds = `{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"cilium.io/v2","resources":[` +
		`{"name":"ciliumnetworkpolicies","namespaced":true,"kind":"CiliumNetworkPolicy","verbs":["list"]},` +
		`{"name":"ciliumclusterwidenetworkpolicies","namespaced":false,"kind":"CiliumClusterwideNetworkPolicy","verbs":["list"]},` +
		`{"name":"ciliumnodes","namespaced":false,"kind":"CiliumNode","verbs":["list"]}]}`
	for _, tc := range []struct{ name, ofNamespace, ofCluster, want, notSeen string }{
		{"there are none", `"items":[]`, `"items":[]`, "", ""},
		{"one in the namespace", `"items":[{"metadata":{"name":"deny"}}]`, `"items":[]`, "ciliumnetworkpolicies.cilium.io", ""},
		{"one of the cluster", `"items":[]`, `"items":[{"metadata":{"name":"deny"}}]`, "ciliumclusterwidenetworkpolicies.cilium.io", ""},
		{"they may not be read", "", "", "ciliumnetworkpolicies.cilium.io ciliumclusterwidenetworkpolicies.cilium.io",
			"list ciliumnetworkpolicies.cilium.io in namespace shop; list ciliumclusterwidenetworkpolicies.cilium.io"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				list := func(items string) {
					if items == "" {
						w.WriteHeader(http.StatusForbidden)
						items = `"status":"Failure","reason":"Forbidden","code":403`
					}
					fmt.Fprintf(w, `{"kind":"List","apiVersion":"cilium.io/v2","metadata":{},%s}`, items)
				}
				switch r.URL.Path {
				case "/api":
					fmt.Fprint(w, `{"kind":"APIVersions","versions":[]}`)
				case "/apis":
					fmt.Fprint(w, `{"kind":"APIGroupList","apiVersion":"v1","groups":[{"name":"cilium.io","versions":[{"groupVersion":"cilium.io/v2","version":"v2"}],"preferredVersion":{"groupVersion":"cilium.io/v2","version":"v2"}}]}`)
				case "/apis/cilium.io/v2":
					fmt.Fprint(w, kinds)
				case "/apis/cilium.io/v2/namespaces/shop/ciliumnetworkpolicies":
					list(tc.ofNamespace)
				case "/apis/cilium.io/v2/namespaces/kube-system/ciliumnetworkpolicies":
					list(`"items":[]`)
				case "/apis/cilium.io/v2/ciliumclusterwidenetworkpolicies":
					list(tc.ofCluster)
				default:
					t.Errorf("asked for %s", r.URL.Path)
				}
			}))
			defer server.Close()
			client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			s := &State{Pod: podOf()}
			if err := s.readKinds(t.Context(), client); err != nil || s.OtherPolicies == nil || strings.Join(s.OtherPolicies, " ") != tc.want {
				t.Errorf("got %q, %v, want %q", s.OtherPolicies, err, tc.want)
			}
			var rules []string
			for _, n := range s.NotSeen {
				rules = append(rules, n.Rule.String())
			}
			if got := strings.Join(rules, "; "); got != tc.notSeen {
				t.Errorf("got %q not seen, want %q", got, tc.notSeen)
			}
		})
	}
}
