package causes

import (
	"slices"
	"strings"
)

// Layer is one part of the path of a request, and the first part of the codes that
// belong to it.
type Layer struct{ Name, Title string }

// Layers returns the layers in the one order that there is: in which a request needs
// them.
func Layers() []Layer {
	return []Layer{
		{"launch", "start of the pod"},
		{"env", "environment variables that the kubelet sets"},
		{"volume", "files of the service account volume"},
		{"net", "network path to the API server"},
		{"proxy", "HTTP proxies in the environment"},
		{"dns", "name resolution"},
		{"tls", "TLS and certificates"},
		{"token", "service account token"},
		{"api", "answers of the API server"},
		{"kubectl-proxy", "kubectl proxy in the pod"},
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
