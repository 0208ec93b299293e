// Command image turns a static binary for each platform into a container image
// on nothing ("FROM scratch"), with no docker and no network: an archive for
// each platform, for "docker load" and "kind load image-archive", or one image
// for all platforms, pushed to a registry.
//
//	go run ./hack/image -tag k8sdoctor:dev linux/amd64=build/k8sdoctor-linux-amd64
//	go run ./hack/image -push registry.example/k8sdoctor linux/amd64=… linux/arm64=…
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	var (
		prog    program
		tag     = flags.String("tag", "k8sdoctor:dev", "the name inside the archives")
		dir     = flags.String("dir", "build", "where the archives go")
		push    = flags.String("push", "", "push to this name instead of writing archives")
		command = flags.String("command", "check", "the arguments when the pod gives none")
	)
	flags.StringVar(&prog.name, "name", "k8sdoctor", "the file in the image, its entry point")
	flags.StringVar(&prog.version, "version", "unknown", "for the image's version label")
	if err := flags.Parse(args); err != nil {
		return err
	}
	prog.command = strings.Fields(*command)
	images, err := buildAll(prog, flags.Args())
	if err != nil {
		return err
	}
	if *push != "" {
		return pushIndex(*push, images, stdout)
	}
	return writeArchives(*dir, prog.name, *tag, images, stdout)
}

// buildAll builds an image for each argument OS/ARCH=FILE.
func buildAll(prog program, args []string) ([]built, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("no binary given; name at least one as linux/amd64=FILE")
	}
	var images []built
	for _, arg := range args {
		of, file, ok := strings.Cut(arg, "=")
		if !ok {
			return nil, fmt.Errorf("%q is not OS/ARCH=FILE", arg)
		}
		platform, err := v1.ParsePlatform(of)
		if err != nil {
			return nil, err
		}
		img, err := prog.build(file, *platform)
		if err != nil {
			return nil, err
		}
		images = append(images, built{*platform, img})
	}
	return images, nil
}

func writeArchives(dir, base, tag string, images []built, stdout io.Writer) error {
	ref, err := name.NewTag(tag)
	if err != nil {
		return err
	}
	for _, b := range images {
		file := archive(dir, base, b.platform)
		if err := tarball.WriteToFile(file, ref, b.image); err != nil {
			return err
		}
		fmt.Fprintln(stdout, file)
	}
	return nil
}

func pushIndex(to string, images []built, stdout io.Writer) error {
	ref, err := name.ParseReference(to)
	if err != nil {
		return err
	}
	joined := index(images)
	if err := remote.WriteIndex(ref, joined, remote.WithAuthFromKeychain(authn.DefaultKeychain)); err != nil {
		return err
	}
	digest, err := joined.Digest()
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, ref.Context().Digest(digest.String()))
	return nil
}
