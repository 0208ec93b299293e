package causes

import "github.com/k8sdoctor/k8sdoctor/observe"

// compareServed decides whose certificate was served.
var compareServed = Confirm{Where: "on a control-plane node", Command: "openssl x509 -noout -subject -issuer -ext subjectAltName -in /etc/kubernetes/pki/apiserver.crt", Text: "is this what was served?"}

// sidecarToo is what a kubectl proxy says that connects to the same server.
var sidecarToo = Predictions{observe.SidecarAnswer.Is(observe.SidecarUpstream)}
