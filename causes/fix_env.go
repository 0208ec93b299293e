package causes

// What takes the API server's variables out of the way of the kubelet's own.
var (
	unsetService = setEnv("sets none of them any more: the kubelet does by itself",
		"KUBERNETES_SERVICE_HOST- KUBERNETES_SERVICE_PORT- KUBERNETES_SERVICE_PORT_HTTPS-")
	unsetElsewhere = ask("who made the ConfigMap, the Secret or the image", "take KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT out")
)
