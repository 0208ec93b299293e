package causes

const (
	publishedPEM = `kubectl -n NAMESPACE get configmap kube-root-ca.crt -o jsonpath='{.data.ca\.crt}'`
	publishedCA  = publishedPEM + ` | openssl x509 -noout -subject -fingerprint -sha256`
	// trustedCA is the CA of the kubeconfig in use.
	trustedCA   = "kubectl config view --raw --minify -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d | openssl x509 -noout -subject -fingerprint -sha256"
	servedChain = "openssl s_client -connect API_HOSTPORT -showcerts </dev/null"
	servedNames = servedChain + " | openssl x509 -noout -subject -ext subjectAltName"

	// The configuration keeps the names that the certificate has already.
	kubeadmConfig      = "kubectl -n kube-system get configmap kubeadm-config -o jsonpath='{.data.ClusterConfiguration}' > kubeadm.yaml"
	newServerCert      = "cp -p /etc/kubernetes/pki/apiserver.* ~/ && rm /etc/kubernetes/pki/apiserver.* && kubeadm init phase certs apiserver --config kubeadm.yaml"
	newServer          = "crictl rm -f $(crictl ps -q --name kube-apiserver)"
	recreateServerCert = kubeadmConfig + " && test -s kubeadm.yaml &&\n" + newServerCert + " &&\n" + newServer
	newServers         = "crictl rm -f $(crictl ps -q --name 'kube-apiserver|kube-controller-manager|kube-scheduler|etcd')"
)
