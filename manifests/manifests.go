// Package manifests holds what is applied to a cluster.
package manifests

import _ "embed"

// Job is job.yaml: k8sdoctor as a Job.
//
//go:embed job.yaml
var Job string
