package predict

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/k8sdoctor/k8sdoctor/launch/cluster"
)

// injected begins the name of the volume with which the API server gives a pod its token
// (https://github.com/kubernetes/kubernetes, plugin/pkg/admission/serviceaccount).
const injected = "kube-api-access-"

// account says what a pod loses with its ServiceAccount. A token is bound to the uid of the
// account, and the API server asks whether that is still there with every request
// (https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens).
func (j *judge) account(pod *corev1.Pod) []Loss {
	in, name := pod.Namespace, cluster.AccountOf(pod)
	before, after := j.Accounts[in][name], j.after.Accounts[in][name]
	if before == nil || !mountsToken(pod) {
		return nil
	}
	l := Loss{Namespace: in, Workload: workload(pod), Pods: []string{pod.Name}, At: in + "/" + name, Objects: []string{"ServiceAccount " + in + "/" + name}}
	switch {
	case after == nil:
		l.Of, l.Why = Authentication, []string{"the API server refuses the tokens of a ServiceAccount that is deleted, within about 10 s"}
		if name == "default" {
			l.Why = append(l.Why, "the cluster makes the ServiceAccount default again, with another uid: the tokens of running pods stay refused")
		}
	case after.UID != before.UID:
		l.Of, l.Why = Authentication, []string{"a ServiceAccount that is deleted and made again has another uid: the API server refuses the tokens of the one before"}
	case !off(before.AutomountServiceAccountToken) && off(after.AutomountServiceAccountToken) && isInjected(pod):
		l.Of, l.Why = Token, []string{"automountServiceAccountToken: running pods keep their token, and lose it when they are created again"}
	default:
		return nil
	}
	return []Loss{l}
}

func off(automount *bool) bool { return automount != nil && !*automount }

// isInjected says that a pod has its token because the ServiceAccount says so, or nobody does.
func isInjected(pod *corev1.Pod) bool {
	return pod.Spec.AutomountServiceAccountToken == nil && slices.ContainsFunc(pod.Spec.Volumes, func(v corev1.Volume) bool {
		return isToken(v) && strings.HasPrefix(v.Name, injected)
	})
}
