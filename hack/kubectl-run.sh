#!/bin/sh
# A check without a Job, as README.md shows it; e2e/ runs it as it stands.
#
# The probe makes sure that the whole report is printed: a pod that is never
# ready is not attached to half-way, kubectl waits for its end and shows the log.
kubectl run k8sdoctor --rm -i --restart=Never --image=k8sdoctor:dev --override-type=strategic --overrides='{"spec": {
  "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
  "containers": [{"name": "k8sdoctor",
    "readinessProbe": {"tcpSocket": {"port": 1}, "initialDelaySeconds": 600},
    "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}]}}'
