package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

var volumeTokenDenied = Page{
	Code:  "volume.token-denied",
	Alone: Likely,
	Title: "the token's mode or group keeps this user from reading it",
	Forms: []Form{
		{Prior: Common, Needs: Predictions{observe.VolumeToken.Is(observe.FileDeniedMode, observe.FileDeniedAbove)}},
		{Prior: Common, Needs: Predictions{observe.VolumeCA.Is(observe.FileDeniedMode, observe.FileDeniedAbove)}},
	},
	Brings: Predictions{
		observe.VolumeCA.Is(observe.FileDeniedMode, observe.FileDeniedAbove), observe.VolumeNamespace.Is(observe.FileNotReadable),
	},
	Sources: []string{
		"https://github.com/kubernetes/kubernetes/issues/74565",
		"https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
	},
	Decide: "kubectl -n NAMESPACE get pod POD -o yaml: what is mounted there, and from where?",
	Apart: "The file's mode, owner and groups, compared with this process, forbid the read. When they would allow it, the refusal " +
		"comes from SELinux or AppArmor (volume.denied).",
	Fix: steps(
		look("as whom does each container run? With one runAsUser for all of them, the token is that user's",
			ofPod+"'{.spec.securityContext}{\"\\n\"}{range .spec.containers[*]}{.name}: {.securityContext}{\"\\n\"}{end}{.spec.volumes[*].persistentVolumeClaim.claimName}{\"\\n\"}'",
			whenThen("one user for all, and the program changes to another after the start", "start it as that one (runAsUser)"),
			when("several users or none, no fsGroup, and no claim in the last line", 2),
			when("a claim, or an fsGroup", 3)),
		// an fsGroup changes the files of volumes for good
		onlyIf(`[ -z "$(`+ofPod+`'{.spec.securityContext.fsGroup}{.spec.volumes[*].persistentVolumeClaim.claimName}')" ]`, changeTemplate("lets group 65532 read the token, and its containers be of that group", "spec:\n  securityContext:\n    fsGroup: 65532")),
		ask("who writes the manifest", "give all containers one runAsUser; an fsGroup would change the group of all files on the claims, for good"),
	),
}
