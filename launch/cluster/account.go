package cluster

import (
	"time"

	"github.com/k8sdoctor/k8sdoctor/observe"
)

func lookAtAccount(s *State, in view, log *observe.Log) finding {
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
	// A token holds the uid of the account that it was issued for: only that tells whether the
	// account of today is the same.
	used, uid := observe.TokenServiceAccount.In(in.inside), observe.TokenAccountUID.In(in.inside)
	own := used == AccountOf(s.Pod) && uid != ""
	switch {
	case s.NoAccount:
		if own {
			observe.PodAccount.Saw(log, observe.AccountMissing)
		}
		return warned(e, "there is no ServiceAccount %s", name)
	case s.Account == nil:
		return notSeen("ServiceAccount " + name)
	case own && uid != string(s.Account.UID):
		observe.PodAccount.Saw(log, observe.AccountOther)
		e.Add("created", "%s", s.Account.CreationTimestamp.UTC().Format(time.RFC3339))
		e.Add("uid, and that of the token", "%s, %s", s.Account.UID, uid)
		return warned(e, "ServiceAccount %s was made again after the token was issued", name)
	case own:
		observe.PodAccount.Saw(log, observe.AccountThere)
	}
	return passed(e, "ServiceAccount %s is there", name)
}
