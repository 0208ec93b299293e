package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	denyPolicy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}, policyTypes: [Egress]}\n"
	toPredict  = `{"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [{"metadata": {"name": "web", "namespace": "shop"}, "spec": {"nodeName": "n"}, "status": {"phase": "Running", "podIP": "10.244.0.7"}}]}`
)

// changeFile has a comma in its name.
func changeFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a,b.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// clusterToPredict answers as a cluster with one pod in shop does, and refuses the paths.
func clusterToPredict(t *testing.T, refuses ...string) string {
	t.Helper()
	answers := map[string]string{
		"/api/v1/namespaces/shop/pods":                     toPredict,
		"/api/v1/namespaces/shop":                          `{"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "shop"}}`,
		"/api/v1/namespaces/default/services/kubernetes":   `{"kind": "Service", "apiVersion": "v1", "metadata": {"name": "kubernetes", "namespace": "default"}, "spec": {"clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1"], "ports": [{"name": "https", "port": 443, "protocol": "TCP"}]}}`,
		"/api/v1/namespaces/kube-system/services/kube-dns": "",
		"/apis/discovery.k8s.io/v1/namespaces/default/endpointslices": `{"kind": "EndpointSliceList", "apiVersion": "discovery.k8s.io/v1", "metadata": {}, "items": [{"metadata": {"name": "kubernetes", "namespace": "default", "labels": {"kubernetes.io/service-name": "kubernetes"}},
			"addressType": "IPv4", "ports": [{"name": "https", "port": 6443, "protocol": "TCP"}], "endpoints": [{"addresses": ["172.18.0.2"]}]}]}`,
		"/apis": `{"kind": "APIGroupList", "apiVersion": "v1", "groups": []}`, "/api": `{"kind": "APIVersions", "versions": ["v1"]}`, "/api/v1": `{"kind": "APIResourceList", "groupVersion": "v1", "resources": [{"name": "pods", "namespaced": true, "kind": "Pod"}]}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method != http.MethodGet {
			t.Errorf("got %s %s, want to be asked only", r.Method, r.URL)
		}
		text, known := answers[r.URL.Path]
		for _, path := range refuses {
			if r.URL.Path == path {
				w.WriteHeader(http.StatusForbidden)
				text, known = `{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403}`, true
			}
		}
		switch {
		case known && text == "":
			w.WriteHeader(http.StatusNotFound)
			text = `{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}`
		case !known:
			text = `{"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []}`
		}
		fmt.Fprint(w, text)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestPredictStatus(t *testing.T) {
	for _, tc := range []struct {
		name, change string
		refuses      []string
		args         []string
		status       int
		stdout       string
		stderr       string
	}{
		{"something is lost", denyPolicy, nil, nil, 1, "pod/web in shop (1 pod without a token) may lose the API server (10.96.0.1:443):", ""},
		{"as JSON", denyPolicy, nil, []string{"-o", "json"}, 1, `"dependsOn": [`, ""},
		{"nothing is lost", strings.Replace(denyPolicy, "[Egress]", "[Ingress]", 1), nil, nil, 0, "ok    1 pod loses nothing\n", ""},
		{"something is left out", denyPolicy + "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n", nil, nil, 1, "pod/web", "left out: Deployment web: objects of apps/v1 Deployment are not judged\n"},
		{"nothing can be judged", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n", nil, nil, 2, "", "nothing of the change can be judged"},
		{"bad input", strings.Replace(denyPolicy, "policyTypes", "policytypes", 1), nil, nil, 2, "", "a,b.yaml, document 1 (NetworkPolicy shop/deny): spec.policytypes: unknown field\n"},
		{"a right is missing", denyPolicy, []string{"/api/v1/namespaces/shop/pods"}, nil, 2, "", "missing rights: list pods in namespace shop (kubectl k8sdoctor check --print-role prints the roles that are needed)\n"},
		{"there is nothing of that name", denyPolicy, nil, []string{"--delete", "netpol/other"}, 2, "", "--delete netpol/other: NetworkPolicy shop/other is not in the cluster"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv("KUBECONFIG", kubeconfig(t, clusterToPredict(t, tc.refuses...), ""))
			status, stdout, stderr := call(t.Context(), append([]string{"predict", "-f", changeFile(t, tc.change)}, tc.args...)...)
			flat := strings.ReplaceAll(stdout, "\n      ", " ")
			if status != tc.status || !strings.Contains(flat, tc.stdout) || (tc.stdout == "") != (stdout == "") || !strings.Contains(stderr, tc.stderr) || tc.stderr == "" && stderr != "" {
				t.Errorf("got status %d,\n%s\nand %s", status, stdout, stderr)
			}
		})
	}
}

func TestPredictUsage(t *testing.T) {
	t.Setenv("KUBECONFIG", kubeconfig(t, "https://127.0.0.1:1", ""))
	for want, args := range map[string][]string{
		"which change? kubectl k8sdoctor predict -f change.yaml": {},
		`unexpected argument "netpol/a"`:                         {"netpol/a"},
		`--output "yaml": must be table or json`:                 {"-f", "x", "-o", "yaml"},
		"--timeout 0s: a time limit must be positive":            {"-f", "x", "--timeout", "0s"},
		"open x: no such file or directory":                      {"-f", "x"},
		"--delete deployment/web: no such file, and no TYPE/NAME of a networkpolicy, endpointslice or serviceaccount": {"--delete", "deployment/web"},
		"the API server at https://127.0.0.1:1 cannot be reached from this machine":                                   {"--delete", "netpol/web"},
	} {
		oneLine(t, want, append([]string{"predict"}, args...)...)
	}
}
