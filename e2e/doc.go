// Package e2e has the tests on a real cluster: they run manifests/job.yaml as it
// stands and with one fault at a time, and demand that every report names the
// fault. They need the build tag e2e and are run by hack/kind-e2e.sh, which makes
// the cluster (make e2e).
package e2e
