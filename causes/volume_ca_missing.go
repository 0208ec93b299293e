package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeCaMissing() *Page {
	return &Page{
		Code:   "volume.ca-missing",
		Alone:  Certain,
		Title:  "ca.crt is missing; Go clients use the image's root certificates instead",
		Remedy: "mount the standard service account volume; if kube-root-ca.crt is missing too, check kube-controller-manager",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.VolumeCA.Is(observe.FileMissing)}}},
		Sources: []string{
			"https://github.com/nginx/kubernetes-ingress/issues/22",
			"https://github.com/kubernetes/kubernetes/issues/10530",
		},
		Similar: "The directory exists and ca.crt does not. A ca.crt without a certificate is volume.ca-invalid. With both, Go " +
			"clients report \"certificate signed by unknown authority\", which looks like tls.unknown-ca.",
		Fix: steps(
			look("does the namespace have the cluster's CA?", "kubectl -n NAMESPACE get configmap kube-root-ca.crt",
				when("yes: the pod's volume does not have it", 2),
				when("NotFound", 3)),
			ownVolume,
			ask(admin, "kube-controller-manager publishes it in every namespace: is it up, and is its controller root-ca-certificate-publisher enabled?").
				with("kubectl -n kube-system logs -l component=kube-controller-manager --tail=50"),
		),
	}
}
