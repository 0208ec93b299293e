package causes

// replaceToken takes away a volume that holds what the kubelet never writes.
var replaceToken = []Step{
	look("whose volume is it? The kubelet writes no such token", mounts,
		when("one of another name than kube-api-access-*: it can go", 2),
		whenThen("it has to stay", "who fills it must write the token alone: LC_ALL=C tr -cd 'A-Za-z0-9._-' <token >token.clean")),
	ownVolume,
}
