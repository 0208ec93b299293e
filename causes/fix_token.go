package causes

const (
	asksClocks  = "timedatectl"
	serverSays  = "kubectl -n kube-system logs -l component=kube-apiserver --tail=200 | grep 'invalid bearer token'"
	signingKeys = "sha256sum /etc/kubernetes/pki/sa.pub"
)
