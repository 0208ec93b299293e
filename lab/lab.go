// Package lab makes a simulated pod on loopback: files, a DNS server, an API
// server with its own certificate authority, and any of the faults that keep a
// pod from its API server. The checks run against it for real, over real
// sockets; nothing leaves 127.0.0.1. It serves k8sdoctor demo and the tests.
package lab

import (
	"errors"
	"time"

	"github.com/k8sdoctor/k8sdoctor/pod"
)

// Pod is a simulated pod and the cluster around it.
type Pod struct {
	// System is the pod as the checks see it.
	System *pod.System

	dialer *dialer
	api    *apiServer
	closes []func()
}

// Start makes a pod with the given faults in the existing directory dir, which
// should be empty. The faults are codes of Faults; they are applied in order,
// and an unknown one is an error. The caller removes dir after Close.
func Start(dir string, faults ...string) (*Pod, error) {
	return startOn(loopback{}, dir, faults)
}

// StartInMemory is Start with pipes in place of sockets, for a bubble of
// testing/synctest: no time passes but that which is waited for.
func StartInMemory(dir string, faults ...string) (*Pod, error) {
	return startOn(newMemory(), dir, faults)
}

func startOn(n network, dir string, faults []string) (*Pod, error) {
	chosen, err := find(faults)
	if err != nil {
		return nil, err
	}
	p := healthy()
	p.network = n
	for _, f := range chosen {
		f.apply(p)
	}
	return start(dir, p)
}

// start makes what the plan says.
func start(dir string, p *plan) (*Pod, error) {
	cluster, err := newCluster(p)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(writeFiles(dir, p, cluster), writeNetwork(dir, p)); err != nil {
		return nil, err
	}
	made := &Pod{dialer: newDialer(dir, p)}
	if err := made.dialer.counts.write(); err != nil {
		return nil, err
	}
	if err := made.serve(p, cluster); err != nil {
		made.Close()
		return nil, err
	}
	made.System = &pod.System{
		Root:         dir,
		Env:          p.env,
		Dial:         made.dialer.dial,
		Now:          func() time.Time { return time.Now().Add(p.ahead) },
		KubectlProxy: p.proxy.kubectlURL,
	}
	return made, nil
}

// serve starts the servers and tells the dialer where they listen.
func (pod *Pod) serve(p *plan, c *cluster) error {
	if err := pod.serveMute(); err != nil {
		return err
	}
	if err := pod.serveAPI(p, c); err != nil {
		return err
	}
	for address, d := range p.dns {
		if err := pod.serveDNS(address, d, p.domain); err != nil {
			return err
		}
	}
	if p.proxy.http != nil {
		if err := pod.serveHTTP("http proxy", p.proxy.http); err != nil {
			return err
		}
	}
	if p.proxy.kubectl != nil {
		return pod.serveHTTP("kubectl proxy", p.proxy.kubectl)
	}
	return nil
}

// AddKubectlProxy gives the pod a kubectl proxy sidecar that works, at
// 127.0.0.1:8001.
func (pod *Pod) AddKubectlProxy() error {
	pod.dialer.set("tcp "+kubectlProxyAddress, route{server: "kubectl proxy"})
	return pod.serveHTTP("kubectl proxy", acceptLocalHosts(pod.api.asAdmin()))
}

// Close stops the servers. Connections that are still open are closed.
func (pod *Pod) Close() error {
	for _, f := range pod.closes {
		f()
	}
	pod.closes = nil
	return nil
}
