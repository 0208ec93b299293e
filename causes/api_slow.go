package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func apiSlow() *Page {
	return &Page{
		Code:  "api.slow",
		Alone: Likely, Warning: true,
		Title:  "the API server answers slowly, although the network is fast",
		Remedy: "reduce the load on the API server, etcd or the webhook that is slow",
		Timed:  true,
		Forms: []Form{{
			Prior: Common,
			Needs: Predictions{observe.APISlow.Is(true)},
			Usual: Predictions{observe.APILate.None()},
		}},
		Consequences: anywhere(observe.NoResponse),
		Confirm:      asksReady,
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/66312",
			"https://github.com/kubernetes/cloud-provider-openstack/issues/1318",
		},
		Similar: "The connection is fast and the answer is slow, so the server needs the time. Slow connections are net.lossy, " +
			"slow name resolution is dns.slow.",
		Fix: steps(
			look("is the API server busy, or does it wait for etcd or a webhook?",
				"kubectl -n kube-system top pods -l tier=control-plane\nkubectl get --raw /metrics | grep -E '^(etcd_request_duration_seconds|apiserver_admission_webhook_admission_duration_seconds|authentication_duration_seconds)_sum'", when("one of them", 2)),
			ask(admin, "reduce the load on the part that is slow"),
		),
	}
}
