package causes

const (
	asksClocks  = "timedatectl"
	serverSays  = "kubectl -n kube-system logs -l component=kube-apiserver --tail=200 | grep 'invalid bearer token'"
	signingKeys = "sha256sum /etc/kubernetes/pki/sa.pub"
	deletion    = "kubectl -n NAMESPACE get pod POD -o jsonpath='{.metadata.deletionTimestamp}'"
)

// deletedFirst looks whether the pod, or a volume of it, is being deleted, before anybody
// deletes anything; neither is for where they are not.
func deletedFirst(neither Answer) []Step {
	return []Step{
		look("is the pod being deleted, or a PersistentVolumeClaim of it? Delete nothing before you know",
			ofPod+`'{.metadata.deletionTimestamp} {.metadata.finalizers}{"\n"}{range .spec.volumes[*]}{.persistentVolumeClaim.claimName}{"\n"}{end}'`+
				"\nkubectl -n NAMESPACE get pvc",
			when("a time in the first line: the pod is being deleted since then", 2),
			whenThen("a PVC of the pod is Terminating", "no token is renewed until it is gone, and its data is deleted with the last pod that uses it: copy the data first"),
			whenThen("NotFound", "the pod is deleted, and its containers still run: the log of the kubelet on node NODE says why"),
			neither),
		look("what keeps the pod from ending? It gets no new token: let it end, or finish its work without the API server",
			"kubectl -n NAMESPACE describe pod POD",
			whenThen("a finalizer", "the controller that set it has to remove it"),
			whenThen("a process that does not stop, or an unmount that fails", "the log of the kubelet on node NODE says which"),
			whenThen("the grace period is not over", "the program has until the time of step 1")),
	}
}
