// Package predict says, before a change is made to a cluster, which running pods would lose the
// API server or DNS by it, and by which object. It reads, and writes nothing: the objects after
// the change are those that kubectl apply and kubectl delete would leave, and package cluster
// judges the pods by the objects of before and after.
package predict

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Change is what would be applied and deleted.
type Change struct {
	Applied, Deleted []Object
	// LeftOut are objects that decide nothing here, or are not judged, each with the reason.
	LeftOut []LeftOut
	read    int64 // bytes
}

// LeftOut is an object that is not judged.
type LeftOut struct {
	Object string `json:"object"` // kind, namespace/name
	Why    string `json:"why"`
}

// Object is one object of a change.
type Object struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"` // "" for a Namespace
	Name      string `json:"name"`      // with a * at its end where the API server completes it
	Source    string `json:"source"`    // the file and the number of the document, or the flag

	given  []byte        // JSON, as it is applied; nil where only a name was given
	object metav1.Object // the same, typed
}

// String is the kind and the full name, such as "NetworkPolicy shop/deny".
func (o Object) String() string { return o.Kind + " " + o.fullName() }

func (o Object) fullName() string {
	if o.Namespace == "" {
		return o.Name
	}
	return o.Namespace + "/" + o.Name
}

// kind is a kind of objects that is judged.
type kind struct {
	name, plural, apiVersion string
	words                    []string // by which kubectl takes it, where it may be deleted
	cluster                  bool     // it has no namespace
	empty                    func() metav1.Object
}

var kinds = []kind{
	{"NetworkPolicy", "NetworkPolicies", "networking.k8s.io/v1", []string{"networkpolicy", "networkpolicies", "netpol"}, false, func() metav1.Object { return new(networkingv1.NetworkPolicy) }},
	{"EndpointSlice", "EndpointSlices", "discovery.k8s.io/v1", []string{"endpointslice", "endpointslices"}, false, func() metav1.Object { return new(discoveryv1.EndpointSlice) }},
	{"ServiceAccount", "ServiceAccounts", "v1", []string{"serviceaccount", "serviceaccounts", "sa"}, false, func() metav1.Object { return new(corev1.ServiceAccount) }},
	{"Namespace", "Namespaces", "v1", nil, true, func() metav1.Object { return new(corev1.Namespace) }},
}

// maxInput bounds what is read, in bytes.
const maxInput = 16 << 20

// Apply adds the objects of a file, or of standard input where it is "-", which would be
// applied; those without a namespace get this one.
func (c *Change) Apply(name, namespace string, stdin io.Reader) error {
	objects, err := c.file(name, namespace, stdin)
	c.Applied = append(c.Applied, objects...)
	return err
}

// Delete adds what would be deleted: TYPE/NAME, or the objects of a file, where there is one of
// that name.
func (c *Change) Delete(name, namespace string, stdin io.Reader) error {
	word, rest, typed := strings.Cut(name, "/")
	_, missing := os.Stat(name)
	if typed && errors.Is(missing, os.ErrNotExist) {
		word, _, _ = strings.Cut(strings.ToLower(word), ".") // networkpolicies.networking.k8s.io
		i := slices.IndexFunc(kinds, func(k kind) bool { return slices.Contains(k.words, word) })
		if i >= 0 && !strings.Contains(rest, "/") && rest != "" {
			o := Object{Kind: kinds[i].name, Namespace: namespace, Name: rest, Source: "--delete " + name}
			c.Deleted = append(c.Deleted, o)
			return nil
		}
		return fmt.Errorf("--delete %s: no such file, and no TYPE/NAME of a networkpolicy, endpointslice or serviceaccount", name)
	}
	objects, err := c.file(name, namespace, stdin)
	for _, o := range objects {
		if o.Kind == "Namespace" {
			c.LeftOut = append(c.LeftOut, LeftOut{o.String(), "the pods of a Namespace are deleted with it"})
		} else {
			c.Deleted = append(c.Deleted, o)
		}
	}
	return err
}

func (c *Change) file(name, namespace string, stdin io.Reader) ([]Object, error) {
	from, shown := stdin, "standard input"
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		from, shown = file, name
	}
	data, err := io.ReadAll(io.LimitReader(from, maxInput-c.read+1))
	if err != nil {
		return nil, err
	}
	if c.read += int64(len(data)); c.read > maxInput {
		return nil, fmt.Errorf("%s: all files together have more than %d MiB", shown, maxInput>>20)
	}
	p := parser{file: shown, namespace: namespace}
	if err := p.documents(data); err != nil {
		return nil, err
	}
	c.LeftOut = append(c.LeftOut, p.leftOut...)
	return p.objects, nil
}
