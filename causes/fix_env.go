package causes

// What removes variables that override the kubelet's.
var (
	unsetService = setEnv("no longer sets them: the kubelet does",
		"KUBERNETES_SERVICE_HOST- KUBERNETES_SERVICE_PORT- KUBERNETES_SERVICE_PORT_HTTPS-")
	unsetElsewhere = ask("the owner of the ConfigMap, the Secret or the image", "remove KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT")
)
