package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

// compareServed decides whose certificate was served.
const compareServed = "openssl x509 -noout -subject -issuer -ext subjectAltName -in /etc/kubernetes/pki/apiserver.crt on a control-plane node: is that what was served?"

// sidecarToo is what a kubectl proxy says whose own way is the same.
var sidecarToo = Predictions{observe.SidecarAnswer.Is(observe.SidecarUpstream)}
