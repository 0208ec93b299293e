package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// user is numeric, so that the kubelet can tell that it is not root.
const user = "65532:65532"

// epoch stands for every time in the image: the same binary gives the same bytes.
var epoch = time.Unix(0, 0).UTC()

// program is what the image of a platform is made from.
type program struct {
	name    string   // the file in the image, and its entry point: "/" + name
	version string   // for the label only
	command []string // arguments when the pod gives none
}

// build returns an image that holds nothing but the static binary in file.
func (p program) build(file string, platform v1.Platform) (v1.Image, error) {
	layer, err := p.layer(file)
	if err != nil {
		return nil, err
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	img, err = mutate.Append(img, mutate.Addendum{
		Layer:   layer,
		History: v1.History{Created: v1.Time{Time: epoch}, CreatedBy: "hack/image"},
	})
	if err != nil {
		return nil, err
	}
	config, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Variant = platform.OS, platform.Architecture, platform.Variant
	config.Created = v1.Time{Time: epoch}
	config.Config = v1.Config{
		User:       user,
		WorkingDir: "/",
		Entrypoint: []string{"/" + p.name},
		Cmd:        p.command,
		Labels: map[string]string{
			"org.opencontainers.image.title":    p.name,
			"org.opencontainers.image.version":  p.version,
			"org.opencontainers.image.source":   "https://github.com/k8sdoctor/k8sdoctor",
			"org.opencontainers.image.licenses": "Apache-2.0",
		},
	}
	return mutate.ConfigFile(img, config)
}

// layer packs the binary as the only file of a compressed layer.
func (p program) layer(file string) (v1.Layer, error) {
	binary, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	header := &tar.Header{Name: p.name, Mode: 0o555, Size: int64(len(binary)), ModTime: epoch, Format: tar.FormatUSTAR}
	if err := w.WriteHeader(header); err != nil {
		return nil, err
	}
	if _, err := w.Write(binary); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed.Bytes())), nil },
		tarball.WithCompressionLevel(gzip.BestCompression), tarball.WithMediaType(types.OCILayer), tarball.WithCompressedCaching,
	)
}

// built is the image of one platform.
type built struct {
	platform v1.Platform
	image    v1.Image
}

// index joins the images of several platforms under one name.
func index(images []built) v1.ImageIndex {
	joined := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, b := range images {
		joined = mutate.AppendManifests(joined, mutate.IndexAddendum{
			Add:        b.image,
			Descriptor: v1.Descriptor{Platform: &b.platform},
		})
	}
	return joined
}

// archive is where the image of a platform is written: DIR/NAME-linux-amd64.tar.
func archive(dir, name string, platform v1.Platform) string {
	return fmt.Sprintf("%s/%s-%s-%s.tar", dir, name, platform.OS, platform.Architecture)
}
