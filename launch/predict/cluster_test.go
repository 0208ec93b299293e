package predict

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
)

// aCluster is one with an API server on node control, on whose node a DNS server runs as well, and
// Deployments in the namespace shop. Its network plugin is known by the rights of its agent.
const aCluster = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {kubernetes.io/metadata.name: shop, team: x}}
---
apiVersion: v1
kind: Namespace
metadata: {name: kube-system, labels: {kubernetes.io/metadata.name: kube-system}}
---
apiVersion: v1
kind: Namespace
metadata: {name: default, labels: {kubernetes.io/metadata.name: default}}
---
apiVersion: v1
kind: Service
metadata: {name: kubernetes, namespace: default}
spec: {clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1], ports: [{name: https, port: 443, protocol: TCP}]}
---
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec: {clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10], ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kubernetes, namespace: default, labels: {kubernetes.io/service-name: kubernetes}}
addressType: IPv4
ports: [{name: https, port: 6443, protocol: TCP}]
endpoints: [{addresses: [172.18.0.2], conditions: {ready: true}}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kube-dns-x2x, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}
addressType: IPv4
ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]
endpoints: [{addresses: [10.244.0.2], conditions: {ready: true}}]
---
apiVersion: v1
kind: Pod
metadata: {name: coredns-1, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec: {nodeName: control, dnsPolicy: Default, containers: [{name: coredns, ports: [{name: dns, containerPort: 53, protocol: UDP}]}]}
status: {phase: Running, podIP: 10.244.0.2, podIPs: [{ip: 10.244.0.2}], hostIPs: [{ip: 172.18.0.2}]}
---
apiVersion: v1
kind: Pod
metadata: {name: calm-w, namespace: kube-system, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: calm, controller: true}]}
spec: {nodeName: worker, hostNetwork: true, serviceAccountName: calm}
status: {phase: Running, podIP: 172.18.0.3, podIPs: [{ip: 172.18.0.3}], hostIPs: [{ip: 172.18.0.3}]}
---
apiVersion: v1
kind: Pod
metadata: {name: calm-c, namespace: kube-system, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: calm, controller: true}]}
spec: {nodeName: control, hostNetwork: true, serviceAccountName: calm}
status: {phase: Running, podIP: 172.18.0.2, podIPs: [{ip: 172.18.0.2}], hostIPs: [{ip: 172.18.0.2}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: calm}
rules: [{apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [list, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: calm}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: calm}
subjects: [{kind: ServiceAccount, namespace: kube-system, name: calm}]
---
apiVersion: v1
kind: Node
metadata: {name: control, labels: {node-role.kubernetes.io/control-plane: ""}}
status: {addresses: [{type: InternalIP, address: 172.18.0.2}]}
---
apiVersion: v1
kind: Node
metadata: {name: second, labels: {node-role.kubernetes.io/control-plane: ""}}
status: {addresses: [{type: InternalIP, address: 172.18.0.4}]}
---
apiVersion: v1
kind: Node
metadata: {name: worker}
status: {addresses: [{type: InternalIP, address: 172.18.0.3}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop, uid: 1-2-3}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: shop, uid: 4-5-6}
`

// podsOfShop are of Deployments, but for one that stands alone on the API server's node and one on
// the host network; two do not run any more.
const podsOfShop = `
apiVersion: v1
kind: Pod
metadata: {name: web-5d4f-1, namespace: shop, labels: {app: web, tier: front, pod-template-hash: 5d4f}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d4f, controller: true}]}
spec: {nodeName: worker, serviceAccountName: web, containers: [{name: c}], volumes: [{name: kube-api-access-x, projected: {sources: [{serviceAccountToken: {path: token}}]}}]}
status: {phase: Running, podIP: 10.244.1.7, podIPs: [{ip: 10.244.1.7}], hostIPs: [{ip: 172.18.0.3}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-5d4f-2, namespace: shop, labels: {app: web, tier: front, pod-template-hash: 5d4f}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d4f, controller: true}]}
spec: {nodeName: worker, serviceAccountName: web, containers: [{name: c}], volumes: [{name: kube-api-access-y, projected: {sources: [{serviceAccountToken: {path: token}}]}}]}
status: {phase: Pending}
---
apiVersion: v1
kind: Pod
metadata: {name: cart-0, namespace: shop, labels: {app: cart, tier: front}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: cart, controller: true}]}
spec: {nodeName: worker, automountServiceAccountToken: false, containers: [{name: c}]}
status: {phase: Running, podIP: 10.244.1.9, podIPs: [{ip: 10.244.1.9}], hostIPs: [{ip: 172.18.0.3}]}
---
apiVersion: v1
kind: Pod
metadata: {name: alone, namespace: shop, labels: {app: alone}}
spec: {nodeName: control, dnsPolicy: Default, containers: [{name: c}]}
status: {phase: Running, podIP: 10.244.0.9, podIPs: [{ip: 10.244.0.9}], hostIPs: [{ip: 172.18.0.2}]}
---
apiVersion: v1
kind: Pod
metadata: {name: host, namespace: shop, labels: {app: host}}
spec: {nodeName: worker, hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet, containers: [{name: c}]}
status: {phase: Running, podIP: 172.18.0.3, podIPs: [{ip: 172.18.0.3}], hostIPs: [{ip: 172.18.0.3}]}
---
apiVersion: v1
kind: Pod
metadata: {name: done, namespace: shop, labels: {app: web}}
spec: {nodeName: worker}
status: {phase: Succeeded}
---
apiVersion: v1
kind: Pod
metadata: {name: static, namespace: shop, labels: {app: web}, annotations: {kubernetes.io/config.mirror: abc}}
spec: {nodeName: worker}
status: {phase: Running}
`

// objectsOf decodes documents of YAML into the types of the client.
func objectsOf(t *testing.T, texts ...string) (list []runtime.Object) {
	t.Helper()
	for document := range strings.SplitSeq(strings.Join(texts, "\n---\n"), "\n---\n") {
		if strings.TrimSpace(document) == "" {
			continue
		}
		object, _, err := scheme.Codecs.UniversalDeserializer().Decode([]byte(document), nil, nil)
		if err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		list = append(list, object)
	}
	return list
}

// policyOf is a NetworkPolicy of a namespace.
func policyOf(namespace, name, spec string) string {
	return "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: " + name + ", namespace: " + namespace + "}\nspec: " + spec
}

// predicted reads a cluster of these objects and predicts the change: a file that is applied, and
// names that are deleted, of the namespace shop where none stands before them.
func predicted(t *testing.T, objects []string, applied string, deleted ...string) (Prediction, error) {
	t.Helper()
	var c Change
	if applied != "" {
		if err := c.Apply("-", "shop", strings.NewReader(applied)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range deleted {
		in, rest, other := strings.Cut(name, ":")
		if !other {
			in, rest = "shop", name
		}
		if err := c.Delete(rest, in, nil); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Read(t.Context(), fake.NewClientset(objectsOf(t, objects...)...), &c)
	if err != nil {
		return Prediction{}, err
	}
	return Predict(s, &c)
}
