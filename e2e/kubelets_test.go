//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/k8sdoctor/k8sdoctor/checks"
	"github.com/k8sdoctor/k8sdoctor/lab/trial"
	"github.com/k8sdoctor/k8sdoctor/observe"
	"github.com/k8sdoctor/k8sdoctor/report"
)

// simulated is the label of the nodes of one test.
const simulated = "k8sdoctor.test/simulated"

// kubelets write what those of many nodes would: that the nodes are ready, and how their pods
// fare.
type kubelets struct {
	client kubernetes.Interface
	names  []string
	number map[string]int // of each name
	prefix string
	// messages are those of the doctors, by the fault of their node.
	messages map[string]string

	mu   sync.Mutex
	seen map[types.UID]bool // pods that were started
	last time.Time          // when the last doctor ended
}

// startKubelets makes n nodes, and removes them at the end of the test.
func startKubelets(t *testing.T, ns string, n int) *kubelets {
	t.Helper()
	client, err := kubernetes.NewForConfig(restConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	k := &kubelets{client: client, prefix: ns, number: map[string]int{}, messages: map[string]string{}, seen: map[types.UID]bool{}}
	for _, fault := range []string{"", "net.api-down", "dns.nxdomain"} {
		var faults []string
		if fault != "" {
			faults = []string{fault}
		}
		results, took := trial.Results(t, checks.All(), faults...)
		k.messages[fault] = string(observe.Compact{Version: "v1.0.0", Took: took, Results: results}.Encode(report.MaxObservations))
	}
	for i := range n {
		k.names = append(k.names, fmt.Sprintf("%s-%04d", ns, i))
		k.number[k.names[i]] = i
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		if err := each(context.Background(), k.names, k.remove); err != nil {
			t.Error(err)
		}
		deadline(t, 5*time.Minute, func() bool {
			left := k.pods(t)
			for _, p := range left { // sooner than the controller of pods without a node
				client.CoreV1().Pods(p.Namespace).Delete(context.Background(), p.Name, metav1.DeleteOptions{GracePeriodSeconds: new(int64(0))})
			}
			return len(left) == 0
		})
		cancel()
	})
	if err := each(ctx, k.names, k.create); err != nil {
		t.Fatal(err)
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	changed := func(o any) {
		p := o.(*corev1.Pod)
		if _, ours := k.number[p.Spec.NodeName]; ours {
			go k.run(ctx, p)
		}
	}
	factory.Core().V1().Pods().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: changed, UpdateFunc: func(_, o any) { changed(o) }})
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	deadline(t, 10*time.Minute, func() bool { // until each node has its pod of kube-proxy and of the pod network
		ready := 0
		for _, p := range k.pods(t) {
			if p.Status.Phase == corev1.PodRunning {
				ready++
			}
		}
		return ready == 2*n
	})
	return k
}

// patientWithNodes has the controller of nodes wait for an hour for a word of a kubelet, until the
// end of the test.
func patientWithNodes(t *testing.T) {
	t.Helper()
	const (
		manifest = "/etc/kubernetes/manifests/kube-controller-manager.yaml"
		option   = "    - --node-monitor-grace-period=1h"
	)
	t.Cleanup(func() { onNode(t, controlPlane(), "sed -i '/node-monitor-grace-period/d' "+manifest) })
	onNode(t, controlPlane(), "sed -i '/    - kube-controller-manager$/a\\"+option+"' "+manifest)
	deadline(t, 3*time.Minute, func() bool {
		return strings.Contains(onNode(t, controlPlane(), "tr '\\0' ' ' </proc/$(pidof kube-controller-manager || echo self)/cmdline"), "node-monitor-grace-period=1h")
	})
}

// faultOf is what is wrong with a node: nothing, but for six of them.
func (k *kubelets) faultOf(node string) string {
	return map[int]string{1: "net.api-down", 2: "net.api-down", 3: "net.api-down", 4: "dns.nxdomain", 5: "sandbox", 6: "silent"}[k.number[node]]
}

// problems are what is to be found, with the number of nodes.
func (k *kubelets) problems() []string {
	return []string{"dns.nxdomain: 1", "launch.node-lost: 1", "launch.sandbox: 1", "net.api-down: 3"}
}

func (k *kubelets) lastEnd() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.last
}

// pods are those of the nodes.
func (k *kubelets) pods(t *testing.T) []corev1.Pod {
	t.Helper()
	list, err := k.client.CoreV1().Pods("").List(context.Background(), metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list.Items, func(p corev1.Pod) bool {
		_, ours := k.number[p.Spec.NodeName]
		return !ours
	})
}

