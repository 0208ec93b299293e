package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// plugin is what client-go says of a credential plugin that is not installed; what follows
// is a page.
var plugin = regexp.MustCompile(`exec: executable (\S+) not found`)

// inOneLine says what keeps a call from the cluster, and what to do about it.
func inOneLine(err error, kind, name, namespace string) error {
	if match := plugin.FindStringSubmatch(err.Error()); match != nil {
		return fmt.Errorf("the kubeconfig asks %s for credentials, and there is no such program: install it, or choose another context with --context", match[1])
	}
	var status apierrors.APIStatus
	switch {
	case apierrors.IsNotFound(err) && errors.As(err, &status) && status.Status().Details != nil && status.Status().Details.Name == name:
		return fmt.Errorf("%s/%s is not in namespace %s: kubectl -n %s get %ss", kind, name, namespace, namespace, kind)
	case apierrors.IsForbidden(err):
		return fmt.Errorf("%w (kubectl k8sdoctor check --print-role prints the roles that are needed)", err)
	case apierrors.IsUnauthorized(err):
		return errors.New("the API server does not accept the credentials of the kubeconfig: kubectl auth whoami says more")
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		if _, network := errors.AsType[net.Error](failed.Err); network {
			server := failed.URL
			if u, err := url.Parse(failed.URL); err == nil {
				server = u.Scheme + "://" + u.Host
			}
			return fmt.Errorf("the API server at %s cannot be reached from this machine: %w (kubectl config current-context names the cluster that is meant)", server, failed.Err)
		}
	}
	return err
}
