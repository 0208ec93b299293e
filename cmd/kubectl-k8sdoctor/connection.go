package main

import (
	"github.com/spf13/pflag"
	"github.com/urfave/cli/v2"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// connection is how kubectl would reach the cluster.
type connection struct{ *genericclioptions.ConfigFlags }

func newConnection() connection {
	return connection{genericclioptions.NewConfigFlags(true)}
}

// flags are kubectl's own flags for its connection. Each call of them is for one run: a
// flag holds its value.
func (k connection) flags() (list []cli.Flag) {
	set := pflag.NewFlagSet("connection", pflag.ContinueOnError)
	k.AddFlags(set)
	set.VisitAll(func(f *pflag.Flag) {
		flag := &cli.GenericFlag{Name: f.Name, Usage: f.Usage, Value: f.Value, Hidden: f.Hidden || f.Deprecated != ""}
		if f.Shorthand != "" {
			flag.Aliases = []string{f.Shorthand}
		}
		list = append(list, flag)
	})
	return list
}

// open returns the client and the namespace of the call.
func (k connection) open() (*rest.Config, *kubernetes.Clientset, string, error) {
	namespace, _, err := k.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return nil, nil, "", err
	}
	config, err := k.ToRESTConfig()
	if err != nil {
		return nil, nil, "", err
	}
	config.WarningHandler = rest.NoWarnings{}
	config.UserAgent = rest.DefaultKubernetesUserAgent()
	config.QPS, config.Burst = 50, 100 // one person's call, not a controller
	client, err := kubernetes.NewForConfig(config)
	return config, client, namespace, err
}