func (k *kubelets) create(ctx context.Context, name string) error {
	zone := fmt.Sprintf("zone-%d", k.number[name]%3)
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
		simulated: k.prefix, corev1.LabelHostname: name, corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64", corev1.LabelTopologyZone: zone,
	}}}
	if _, err := k.client.CoreV1().Nodes().Create(ctx, n, metav1.CreateOptions{}); err != nil {
		return err
	}
	ready := corev1.NodeCondition{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady", LastHeartbeatTime: metav1.Now(), LastTransitionTime: metav1.Now()}
	if k.faultOf(name) == "silent" {
		ready.Status, ready.Reason = corev1.ConditionUnknown, "NodeStatusUnknown"
	}
	status := corev1.NodeStatus{
		Conditions: []corev1.NodeCondition{ready},
		Capacity:   corev1.ResourceList{"cpu": resource.MustParse("4"), "memory": resource.MustParse("8Gi"), "pods": resource.MustParse("110")},
		NodeInfo:   corev1.NodeSystemInfo{KernelVersion: "6.1.0", KubeletVersion: "v1.36.3", OSImage: "simulated", OperatingSystem: "linux", Architecture: "amd64", ContainerRuntimeVersion: "containerd://2.3.4"},
	}
	status.Allocatable = status.Capacity
	for i := range 50 { // as many as a kubelet reports
		status.Images = append(status.Images, corev1.ContainerImage{Names: []string{fmt.Sprintf("registry.example/app-%02d@sha256:%064d", i, i), fmt.Sprintf("registry.example/app-%02d:v1", i)}, SizeBytes: 1 << 26})
	}
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return err
	}
	_, err = k.client.CoreV1().Nodes().Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
	return err
}

func (k *kubelets) remove(ctx context.Context, name string) error {
	return k.client.CoreV1().Nodes().Delete(ctx, name, metav1.DeleteOptions{})
}

// run does with a pod what the kubelet of its node would.
func (k *kubelets) run(ctx context.Context, p *corev1.Pod) {
	pods := k.client.CoreV1().Pods(p.Namespace)
	if p.DeletionTimestamp != nil {
		pods.Delete(ctx, p.Name, metav1.DeleteOptions{GracePeriodSeconds: new(int64(0))})
		return
	}
	fault, doctor := k.faultOf(p.Spec.NodeName), p.Labels["k8sdoctor/run"] != ""
	k.mu.Lock()
	done := k.seen[p.UID]
	k.seen[p.UID] = true
	k.mu.Unlock()
	switch {
	case done:
		return
	case doctor && fault == "silent":
		return
	case doctor && fault == "sandbox" && !p.Spec.HostNetwork:
		now := metav1.Now()
		k.client.CoreV1().Events(p.Namespace).Create(ctx, &corev1.Event{
			ObjectMeta: metav1.ObjectMeta{GenerateName: p.Name, Namespace: p.Namespace}, Type: corev1.EventTypeWarning, Reason: "FailedCreatePodSandBox",
			Message: `Failed to create pod sandbox: plugin type="ptp" failed`, FirstTimestamp: now, LastTimestamp: now, Count: 1,
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: p.Namespace, Name: p.Name, UID: p.UID},
		}, metav1.CreateOptions{})
		return
	}
	running := corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}}
	status := corev1.PodStatus{Phase: corev1.PodRunning, StartTime: new(metav1.Now()), Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}}
	if doctor {
		select {
		case <-time.After(time.Second + time.Duration(rand.IntN(2000))*time.Millisecond): // as a doctor takes, with its start
		case <-ctx.Done():
			return
		}
		message, known := k.messages[fault]
		if !known {
			message = k.messages[""]
		}
		ended := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed", Message: message}}
		status.Conditions[0].Status = corev1.ConditionFalse
		status.InitContainerStatuses = []corev1.ContainerStatus{{Name: p.Spec.InitContainers[0].Name, State: ended, Ready: true}}
	}
	for _, c := range p.Spec.Containers {
		status.ContainerStatuses = append(status.ContainerStatuses, corev1.ContainerStatus{Name: c.Name, State: running, Ready: true})
	}
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		panic(err)
	}
	pods.Patch(ctx, p.Name, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
	if doctor {
		k.mu.Lock()
		k.last = time.Now()
		k.mu.Unlock()
	}
}
