package lab

import (
	"testing"
)

// TestHostsFile has lines of /etc/hosts by everybody who writes them.
func TestHostsFile(t *testing.T) {
	t.Parallel()
	const (
		aliases  = "\n# Entries added by HostAliases.\n"
		certain  = "dns.wrong-answer certain"
		ofAlias  = "written by the kubelet, for hostAliases of the pod"
		ofNobody = "written by the image, a mount or a program, not by the kubelet"
		ofNode   = "written on the node, whose file the kubelet copies to pods on the host network"
	)
	for _, test := range []struct {
		name, hosts, want string
		says              []string
		never             []string
	}{
		{
			"hostAliases", kubeletHosts + aliases + "10.1.1.1\tdb\n10.96.7.7\tkubernetes.default.svc\tapi\n", certain,
			[]string{`line 12 of /etc/hosts: "10.96.7.7\tkubernetes.default.svc\tapi"`, ofAlias, "hostAliases of WORKLOAD"}, []string{ofNobody},
		},
		{
			"a program, below hostAliases", kubeletHosts + aliases + "10.1.1.1\tdb\n10.96.7.7 kubernetes.default.svc\n", certain,
			[]string{`line 12 of /etc/hosts: "10.96.7.7 kubernetes.default.svc"`, ofNobody}, []string{ofAlias},
		},
		{"a program", kubeletHosts + "10.96.7.7 kubernetes.default.svc\n", certain, []string{"line 9 of /etc/hosts", ofNobody}, []string{ofAlias}},
		{
			"the node", "# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n10.96.7.7 kubernetes.default.svc\n" + aliases + "10.1.1.1\tdb\n", certain,
			[]string{"line 3 of /etc/hosts", ofNode}, []string{ofAlias, "hostAliases of WORKLOAD"},
		},
		{"hostAliases with the right address", kubeletHosts + aliases + serviceIP + "\tkubernetes.default.svc\n", "", nil, nil},
		{"hostAliases of other names", kubeletHosts + aliases + "10.96.7.7\tapi.shop.example\tkubernetes\tkubernetes.default.svc.shop.example\n", "", nil, nil},
		{"a comment", kubeletHosts + "#10.96.7.7 kubernetes.default.svc\n10.1.1.1 db # kubernetes.default.svc\n", "", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := world{change: func(p *plan) { p.hosts = test.hosts }}.look(t)
			o.holdTold(t, test.want, test.says, test.never)
		})
	}
}
