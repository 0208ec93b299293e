package causes

// replaceToken takes away a volume that holds what the kubelet never writes.
var replaceToken = []Step{
	look("where is the volume from? The kubelet does not write such a token", mounts,
		when("not kube-api-access-*, and it can be replaced", 2),
		whenThen("it must stay", "its writer must write only the token: LC_ALL=C tr -cd 'A-Za-z0-9._-' <token >token.clean")),
	ownVolume,
}
