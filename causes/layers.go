package causes

import (
	"slices"
	"strings"
)

// Layer is one part of the way of a request, and the first part of the codes that
// belong to it.
type Layer struct{ Name, Title string }

// Layers returns the layers in the one order that there is: what breaks on the way
// first comes first.
func Layers() []Layer {
	return []Layer{
		{"env", "the variables that the kubelet injects"},
		{"volume", "the files of the service account"},
		{"net", "the path to the API server"},
		{"proxy", "HTTP proxies from the environment"},
		{"dns", "names"},
		{"tls", "certificates"},
		{"token", "the bearer token"},
		{"api", "the answers of the API server"},
		{"kubectl-proxy", "a kubectl proxy in the pod"},
		{"internal", "k8sdoctor itself"},
	}
}

// LayerOf returns the layer of a code or of a check's id: what is before the dot.
func LayerOf(code string) string {
	layer, _, _ := strings.Cut(code, ".")
	return layer
}

// Position orders codes by their layers. Where the host is a name, DNS comes before
// the network; layers of other people's checks come after ours.
func Position(code string, hostIsName bool) int {
	layers := Layers()
	of := LayerOf(code)
	if hostIsName {
		i := slices.IndexFunc(layers, func(l Layer) bool { return l.Name == "net" })
		j := slices.IndexFunc(layers, func(l Layer) bool { return l.Name == "dns" })
		dns := layers[j]
		layers = slices.Insert(slices.Delete(layers, j, j+1), i, dns)
	}
	if i := slices.IndexFunc(layers, func(l Layer) bool { return l.Name == of }); i >= 0 && of != "internal" {
		return i
	}
	if of == "internal" {
		return len(layers)
	}
	return len(layers) - 1
}
