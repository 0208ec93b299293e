package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func volumeTokenDenied() *Page {
	return &Page{
		Code:   "volume.token-denied",
		Alone:  Likely,
		Title:  "the token's mode and group do not let this user read it",
		Remedy: "let the group of this user own the token (fsGroup), or run all containers as one user",
		Forms: []Form{
			{Prior: Common, Needs: Predictions{observe.VolumeToken.Is(observe.FileDeniedMode, observe.FileDeniedAbove)}},
			{Prior: Common, Needs: Predictions{observe.VolumeCA.Is(observe.FileDeniedMode, observe.FileDeniedAbove)}},
		},
		Consequences: Predictions{
			observe.VolumeCA.Is(observe.FileDeniedMode, observe.FileDeniedAbove), observe.VolumeNamespace.Is(observe.FileNotReadable),
		},
		Sources: []string{
			"https://github.com/kubernetes/kubernetes/issues/74565",
			"https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
		},
		Confirm: Confirm{Command: "kubectl -n NAMESPACE get pod POD -o yaml", Text: "what is mounted there, and as which user does each container run?"},
		Similar: "The file's mode, owner and group, compared with this process, deny the read. When they allow it, SELinux or " +
			"AppArmor denies it (volume.denied).",
		Fix: steps(
			look("as which user does each container run? With one runAsUser for all of them, that user owns the token",
				ofPod+"'{.spec.securityContext}{\"\\n\"}{range .spec.containers[*]}{.name}: {.securityContext}{\"\\n\"}{end}{.spec.volumes[*].persistentVolumeClaim.claimName}{\"\\n\"}'",
				whenThen("one user for all, and the program changes to another after its start", "start it as that user (runAsUser)"),
				when("several users or none, no fsGroup, and no claim in the last line", 2),
				when("a claim, or an fsGroup", 3)),
			// an fsGroup changes the files of volumes for good
			onlyIf(`[ -z "$(`+ofPod+`'{.spec.securityContext.fsGroup}{.spec.volumes[*].persistentVolumeClaim.claimName}')" ]`, changeTemplate("allows group 65532 to read the token, and adds its containers to that group", "spec:\n  securityContext:\n    fsGroup: 65532")),
			ask("the owner of the manifest", "set the same runAsUser for all containers; an fsGroup would permanently change the group of all files on the volumes"),
		),
	}
}
