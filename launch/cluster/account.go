package cluster

import (
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func lookAtAccount(s *State, _ view, log *observe.Log) finding {
	name := s.Pod.Namespace + "/" + AccountOf(s.Pod)
	var e observe.Evidence
	e.Add("ServiceAccount", "%s", name)
	if off := s.Pod.Spec.AutomountServiceAccountToken; off != nil && !*off {
		observe.AutomountOff.Saw(log, "the pod")
		e.Add("automountServiceAccountToken", "false on the pod")
	} else if off == nil && s.Account != nil && s.Account.AutomountServiceAccountToken != nil && !*s.Account.AutomountServiceAccountToken {
		observe.AutomountOff.Saw(log, "the ServiceAccount")
		e.Add("automountServiceAccountToken", "false on the ServiceAccount")
	}
	switch {
	case s.NoAccount:
		observe.PodAccount.Saw(log, observe.AccountMissing)
		return warned(e, "there is no ServiceAccount %s", name)
	case s.Account == nil:
		return notSeen("ServiceAccount " + name)
	case s.Pod.UID != "" && s.Account.CreationTimestamp.After(s.Pod.CreationTimestamp.Time):
		observe.PodAccount.Saw(log, observe.AccountNewer)
		e.Add("created", "%s", s.Account.CreationTimestamp.UTC().Format(time.RFC3339))
		e.Add("the pod's creation", "%s", s.Pod.CreationTimestamp.UTC().Format(time.RFC3339))
		return warned(e, "ServiceAccount %s is newer than the pod", name)
	}
	observe.PodAccount.Saw(log, observe.AccountThere)
	return passed(e, "ServiceAccount %s is there", name)
}
