package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

func launchImage() *Page {
	return &Page{
		Code:   "launch.image",
		Alone:  Certain,
		Title:  "an image of the pod cannot be pulled",
		Remedy: "correct the image in the pod template, or give access to the registry (imagePullSecrets)",
		Forms:  []Form{{Prior: Common, Proof: Predictions{observe.PodStarted.Is(observe.NoImage)}}},
		Similar: "The kubelet says ErrImagePull, ImagePullBackOff or ErrImageNeverPull, so the container has not been created. A container " +
			"that was created and ends again is not this cause.",
		Fix: steps(
			look("what does the registry answer?", "kubectl -n NAMESPACE get events --field-selector involvedObject.name=POD",
				when("not found or manifest unknown: the name or the tag is wrong", 2),
				when("unauthorized or denied: the credentials are missing or wrong", 3),
				whenThen("no such host, or i/o timeout", "ask "+nodeAdmin+" to let the node reach the registry")),
			ask("the owner of WORKLOAD", "correct the image in the pod template"),
			look("has the pod a pull secret, and is it there?", ofPod+"'{.spec.imagePullSecrets}{\"\\n\"}'\nkubectl -n NAMESPACE get secrets --field-selector type=kubernetes.io/dockerconfigjson",
				whenThen("no pull secret, or one that is not listed", "create it, and name it in imagePullSecrets of the pod template"),
				whenThen("one that is listed", "its credentials do not give access to this image")),
		),
	}
}
