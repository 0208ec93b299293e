package lab

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// routes is what the API server answers to those who may ask.
func (s *apiServer) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api", s.versions)
	mux.HandleFunc("GET /api/{$}", s.versions)
	mux.HandleFunc("GET /apis", s.groups)
	mux.HandleFunc("GET /apis/{$}", s.groups)
	mux.HandleFunc("GET /version", s.version)
	mux.HandleFunc("GET /version/{$}", s.version)
	for _, name := range []string{"healthz", "livez", "readyz"} {
		mux.HandleFunc("GET /"+name, s.health(name))
	}
	mux.HandleFunc("GET /openid/v1/jwks", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/jwk-set+json")
		json.NewEncoder(w).Encode(s.signer.keySet())
	})
	mux.HandleFunc("GET /.well-known/openid-configuration", s.openID)
	for _, version := range []string{"v1", "v1beta1", "v1alpha1"} {
		mux.HandleFunc("POST /apis/authentication.k8s.io/"+version+"/selfsubjectreviews", s.review(version))
	}
	mux.HandleFunc("POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", s.accessReview)
	return mux
}

func (s *apiServer) versions(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"kind": "APIVersions", "versions": []string{"v1"},
		"serverAddressByClientCIDRs": []any{
			map[string]string{"clientCIDR": "0.0.0.0/0", "serverAddress": endpoint},
		},
	})
}

func (s *apiServer) version(w http.ResponseWriter, _ *http.Request) {
	major, minor, _ := strings.Cut(serverVersion, ".")
	answer(w, http.StatusOK, map[string]string{
		"major": major, "minor": minor, "emulationMajor": major, "emulationMinor": minor,
		"gitVersion":   "v" + serverVersion + ".2",
		"gitCommit":    "6f1d4a0c2b9e83d75f0a1c4be29d7760358fa1c2",
		"gitTreeState": "clean", "buildDate": "2026-10-14T09:21:44Z",
		"goVersion": "go1.26.3", "compiler": "gc", "platform": "linux/amd64",
	})
}

// health answers /readyz and its like.
func (s *apiServer) health(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var lines strings.Builder
		for _, part := range []string{"ping", "log", "etcd", "poststarthook/rbac/bootstrap-roles"} {
			if part == s.plan.api.failing {
				fmt.Fprintf(&lines, "[-]%s failed: reason withheld\n", part)
			} else {
				fmt.Fprintf(&lines, "[+]%s ok\n", part)
			}
		}
		switch {
		case s.plan.api.failing != "":
			http.Error(w, lines.String()+name+" check failed", http.StatusInternalServerError)
		case r.URL.Query().Has("verbose"):
			fmt.Fprintf(w, "%s%s check passed\n", lines.String(), name)
		default:
			io.WriteString(w, "ok")
		}
	}
}

func (s *apiServer) openID(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer":                                or(s.plan.api.issuer, s.plan.issuer()),
		"jwks_uri":                              "https://" + endpoint + "/openid/v1/jwks",
		"response_types_supported":              []string{"id_token"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"ES256"},
	})
}

// review says who the sender is.
func (s *apiServer) review(version string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u := userOf(r)
		info := map[string]any{"username": u.name, "groups": u.groups}
		if u.uid != "" {
			info["uid"] = u.uid
		}
		if b := u.claims.Kubernetes; b != nil {
			info["extra"] = map[string][]string{
				"authentication.kubernetes.io/credential-id": {"JTI=" + u.claims.ID},
				"authentication.kubernetes.io/node-name":     {b.Node.Name},
				"authentication.kubernetes.io/node-uid":      {b.Node.UID},
				"authentication.kubernetes.io/pod-name":      {b.Pod.Name},
				"authentication.kubernetes.io/pod-uid":       {b.Pod.UID},
			}
		}
		answer(w, http.StatusCreated, map[string]any{
			"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/" + version,
			"metadata": map[string]any{"creationTimestamp": time.Now().UTC().Format(time.RFC3339)},
			"status":   map[string]any{"userInfo": info},
		})
	}
}

// accessReview allows what a role of the simulated application would: to read
// its own namespace.
func (s *apiServer) accessReview(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Spec struct {
			ResourceAttributes struct {
				Namespace, Verb, Group, Resource string
			}
		}
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&body); err != nil {
		status(w, http.StatusBadRequest, "BadRequest", "the object provided is unrecognized: "+err.Error(), nil)
		return
	}
	a := body.Spec.ResourceAttributes
	verdict := map[string]any{"allowed": false}
	if a.Namespace == namespace && a.Group == "" &&
		slices.Contains([]string{"get", "list", "watch"}, a.Verb) &&
		slices.Contains([]string{"pods", "services", "endpoints", "configmaps"}, a.Resource) {
		verdict["allowed"] = true
		verdict["reason"] = fmt.Sprintf("RBAC: allowed by RoleBinding %q of Role %q to ServiceAccount %q",
			account+"/"+namespace, account, account+"/"+namespace)
	}
	answer(w, http.StatusCreated, map[string]any{
		"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1",
		"metadata": map[string]any{}, "spec": body.Spec, "status": verdict,
	})
}

// forbid answers 403 in the words of kube-apiserver.
func forbid(w http.ResponseWriter, r *http.Request) {
	verb := strings.ToLower(r.Method)
	if r.Method == http.MethodPost {
		verb = "create"
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	group, resource, where := resourceOf(r.URL.Path)
	if resource == "" {
		status(w, http.StatusForbidden, "Forbidden", fmt.Sprintf("forbidden: User %q cannot %s path %q",
			userOf(r).name, strings.ToLower(r.Method), r.URL.Path), map[string]any{})
		return
	}
	if verb == "get" && strings.HasSuffix(r.URL.Path, "/"+resource) {
		verb = "list"
	}
	full := resource
	if group != "" {
		full += "." + group
	}
	status(w, http.StatusForbidden, "Forbidden",
		fmt.Sprintf("%s is forbidden: User %q cannot %s resource %q in API group %q %s",
			full, userOf(r).name, verb, resource, group, where),
		map[string]any{"group": group, "kind": resource})
}

// resourceOf reads a path such as /api/v1/namespaces/shop/pods.
func resourceOf(path string) (group, resource, where string) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case len(parts) > 2 && parts[0] == "api":
		parts = parts[2:]
	case len(parts) > 3 && parts[0] == "apis":
		group, parts = parts[1], parts[3:]
	default:
		return "", "", ""
	}
	if len(parts) > 2 && parts[0] == "namespaces" {
		return group, parts[2], fmt.Sprintf("in the namespace %q", parts[1])
	}
	return group, parts[0], "at the cluster scope"
}

// status answers with a Status object; details may be nil.
func status(w http.ResponseWriter, code int, reason, message string, details map[string]any) {
	body := map[string]any{
		"kind": "Status", "apiVersion": "v1", "metadata": map[string]any{},
		"status": "Failure", "message": message, "reason": reason, "code": code,
	}
	if details != nil {
		body["details"] = details
	}
	answer(w, code, body)
}

func answer(w http.ResponseWriter, code int, body any) { answerAs(w, "application/json", code, body) }

func answerAs(w http.ResponseWriter, form string, code int, body any) {
	w.Header().Set("Content-Type", form)
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(body)
}
